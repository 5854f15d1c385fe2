"""What keys use: counted in memory at once, written some seconds later, and held against the quotas of a day.

A quota is exact within one server: counting happens between two awaits. Several servers learn of each other's counts
when they write theirs, every few seconds, and may together exceed it by what they admit in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from studio.contracts.records import Change
from studio.domain.access import Actor
from studio.domain.errors import RecordChanged, StorageError
from studio.services._clock import Clock
from studio.services.gateway.buckets import Allowance, Buckets, TooManyRequests
from studio.services.gateway.model import Key, KeyDay, KeyShelf, KeyUse, day_id

WRITTEN_EVERY = 5.0
"""Seconds after which counts are written; so much is lost where the process is killed."""
_KEPT_DAYS = 400
_DAY = 86_400_000_000
_SEEN_EVERY = 60_000_000
_TRIES = 5
_LOG = logging.getLogger("studio.gateway")


@dataclass(slots=True)
class _Tally:
    """The counts of a key on a day: what is written, and what came since."""

    day: str
    key: Key
    written: KeyDay
    requests: int = 0
    refused: int = 0
    executions: dict[str, int] = field(default_factory=dict[str, int])
    use: KeyUse = field(default_factory=KeyUse)
    use_written: int = 0

    @property
    def changed(self) -> bool:
        """Whether there is something to write."""
        return bool(self.requests or self.refused or self.executions or self.use.at - self.use_written >= _SEEN_EVERY)

    def total(self) -> tuple[int, int]:
        """Requests and executions of the day."""
        executions = sum(self.written.executions.values()) + sum(self.executions.values())
        return self.written.requests + self.requests, executions


class Counting:
    """Counts requests and executions of keys, and says where a quota is used up."""

    def __init__(self, shelf: KeyShelf, clock: Clock, buckets: Buckets) -> None:
        self._shelf = shelf
        self._clock = clock
        self._buckets = buckets
        self._tallies: dict[tuple[str, str], _Tally] = {}
        self._writing: asyncio.Task[None] | None = None

    async def request(self, workspace: str, id: str, key: Key, ip: str) -> Allowance | None:
        """Count a request; how many more there may be this minute, None where there is no limit.

        Raises:
            TooManyRequests: The quota of the minute or of the day is used up.
        """
        tally = await self._tally(workspace, id, key)
        self._soon()
        # From here to the end nothing waits: two requests cannot both take the last one of a quota.
        requests, _ = tally.total()
        if key.requests_per_day and requests >= key.requests_per_day:
            tally.refused += 1
            raise self._used_up("requests", key.requests_per_day)
        allowance = None
        if key.requests_per_minute:
            allowance = self._buckets.take(("key", workspace, id), key.requests_per_minute)
            if not allowance.taken:
                tally.refused += 1
                raise TooManyRequests(
                    "key.per_minute", "This key may make {limit} requests a minute.",
                    limit=key.requests_per_minute, retry_after=allowance.retry_after,
                )  # fmt: skip
        tally.requests += 1
        tally.use = KeyUse(at=self._clock(), ip=ip)
        return allowance

    def admit(self, actor: Actor, workflow: str) -> Callable[[], None]:
        """Count an execution that a key is about to start; call what comes back where it is not accepted after all.

        Raises:
            TooManyRequests: The key's quota of the day is used up.
        """
        tally = self._tallies.get((actor.workspace, actor.key or ""))
        if tally is None:
            return lambda: None
        limit = tally.key.executions_per_day
        if limit and tally.total()[1] >= limit:
            tally.refused += 1
            raise self._used_up("executions", limit)
        tally.executions[workflow] = tally.executions.get(workflow, 0) + 1

        def give_back() -> None:
            if tally.executions.get(workflow, 0) > 0:
                tally.executions[workflow] -= 1

        return give_back

    async def write(self) -> None:
        """Write what was counted; what cannot be written now is kept for the next time."""
        for at, tally in list(self._tallies.items()):
            if tally.changed:
                await self._write_one(at, tally)
            elif tally.day != self._today():
                self._tallies.pop(at, None)

    async def close(self) -> None:
        """Write what is left."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        await self.write()

    def _soon(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._later(), name="key-usage")

    async def _later(self) -> None:
        await asyncio.sleep(WRITTEN_EVERY)
        await self.write()

    def _today(self) -> str:
        return datetime.fromtimestamp(self._clock() / 1e6, UTC).date().isoformat()

    async def _tally(self, workspace: str, id: str, key: Key) -> _Tally:
        today, at = self._today(), (workspace, id)
        tally = self._tallies.get(at)
        if tally is not None and tally.day != today:
            if tally.changed:
                await self._write_one(at, tally)
            tally = self._tallies.get(at)
            tally = tally if tally is not None and tally.day == today else None
        if tally is None:
            found = await self._shelf.days.get(workspace, day_id(id, today))
            written = found.value if found is not None else KeyDay(key=id, day=today)
            # Another request may have come first.
            tally = self._tallies.get(at)
            if tally is None or tally.day != today:
                tally = self._tallies[at] = _Tally(today, key, written)
        tally.key = key
        return tally

    async def _write_one(self, at: tuple[str, str], tally: _Tally) -> None:
        workspace, id = at
        for _ in range(_TRIES):
            new, use = (tally.requests, tally.refused, dict(tally.executions)), tally.use
            try:
                found = await self._shelf.days.get(workspace, day_id(id, tally.day))
                before = found.value if found is not None else KeyDay(key=id, day=tally.day)
                merged = _merged(before, *new)
                changes: list[Change] = [
                    self._shelf.days.put(
                        workspace, day_id(id, tally.day), merged, expected=found.revision if found is not None else 0,
                        expires_at=self._clock() + _KEPT_DAYS * _DAY,
                    )
                ]  # fmt: skip
                if use.at:
                    changes.append(self._shelf.uses.put(workspace, id, use))
                await self._shelf.records.commit(changes)
            except RecordChanged:
                continue
            except StorageError as error:
                _LOG.warning("usage of key %s is not written yet: %s", id, error.code)
                return
            tally.written, tally.use_written = merged, use.at
            tally.requests -= new[0]
            tally.refused -= new[1]
            for workflow, count in new[2].items():
                left = tally.executions.get(workflow, 0) - count
                if left:
                    tally.executions[workflow] = left
                else:
                    tally.executions.pop(workflow, None)
            return

    def _used_up(self, what: str, limit: int) -> TooManyRequests:
        left = (_DAY - self._clock() % _DAY) / 1e6
        if what == "requests":
            return TooManyRequests(
                "key.per_day", "This key may make {limit} requests a day.", limit=limit, retry_after=left
            )
        return TooManyRequests(
            "key.executions_per_day", "This key may start {limit} executions a day.", limit=limit, retry_after=left
        )


def _merged(before: KeyDay, requests: int, refused: int, executions: dict[str, int]) -> KeyDay:
    by_workflow: dict[str, Any] = dict(before.executions)
    for workflow, count in executions.items():
        by_workflow[workflow] = by_workflow.get(workflow, 0) + count
    return msgspec.structs.replace(
        before, requests=before.requests + requests, refused=before.refused + refused, executions=by_workflow
    )
