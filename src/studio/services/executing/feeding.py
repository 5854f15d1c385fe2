"""The feed of a workspace: hints that something has changed and may be fetched again. Hints are no record: they are
coalesced, and where there are too many of one kind, one hint without an id stands for all.

They come from the database, whoever wrote to it: from the audit log, which tells of every change, and from the rows of
executions. All watchers of a workspace share one reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypeAlias

import msgspec

from studio.contracts.records import Records
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionFilter, ExecutionRow
from studio.domain.access import Actor, Permission
from studio.domain.status import ExecutionStatus
from studio.services.auditing import read_entry
from studio.services.executing.finding import ExecutionFinder
from studio.services.executing.watching import TICK, Tick
from studio.services.workflows.finding import Finder

INTERVAL = 1.0
"""Seconds between two looks."""
MOST = 500
"""Hints that wait for one watcher; beyond that one stands for all of its kind."""
_PAGE = 200
_ACTIVE = tuple(status for status in ExecutionStatus if not status.terminal)

PERMISSIONS = {
    "workflow": Permission.WORKFLOW_VIEW,
    "folder": Permission.WORKFLOW_VIEW,
    "execution": Permission.EXECUTION_VIEW,
    "comment": Permission.COMMENT_VIEW,
    "credential": Permission.CREDENTIAL_VIEW,
    "variable": Permission.VARIABLE_VIEW,
    "table": Permission.TABLE_VIEW,
    "member": Permission.MEMBER_VIEW,
}
"""What one must be allowed to see to be told that it changed."""

_Mark: TypeAlias = tuple[object, ...]


class Hint(msgspec.Struct, frozen=True):
    """Something of this kind has changed; without an id any number of them may have."""

    kind: str
    id: str | None


class _Subscriber:
    def __init__(self) -> None:
        self.waiting: dict[Hint, None] = {}
        self.bell = asyncio.Event()

    def tell(self, hint: Hint) -> None:
        if Hint(hint.kind, None) in self.waiting:
            return
        if len(self.waiting) >= MOST:
            self.waiting = {one: None for one in self.waiting if one.kind != hint.kind}
            hint = Hint(hint.kind, None)
        self.waiting[hint] = None
        self.bell.set()

    def take(self) -> list[Hint]:
        taken, self.waiting = list(self.waiting), {}
        self.bell.clear()
        return taken


class _Workspace:
    """One workspace being looked at for all who watch it."""

    def __init__(self, store: Store, records: Records, workspace: str) -> None:
        self._store = store
        self._records = records
        self._workspace = workspace
        self._seq = -1
        self._known: dict[str, _Mark] = {}
        self.subscribers: list[_Subscriber] = []
        self.ready = asyncio.Event()
        self.failure: BaseException | None = None
        self.task = asyncio.get_running_loop().create_task(self._look_on())

    async def _look_on(self) -> None:
        try:
            await self._begin()
            self.ready.set()
            while True:
                await asyncio.sleep(INTERVAL)
                for hint in {**await self._changed(), **await self._moved()}:
                    for subscriber in self.subscribers:
                        subscriber.tell(hint)
        except Exception as error:  # noqa: BLE001 - told to everybody who watches
            self.failure = error
            self.ready.set()
            for subscriber in self.subscribers:
                subscriber.bell.set()

    async def _begin(self) -> None:
        newest = await self._records.audit(self._workspace, limit=1)
        self._seq = newest[0].seq if newest else 0
        self._known = await self._rows()

    async def _changed(self) -> dict[Hint, None]:
        """What the audit log tells of."""
        hints: dict[Hint, None] = {}
        while True:
            entries = await self._records.audit(self._workspace, after=self._seq, limit=_PAGE)
            for one in entries:
                facts = read_entry(one.value)
                if facts.target_kind in PERMISSIONS and facts.target_id:
                    hints[Hint(facts.target_kind, facts.target_id)] = None
                self._seq = one.seq
            if len(entries) < _PAGE:
                return hints

    async def _moved(self) -> dict[Hint, None]:
        """Executions that have begun, gone on or ended."""
        now, before = await self._rows(), self._known
        self._known = now
        return {Hint("execution", id): None for id in {**before, **now} if now.get(id) != before.get(id)}

    async def _rows(self) -> dict[str, _Mark]:
        rows = await self._store.executions(ExecutionFilter(workspace=self._workspace, limit=_PAGE))
        for status in _ACTIVE:
            rows += await self._store.executions(
                ExecutionFilter(workspace=self._workspace, status=(status,), limit=_PAGE)
            )
        return {row.id: _mark(row) for row in rows}


def _mark(row: ExecutionRow) -> _Mark:
    return (row.status, row.reason, row.held, row.ended_at, row.started_at is None)


class Feeding:
    """Tells people what has changed in their workspace, as far as they may see it."""

    def __init__(self, store: Store, records: Records, finder: ExecutionFinder, workflows: Finder) -> None:
        self._store = store
        self._records = records
        self._finder = finder
        self._workflows = workflows
        self._workspaces: dict[str, _Workspace] = {}

    async def hints(self, workspace: str) -> AsyncIterator[Hint | Tick]:
        """Hints as they come, for ever; ``TICK`` whenever nothing came. ``visible`` says who may be told."""
        found = self._workspaces.get(workspace)
        if found is None or found.task.done():
            found = self._workspaces[workspace] = _Workspace(self._store, self._records, workspace)
        subscriber = _Subscriber()
        found.subscribers.append(subscriber)
        try:
            await found.ready.wait()
            yield TICK
            while True:
                if found.failure is not None:
                    raise found.failure
                try:
                    async with asyncio.timeout(INTERVAL):
                        await subscriber.bell.wait()
                except TimeoutError:
                    yield TICK
                for hint in subscriber.take():
                    yield hint
        finally:
            found.subscribers.remove(subscriber)
            if not found.subscribers:
                found.task.cancel()
                if self._workspaces.get(workspace) is found:
                    del self._workspaces[workspace]

    async def visible(self, actor: Actor, hint: Hint) -> bool:
        """Whether somebody may be told: what they could not see is not hinted at."""
        permission = PERMISSIONS[hint.kind]
        if actor.may(permission) and actor.workflows is None:
            return True
        if hint.id is None:
            # It says only that a list may have changed; the list shows what they may see of it.
            return any(permission in granted for granted in actor.folders.values()) or actor.may(permission)
        if hint.kind == "execution":
            row = await self._store.execution(hint.id, actor.workspace)
            return row is not None and await self._finder.allows(actor, permission, row)
        if hint.kind == "workflow":
            if actor.workflows is not None and hint.id not in actor.workflows:
                return False
            head = await self._workflows.any(actor.workspace, hint.id)
            return head is not None and await self._workflows.allows(actor, permission, head.value)
        return False
