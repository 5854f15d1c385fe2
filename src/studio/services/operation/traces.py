"""Traces of executions and nodes, in OpenTelemetry's form. Nothing of it is loaded unless it is switched on.

Spans are made of what is committed, so that one never tells of what did not come to be. Their ids are derived: of an
execution from its id, of a node run from execution and path. So an execution that another process goes on with stays
in its trace, and what it calls lies below the node that called it.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from studio.domain.status import ExecutionStatus, NodeStatus
from studio.engine import TRACE, Observer
from studio.engine import records as r
from studio.engine.projector import node_rows

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import SpanContext

    from studio.engine.records import Record
    from studio.engine.run import Run

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})\Z")
_DONE = (NodeStatus.SUCCEEDED, NodeStatus.FAILED, NodeStatus.CANCELLED)


def caller(traceparent: str) -> None:
    """What is started from here on belongs to this trace; to none where it is no ``traceparent``."""
    TRACE.set(traceparent if _TRACEPARENT.match(traceparent) else None)


def _number(text: str, size: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:size], "big") or 1


class Traces(Observer):
    """Makes spans and hands them to a processor, which sends them in batches from a thread of its own."""

    def __init__(self, processor: SpanProcessor, version: str) -> None:
        from opentelemetry.sdk.resources import Resource

        self._processor = processor
        self._resource = Resource.create({"service.name": "studio", "service.version": version})

    def committed(self, run: Run, records: list[Record]) -> None:
        """Spans of the node runs that are done, and of the execution where it has ended."""
        for row in node_rows(run.plan, records):
            if row.started_at is not None and row.status in _DONE:
                attributes: dict[str, Any] = {
                    "studio.execution": run.id, "studio.workspace": run.workspace, "studio.node": row.path,
                    "studio.node.type": row.type, "studio.attempts": row.attempts, "studio.status": str(row.status),
                }  # fmt: skip
                times = (row.started_at, row.started_at + row.duration)
                self._span(run, row.path, _number(run.id, 8), row.path, times, attributes, row.error_code)
        for record in records:
            if record[0] == r.END:
                self._execution(run, record)

    def _execution(self, run: Run, record: Record) -> None:
        parent, path = run.facts.get("parent") or (None, None)
        above = _number(f"{parent}:{path}", 8) if parent is not None else None
        given = _TRACEPARENT.match(run.facts.get("trace") or "")
        if above is None and given is not None:
            above = int(given[2], 16)
        attributes = {
            "studio.execution": run.id, "studio.workspace": run.workspace, "studio.status": str(record[2]),
            "studio.workflow": run.plan.workflow.name, "studio.trigger": str(run.facts.get("trigger", "")),
        }  # fmt: skip
        times = (int(run.facts["accepted_at"]), record[1])
        facts: dict[str, Any] = record[5] or {}
        error = str(facts.get("code", "")) if record[2] != str(ExecutionStatus.SUCCEEDED) else None
        self._span(run, None, above, f"workflow {run.plan.workflow.name}", times, attributes, error)

    def _span(
        self,
        run: Run,
        path: str | None,
        above: int | None,
        name: str,
        times: tuple[int, int],
        attributes: dict[str, Any],
        error: str | None,
    ) -> None:
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.trace import Status, StatusCode

        own = _number(run.id if path is None else f"{run.id}:{path}", 8)
        context = self._context(run, own)
        if error is not None:
            # The code only: an error's sentence may hold what somebody's data held.
            attributes["studio.error"] = error
        status = Status(StatusCode.ERROR, error) if error is not None else Status(StatusCode.OK)
        self._processor.on_end(
            ReadableSpan(
                name=name, context=context, parent=None if above is None else self._context(run, above),
                resource=self._resource, attributes=attributes, status=status, start_time=times[0] * 1000,
                end_time=max(times) * 1000,
            )
        )  # fmt: skip

    def _context(self, run: Run, span: int) -> SpanContext:
        from opentelemetry.trace import SpanContext, TraceFlags

        given = _TRACEPARENT.match(run.facts.get("trace") or "")
        trace = int(given[1], 16) if given is not None else _number(str(run.facts.get("root") or run.id), 16)
        return SpanContext(trace, span, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))

    def close(self) -> None:
        """Send what is left."""
        self._processor.shutdown()


def traces_to(endpoint: str, headers: str, version: str) -> Traces:
    """Traces that go by OTLP over HTTP to a collector.

    Args:
        endpoint: Its address, with or without ``/v1/traces``.
        headers: Sent along, as ``name=value`` separated by commas.
        version: Studio's own.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    url = endpoint.rstrip("/")
    url = url if url.endswith("/v1/traces") else url + "/v1/traces"
    pairs = [part.partition("=") for part in headers.split(",") if "=" in part]
    given = {name.strip(): value.strip() for name, _, value in pairs}
    return Traces(BatchSpanProcessor(OTLPSpanExporter(endpoint=url, headers=given)), version)
