"""Numbers about this process and its database, in the form that Prometheus reads.

Counters and durations are kept as things happen; what the database knows is asked when somebody reads, and not more
often than every few seconds. Labels are few and bounded: routes by their template, never an id or a name.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from studio.contracts.stored import NewExecution
from studio.domain.status import ExecutionStatus
from studio.engine import Observer

if TYPE_CHECKING:
    from studio.engine import Engine

CONTENT_TYPE = CONTENT_TYPE_LATEST
_FRESH = 10.0
"""Seconds that what the database said is good for: counting a million executions takes it a while."""
_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics(Observer):
    """All numbers, in a registry of their own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asked = -_FRESH
        self._behind = 0
        self.registry = own = CollectorRegistry()
        ProcessCollector(registry=own)
        GCCollector(registry=own)
        self._requests = Histogram(
            "studio_http_request_seconds", "Requests by route, method and status.", ("method", "route", "status"),
            buckets=_QUICK, registry=own,
        )  # fmt: skip
        self._open = Gauge("studio_http_open", "Requests and live connections under way.", ("kind",), registry=own)
        self._accepted = Counter("studio_executions_accepted", "Executions accepted.", ("trigger",), registry=own)
        self._ended = Counter("studio_executions_ended", "Executions ended, by status.", ("status",), registry=own)
        self._commits = Histogram(
            "studio_accept_commit_seconds", "From handing an acceptance to the database to its durable commit.",
            buckets=_QUICK, registry=own,
        )  # fmt: skip
        self._stored = Gauge("studio_executions", "Executions in the database by status.", ("status",), registry=own)
        self._driven = Gauge("studio_executions_driven", "Executions in the memory of this process.", registry=own)
        self._lag = Gauge("studio_projection_lag", "Segments and executions that are not projected yet.", registry=own)
        self._workers = Gauge("studio_workers", "Workers that are registered.", registry=own)
        self._loop = Histogram(
            "studio_loop_lag_seconds", "How late the event loop comes to what is due.", buckets=_QUICK, registry=own
        )
        self._up = Gauge("studio_engine_up", "1 where the engine has not failed.", registry=own)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request has been answered."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def opened(self, kind: str, change: int) -> None:
        """A request (``http``) or live connection (``websocket``) has begun, or ended."""
        self._open.labels(kind).inc(change)

    def loop_lag(self, seconds: float) -> None:
        """The loop came so late."""
        self._loop.observe(seconds)

    def accepted(self, new: NewExecution, seconds: float) -> None:
        """An execution is stored durably."""
        kind = new.trigger if new.trigger in ("api", "manual") else "trigger"
        self._accepted.labels("call" if new.depth else kind).inc()
        self._commits.observe(seconds)

    def ended(self, execution_id: str, workspace: str, status: ExecutionStatus) -> None:
        """An execution has ended here."""
        self._ended.labels(str(status)).inc()

    async def text(self) -> bytes:
        """Everything, as it is read."""
        if time.monotonic() - self._asked > _FRESH:
            self._asked = time.monotonic()
            facts = await self._engine.store.facts()
            counts: dict[str, int] = facts.get("executions") or {}
            for status in ExecutionStatus:
                self._stored.labels(str(status)).set(counts.get(str(status), 0))
            self._workers.set(int(facts.get("workers") or 0))
            self._behind = int(facts.get("projection_behind") or 0)
        self._lag.set(self._behind + self._engine.projector.lag)
        self._driven.set(len(self._engine.runs))
        self._up.set(self._engine.failure is None)
        return generate_latest(self.registry)
