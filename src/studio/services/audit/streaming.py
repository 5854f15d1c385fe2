"""Streaming audit logs: each entry arrives at least once and in order, across restarts; one server of several sends."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeAlias

import msgspec

from studio.contracts.records import Change
from studio.crypto.passwords import new_secret
from studio.domain.access import Actor
from studio.domain.errors import RecordChanged, StudioError, UserError
from studio.domain.ids import INSTANCE
from studio.net import normal_host, parse_url
from studio.services._clock import Clock
from studio.services.audit.looking import AuditReader, Shown
from studio.services.audit.model import ONE, Mark, Progress, Stream, StreamShelf
from studio.services.audit.sinks import check_certificates, send
from studio.services.auditing import MASKED, entry, read_entry
from studio.services.operation.leases import Leases

LOOK_EVERY = 1.0
"""Seconds between two looks for what is to be sent."""
BATCH = 100
_LEASE = 60.0
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 300.0
_LOG = logging.getLogger("studio.audit")

AllowedHosts: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]


class Status(NamedTuple):
    """A stream, how far it is, and how far the log is."""

    stream: Stream
    revision: int
    progress: Progress
    last: int


class Streaming:
    """Sets streams up, and sends what they are to have."""

    def __init__(
        self, shelf: StreamShelf, reader: AuditReader, leases: Leases, clock: Clock, allowed: AllowedHosts
    ) -> None:
        self._shelf = shelf
        self._reader = reader
        self._leases = leases
        self._clock = clock
        self._allowed = allowed
        self._going: dict[str, asyncio.Task[None]] = {}

    async def show(self, workspace: str) -> Status | None:
        """The stream of a log, None where it has none."""
        found = await self._shelf.streams.get(workspace, ONE)
        if found is None:
            return None
        return Status(
            found.value, found.revision, await self._progress(workspace), await self._reader.last(workspace)
        )  # fmt: skip

    async def set(
        self, actor: Actor, workspace: str, stream: Stream, *, whole: bool, expected: int | None
    ) -> tuple[Status, str | None]:
        """Set where a log goes; the secret of a new webhook comes back, this once.

        Args:
            actor: Who sets it.
            workspace: Whose log.
            stream: Where to; without a secret a new one is made, or the present one stays.
            whole: Send the log from its first entry on, otherwise from now on.
            expected: The revision it must have.

        Raises:
            UserError: The address will not do.
        """
        _check(stream)
        found = await self._shelf.streams.get(workspace, ONE)
        made: str | None = None
        if stream.kind == "webhook" and not stream.secret:
            kept = found.value.secret if found is not None else ""
            made = None if kept else new_secret()
            stream = msgspec.structs.replace(stream, secret=kept or made or "")
        revision = found.revision if found is not None else 0
        changes: list[Change] = [
            self._shelf.streams.put(workspace, ONE, stream, expected=revision if expected is None else expected),
            self._shelf.marks.put(INSTANCE, workspace, Mark(kind=stream.kind)),
        ]
        progress = await self._progress(workspace)
        if found is None or whole:
            progress = Progress(seq=0 if whole else await self._reader.last(workspace))
        changes.append(self._shelf.progress.put(workspace, ONE, msgspec.structs.replace(progress, tries=0, next_at=0)))
        told = entry(
            actor, "audit.stream_set", kind="audit_stream", id=workspace, workspace=workspace,
            before=_facts(found.value) if found is not None else None, after=_facts(stream),
        )  # fmt: skip
        await self._shelf.records.commit(changes, [told])
        status = await self.show(workspace)
        assert status is not None
        return status, made

    async def remove(self, actor: Actor, workspace: str) -> None:
        """End the stream; nothing happens where there is none."""
        found = await self._shelf.streams.get(workspace, ONE)
        if found is not None:
            await self._shelf.records.commit(
                [
                    self._shelf.streams.drop(workspace, ONE, expected=found.revision),
                    self._shelf.progress.drop(workspace, ONE),
                    self._shelf.marks.drop(INSTANCE, workspace),
                ],
                [entry(actor, "audit.stream_removed", kind="audit_stream", id=workspace, workspace=workspace,
                       before=_facts(found.value))],
            )  # fmt: skip

    async def run(self) -> None:
        """Send what is to be sent, again and again, until cancelled."""
        try:
            while True:
                try:
                    await self.tick()
                except StudioError as error:
                    _LOG.warning("audit streams: %s", error.code)
                await asyncio.sleep(LOOK_EVERY)
        finally:
            for task in self._going.values():
                task.cancel()
            await asyncio.gather(*self._going.values(), return_exceptions=True)

    async def tick(self) -> None:
        """Send what is to be sent now. One receiver that hangs keeps no other waiting."""
        for mark in await self._shelf.marks.all(INSTANCE):
            if mark.id not in self._going:
                task = asyncio.create_task(self._one(mark.id), name=f"audit-stream-{mark.id}")
                self._going[mark.id] = task
                task.add_done_callback(functools.partial(self._over, mark.id))
        if self._going:
            await asyncio.wait(list(self._going.values()), timeout=LOOK_EVERY)

    def _over(self, workspace: str, task: asyncio.Task[None]) -> None:
        self._going.pop(workspace, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.warning("the audit stream of %s failed: %s", workspace, getattr(error, "code", type(error).__name__))

    async def _one(self, workspace: str) -> None:
        progress = await self._progress(workspace)
        if progress.next_at > self._clock() or await self._reader.last(workspace) <= progress.seq:
            return
        lease = f"audit:{workspace}"
        if not await self._leases.take(lease, _LEASE):
            return
        try:
            while await self._batch(workspace) and await self._leases.take(lease, _LEASE):
                continue
        finally:
            await self._leases.leave(lease)

    async def _batch(self, workspace: str) -> bool:
        """Send one batch; whether there may be more."""
        stream = await self._shelf.streams.get(workspace, ONE)
        kept = await self._shelf.progress.get(workspace, ONE)
        progress = kept.value if kept is not None else Progress()
        entries = await self._shelf.records.audit(workspace, after=progress.seq, limit=BATCH)
        if stream is None or kept is None or not entries:
            return False
        now = self._clock()
        try:
            shown = [Shown(one, read_entry(one.value)) for one in entries]
            await send(stream.value, workspace, shown, await self._allowed(workspace), now)
        except StudioError as error:
            wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(progress.tries, 20))
            progress = msgspec.structs.replace(
                progress, tries=progress.tries + 1, next_at=now + int(wait * 1e6), error=error.code
            )
            _LOG.warning("the audit stream of %s waits %s s: %s", workspace, wait, error.code)
        else:
            progress = Progress(seq=entries[-1].seq, sent_at=now)
        try:
            put = self._shelf.progress.put(workspace, ONE, progress, expected=kept.revision)
            await self._shelf.records.commit([put])
        except RecordChanged:
            return False  # it was set anew meanwhile
        return progress.error is None and len(entries) == BATCH

    async def _progress(self, workspace: str) -> Progress:
        found = await self._shelf.progress.get(workspace, ONE)
        return found.value if found is not None else Progress()


def _check(stream: Stream) -> None:
    if stream.kind == "webhook":
        parse_url(stream.url)
        if stream.secret and len(stream.secret) < 16:
            raise UserError("audit.secret", "A secret has at least 16 characters.").at(param="secret")
        return
    if not stream.host or not 1 <= stream.port <= 65_535:
        raise UserError("audit.address", "Give host and port of the syslog server.").at(param="host")
    normal_host(stream.host)
    check_certificates(stream.ca)


def _facts(stream: Stream) -> dict[str, object]:
    facts = msgspec.to_builtins(stream)
    return {**facts, "secret": MASKED if stream.secret else "", "url": stream.url.split("?", 1)[0]}
