"""Editing a draft by small operations, by several people at once; see docs/adr/0022."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec

from studio.contracts.records import AuditDraft, Change
from studio.domain.access import Actor, Permission
from studio.domain.errors import RecordChanged, RecordTaken, StudioError, UserError
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.editing._applying import Step
from studio.services.editing._attempt import Attempt, carry_out
from studio.services.editing._history import History, LogGone
from studio.services.editing._opened import Opened
from studio.services.editing._tree import MISSING, kind_at, node_name
from studio.services.editing._undoing import Undoing, now_undoable
from studio.services.editing.feed import Feed
from studio.services.editing.model import (
    KEPT_FOR,
    EditingShelf,
    OperationRecord,
    UndoState,
    operation_id,
    packed,
    undo_id,
)
from studio.services.editing.operations import Operation, RenameNode
from studio.services.workflows.drafts import named_by
from studio.services.workflows.finding import Finder
from studio.services.workflows.model import Shelf, WorkflowHead
from studio.validation.document import MAX_BYTES

OPEN_DRAFTS = 64
"""So many drafts are held in memory."""
MAX_OPERATIONS = 1000
_TRIES = 20
_AUDIT_EVERY = 10 * 60 * 1_000_000

Renamed: TypeAlias = Callable[[Actor, str, Sequence[tuple[str, str]]], Awaitable[Sequence[Change]]]
"""What else changes where nodes (old name, new name) of a workflow are renamed."""

Placed: TypeAlias = Callable[[Actor, str, Sequence[str], Sequence[str]], Awaitable[Sequence[Change]]]
"""What else changes where nodes of a workflow are removed (the first names), or come to it (the second)."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Operations that are carried out together or not at all.

    Args:
        base: The revision that they were made on.
        operations: What to do, in order.
        id: Names the batch, so that a repetition after a lost answer is not carried out again.
        client: The tab or program; its own batches are known to it, and no conflict.
    """

    base: int
    operations: list[Operation]
    id: str = ""
    client: str = ""


class Accepted(NamedTuple):
    """A batch as it was accepted. ``missed`` are the batches of others after its base; None where they are too many."""

    record: OperationRecord
    missed: list[OperationRecord] | None
    repeated: bool = False


class Editing:
    """Edits drafts.

    Args:
        renamed: What else must change where nodes are renamed.
        placed: What else must change where nodes come and go.
    """

    def __init__(
        self, shelf: Shelf, finder: Finder, clock: Clock, feed: Feed, renamed: Renamed, placed: Placed
    ) -> None:
        self.shelf = EditingShelf(shelf.records)
        self.history = History(self.shelf, shelf, finder)
        self.undoing = Undoing(self, self.shelf)
        self._drafts = shelf
        self.finder = finder
        self._clock = clock
        self._feed = feed
        self._renamed = renamed
        self._placed = placed
        self._opened: OrderedDict[tuple[str, str], Opened] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def apply(self, actor: Actor, reference: str, batch: Batch) -> Accepted:
        """Carry out a batch on the draft as it is now, where nothing that it touches was touched since its base.

        Raises:
            NotFound: There is no such workflow.
            EditConflict: Somebody else touched the same; nothing was changed.
            UserError: An operation makes no sense, or what it gives is no part of a workflow.
            LogGone: The base is too old to tell.
            Conflict: The workflow is archived.
        """
        if not 1 <= len(batch.operations) <= MAX_OPERATIONS:
            raise UserError("editing.count", "Give 1 to {most} operations.", most=MAX_OPERATIONS)
        head = await self.finder.editable(actor, reference, Permission.WORKFLOW_EDIT)
        return await self.run(actor, head, batch)

    async def run(
        self, actor: Actor, head: Kept[WorkflowHead], batch: Batch, *, how: str = "edit", of: int = 0
    ) -> Accepted:
        """Carry out a batch of somebody who may edit the workflow; of an undo or redo ``of`` is what it takes back."""
        opened = self.open(actor.workspace, head.id)
        for _ in range(_TRIES):
            async with opened.lock:
                try:
                    return await self._once(actor, head, opened, Attempt(batch, how, of))
                except RecordChanged:
                    opened.forget()
                    # Another process was first, or the workflow itself changed.
                    head = await self.finder.editable(actor, head.id, Permission.WORKFLOW_EDIT)
        raise changed_meanwhile(head.id)

    def open(self, workspace: str, workflow: str) -> Opened:
        """A draft in memory; its content is read when it is needed."""
        key = (workspace, workflow)
        opened = self._opened.get(key)
        if opened is None:
            opened = self._opened[key] = Opened(workspace, workflow)
            for old in [one for one, kept in self._opened.items() if not kept.lock.locked()][:-OPEN_DRAFTS]:
                del self._opened[old]
        self._opened.move_to_end(key)
        return opened

    async def _once(self, actor: Actor, head: Kept[WorkflowHead], opened: Opened, attempt: Attempt) -> Accepted:
        batch = attempt.batch
        if not opened.revision or batch.base > opened.revision:
            await opened.load(self._drafts)
        if not 1 <= batch.base <= opened.revision:
            raise UserError("editing.base", "The draft has no revision {revision} yet.", revision=batch.base)
        try:
            since = await self.history.since(opened, batch.base)
            for record in since:
                if batch.id and (record.by, record.operation) == (actor.id, batch.id):
                    return Accepted(record, await self._missed(actor, head.id, record), repeated=True)
            _, undo = await self._undo_of(opened, actor)
            if any(isinstance(one, RenameNode) for one in batch.operations):
                # References to the node are looked for in the whole document.
                steps = await asyncio.to_thread(carry_out, opened, attempt, since, actor.id, undo)
            else:
                steps = carry_out(opened, attempt, since, actor.id, undo)
        except StudioError:
            await self._refuse_stale(actor, opened)
            found = await self.repeated(actor, head.id, batch.id)
            if found is None:
                raise
            return found
        try:
            return await self._store(actor, head, opened, attempt, steps, since)
        except RecordTaken:
            opened.forget()
            found = await self.repeated(actor, head.id, batch.id)
            if found is None:
                raise
            return found
        except BaseException:
            # Nobody knows whether it was stored: it is read again.
            opened.forget()
            raise

    async def _store(
        self,
        actor: Actor,
        head: Kept[WorkflowHead],
        opened: Opened,
        attempt: Attempt,
        steps: list[Step],
        since: Sequence[OperationRecord],
    ) -> Accepted:
        batch, now, workspace = attempt.batch, self._clock(), actor.workspace
        paths = [change.path for step in steps for change in step.changes]
        changes = opened.changes(self._drafts, paths, actor.id, now)
        if opened.size > MAX_BYTES:
            raise UserError("editing.too_large", "A workflow has {most} bytes at most.", most=MAX_BYTES)
        named = named_by(head.value, opened.tree)
        if named != head.value:
            changes.append(self._drafts.workflows.put(workspace, head.id, named, expected=head.revision))
        record = OperationRecord(
            workflow=head.id, revision=opened.revision + 1, by=actor.id, name=actor.name, client=batch.client,
            operation=batch.id, base=batch.base, at=now, how=attempt.how, of=attempt.of, steps=packed(steps),
        )  # fmt: skip
        id = operation_id(head.id, record.revision)
        changes.append(self.shelf.operations.put(workspace, id, record, expected=0, expires_at=now + KEPT_FOR))
        done = [(one.operation, one.rename) for one in steps]
        renames = [(op.node, rename) for op, rename in done if isinstance(op, RenameNode) and rename is not None]
        if renames:
            names = [(node, f"{node[: len(node) - len(rename.old)]}{rename.new}") for node, rename in renames]
            changes += await self._renamed(actor, head.id, names)
        gone, back = _come_and_gone(steps)
        if gone or back:
            changes += await self._placed(actor, head.id, gone, back)
        revision, before = await self._undo_of(opened, actor)
        state, audit = self._marked(actor, head, before, record, bool(paths))
        changes.append(self.shelf.undo.put(workspace, undo_id(head.id, actor.id), state, expected=revision))
        await self.shelf.records.commit(changes, audit)
        opened.revision = record.revision
        opened.log.append(record)
        opened.undo[actor.id] = (revision + 1, state)
        self._feed.tell(workspace, head.id)
        self._clear_later(opened)
        return Accepted(record, [one for one in since if not _own(one, actor, batch.client)])

    def _marked(
        self, actor: Actor, head: Kept[WorkflowHead], state: UndoState, record: OperationRecord, changed: bool
    ) -> tuple[UndoState, list[AuditDraft]]:
        """What the actor can take back from now on; that somebody edits is audited once in a while."""
        if changed or record.how != "edit":
            state = now_undoable(state, record)
        if record.at - state.audited_at < _AUDIT_EVERY:
            return state, []
        audit = entry(
            actor, "workflow.draft_edited", kind="workflow", id=head.id, name=head.value.name,
            before={"revision": record.revision - 1}, after={"revision": record.revision},
        )  # fmt: skip
        return msgspec.structs.replace(state, audited_at=record.at), [audit]

    async def _undo_of(self, opened: Opened, actor: Actor) -> tuple[int, UndoState]:
        if actor.id not in opened.undo:
            kept = await self.shelf.undo.get(actor.workspace, undo_id(opened.workflow, actor.id))
            none = UndoState(workflow=opened.workflow, account=actor.id)
            opened.undo[actor.id] = (kept.revision, kept.value) if kept is not None else (0, none)
        return opened.undo[actor.id]

    async def _refuse_stale(self, actor: Actor, opened: Opened) -> None:
        """Have a batch tried again that was refused by a draft in memory that is behind the stored one."""
        stored = await self._drafts.drafts.get(actor.workspace, opened.workflow)
        if stored is not None and stored.revision != opened.revision:
            opened.forget()
            raise changed_meanwhile(opened.workflow)

    async def repeated(self, actor: Actor, workflow: str, id: str) -> Accepted | None:
        """A batch that was accepted under this id before."""
        if not id:
            return None
        found = await self.shelf.operations.by_key(actor.workspace, f"{workflow}/{actor.id}/{id}")
        return Accepted(found.value, await self._missed(actor, workflow, found.value), True) if found else None

    async def _missed(self, actor: Actor, workflow: str, record: OperationRecord) -> list[OperationRecord] | None:
        """What stands between the base of a batch and itself."""
        try:
            found = await self.history.between(actor.workspace, workflow, record.base, record.revision - 1)
        except LogGone:
            return None
        return [one for one in found if not _own(one, actor, record.client)]

    def _clear_later(self, opened: Opened) -> None:
        """Clear old operations away once in a while, beside the requests."""
        opened.log = (
            opened.log[-self.history.in_memory :] if len(opened.log) > 2 * self.history.in_memory else opened.log
        )
        if opened.revision % self.history.clear_every == 0:
            task = asyncio.create_task(self.history.clear(opened.workspace, opened.workflow, opened.revision))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def document(self, workspace: str, workflow: str) -> tuple[int, dict[str, Any]]:
        """Revision and nodes of a draft as it is, for what only looks at it."""
        opened = self.open(workspace, workflow)
        async with opened.lock:
            stored = await self._drafts.drafts.need(workspace, workflow)
            if stored.revision != opened.revision:
                await opened.load(self._drafts)
            return opened.revision, opened.tree


def changed_meanwhile(workflow: str) -> RecordChanged:
    """The error for a draft that others change all the time."""
    return RecordChanged(
        "record.changed", "The {kind} was changed meanwhile. Load it again and repeat the change.",
        kind="draft", id=workflow,
    )  # fmt: skip


def _come_and_gone(steps: Sequence[Step]) -> tuple[list[str], list[str]]:
    """Names of the nodes that steps have removed, and of those that they have made; renaming does neither."""
    gone: list[str] = []
    back: list[str] = []
    for change in (one for step in steps if step.rename is None for one in step.changes):
        if len(change.path) > 1 and change.path[-2] == "nodes" and kind_at(change.path) == "node":
            name = node_name(change.path)
            if change.after is MISSING:
                gone.append(name)
            elif change.before is MISSING:
                back.append(name)
    return gone, back


def _own(record: OperationRecord, actor: Actor, client: str) -> bool:
    return record.by == actor.id and bool(client) and record.client == client
