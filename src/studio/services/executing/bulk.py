"""The same for many executions at once, with what came of each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec

from studio.contracts.records import Records
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionFilter, ExecutionRow
from studio.domain.access import Actor, Permission
from studio.domain.errors import Conflict, StudioError
from studio.services.auditing import entry
from studio.services.executing.acting import Acting
from studio.services.executing.finding import ExecutionFinder
from studio.services.executing.rerunning import Replay, Rerunning

MOST = 1000
"""Executions that one request acts on."""
_TOGETHER = 16
_PAGE = 200

Action: TypeAlias = Literal["cancel", "pause", "resume", "replay", "retry", "delete"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one: the execution it led to where it was run again, or why it was refused."""

    id: str
    made: str | None = None
    error: StudioError | None = None


class Bulk:
    """Acts on many executions for somebody."""

    def __init__(
        self, store: Store, records: Records, finder: ExecutionFinder, acting: Acting, rerunning: Rerunning
    ) -> None:
        self._store = store
        self._records = records
        self._finder = finder
        self._acting = acting
        self._rerunning = rerunning

    async def chosen(self, actor: Actor, wanted: ExecutionFilter, most: int) -> tuple[list[str], bool]:
        """Ids of executions that the actor may see and that fit, newest first, and whether there are more."""
        ids: list[str] = []
        before = wanted.before
        while True:
            rows, more = await self._finder.page(actor, _after(wanted, before), min(_PAGE, most + 1 - len(ids)))
            ids += [row.id for row in rows]
            if len(ids) > most:
                return ids[:most], True
            if more is None:
                return ids, False
            before = more

    async def act(self, actor: Actor, action: Action, ids: Sequence[str], how: Replay, reason: str) -> list[Outcome]:
        """Do the same to each of these; one that is refused disturbs no other."""
        if action == "delete":
            return await self._delete(actor, ids)
        room = asyncio.Semaphore(_TOGETHER)

        async def one(id: str) -> Outcome:
            async with room:
                try:
                    made = await self._acts(actor, action, how, reason)(id)
                except StudioError as error:
                    return Outcome(id, error=error)
                return Outcome(id, made.id if made.id != id else None)

        return await asyncio.gather(*(one(id) for id in dict.fromkeys(ids)))

    def _acts(self, actor: Actor, action: Action, how: Replay, reason: str) -> Callable[[str], Awaitable[ExecutionRow]]:
        acts: dict[str, Callable[[str], Awaitable[ExecutionRow]]] = {
            "cancel": lambda id: self._acting.cancel(actor, id, reason),
            "pause": lambda id: self._acting.pause(actor, id),
            "resume": lambda id: self._acting.resume(actor, id),
            "replay": lambda id: self._rerunning.replay(actor, id, how),
            "retry": lambda id: self._rerunning.retry(actor, id),
        }
        return acts[action]

    async def delete(self, actor: Actor, execution_id: str) -> None:
        """Delete one that has ended, with what it called and everything that is recorded of it.

        Raises:
            NotFound: There is none that the actor may see.
            AccessRefused: They may not delete it.
            Conflict: It has not ended, or its caller has not.
        """
        (outcome,) = await self._delete(actor, [execution_id])
        if outcome.error is not None:
            raise outcome.error

    async def _delete(self, actor: Actor, ids: Sequence[str]) -> list[Outcome]:
        outcomes: dict[str, Outcome] = {}
        rows: dict[str, ExecutionRow] = {}
        for id in dict.fromkeys(ids):
            try:
                rows[id] = await self._finder.find(actor, id, Permission.EXECUTION_DELETE)
            except StudioError as error:
                outcomes[id] = Outcome(id, error=error)
        ended = [row for row in rows.values() if row.status.terminal]
        # The log first: it tells of what was asked for, even where the process dies in between.
        if ended:
            await self._records.commit(
                [],
                [
                    entry(actor, "execution.deleted", kind="execution", id=row.id, name=row.workflow_name)
                    for row in ended
                ],
            )
        gone = set(await self._store.delete(actor.workspace, [row.id for row in ended]))
        for id in rows:
            kept = Conflict("execution.not_ended", "The execution {id}, or the one that called it, goes on.", id=id)
            outcomes[id] = Outcome(id, error=None if id in gone else kept)
        return [outcomes[id] for id in dict.fromkeys(ids)]


def _after(wanted: ExecutionFilter, before: str | None) -> ExecutionFilter:
    return msgspec.structs.replace(wanted, before=before)
