"""Taking back one's own steps, and carrying them out again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec

from studio.domain.access import Actor, Permission
from studio.domain.errors import Conflict
from studio.services._collection import Kept
from studio.services.editing import _tree
from studio.services.editing._applying import Step
from studio.services.editing._history import LogGone
from studio.services.editing._tree import MISSING
from studio.services.editing.model import UNDO_STEPS, EditingShelf, OperationRecord, UndoState, undo_id, unpacked
from studio.services.editing.operations import (
    AddEdge,
    AddNode,
    Move,
    Operation,
    RemoveEdge,
    RemoveNode,
    RemoveValue,
    RenameNode,
    SetValue,
)
from studio.services.workflows.model import WorkflowHead

if TYPE_CHECKING:
    from studio.services.editing.editing import Accepted, Editing

_POSITIONS = ("canvas", "positions")


class Undoing:
    """Undo and redo, per person and draft. What can be taken back is kept in the database."""

    def __init__(self, editing: Editing, shelf: EditingShelf) -> None:
        self._editing = editing
        self._shelf = shelf

    async def state(self, actor: Actor, workflow: str) -> UndoState:
        """What the actor can take back and carry out again."""
        kept = await self._shelf.undo.get(actor.workspace, undo_id(workflow, actor.id))
        return kept.value if kept is not None else UndoState(workflow=workflow, account=actor.id)

    async def undo(
        self, actor: Actor, head: Kept[WorkflowHead], *, id: str = "", client: str = "", skip: bool = False
    ) -> Accepted:
        """Take back the actor's last step; with ``skip`` leave that one standing and take back the one before.

        Raises:
            EditConflict: Somebody else has changed what it touched.
            Conflict: There is nothing to take back.
        """
        return await self._back(actor, head, "undo", id, client, skip)

    async def redo(self, actor: Actor, head: Kept[WorkflowHead], *, id: str = "", client: str = "") -> Accepted:
        """Carry out again what was taken back last.

        Raises:
            EditConflict: Somebody else has changed what it touched.
            Conflict: There is nothing to carry out again.
        """
        return await self._back(actor, head, "redo", id, client, False)

    async def _back(
        self, actor: Actor, head: Kept[WorkflowHead], how: str, id: str, client: str, skip: bool
    ) -> Accepted:
        from studio.services.editing.editing import Batch

        repeated = await self._editing.repeated(actor, head.id, id)
        if repeated is not None:
            return repeated
        if skip:
            await self._skip(actor, head.id)
        state = await self.state(actor, head.id)
        steps = state.undo if how == "undo" else state.redo
        record = await self._shelf.operations.get(actor.workspace, _id(head.id, steps)) if steps else None
        if record is None:
            raise Conflict("editing.nothing", "There is nothing to take back or to carry out again.")
        batch = Batch(base=record.value.revision, operations=inverse(record.value), id=id, client=client)
        try:
            return await self._editing.run(actor, head, batch, how=how, of=record.value.revision)
        except LogGone as error:
            raise Conflict(
                "editing.undo_gone", "The draft was replaced as a whole since, so that this step cannot be taken back."
            ) from error

    async def _skip(self, actor: Actor, workflow: str) -> None:
        kept = await self._shelf.undo.get(actor.workspace, undo_id(workflow, actor.id))
        if kept is None or not kept.value.undo:
            return
        state = kept.value
        left = msgspec.structs.replace(
            state, undo=state.undo[:-1], skipped=[*state.skipped, state.undo[-1]][-UNDO_STEPS:]
        )
        await self._shelf.records.commit([self._shelf.undo.put(actor.workspace, kept.id, left, expected=kept.revision)])
        self._editing.open(actor.workspace, workflow).undo.pop(actor.id, None)

    async def editable(self, actor: Actor, reference: str) -> Kept[WorkflowHead]:
        """The workflow, for somebody who may edit it."""
        return await self._editing.finder.editable(actor, reference, Permission.WORKFLOW_EDIT)


def _id(workflow: str, steps: Sequence[int]) -> str:
    from studio.services.editing.model import operation_id

    return operation_id(workflow, steps[-1])


def now_undoable(state: UndoState, record: OperationRecord) -> UndoState:
    """What somebody can take back after a batch of theirs."""
    change: Any = msgspec.structs.replace
    if record.how == "undo":
        left = [one for one in state.undo if one != record.of]
        return change(state, undo=left, redo=[*state.redo, record.revision][-UNDO_STEPS:])
    if record.how == "redo":
        left = [one for one in state.redo if one != record.of]
        return change(state, redo=left, undo=[*state.undo, record.revision][-UNDO_STEPS:])
    return change(state, undo=[*state.undo, record.revision][-UNDO_STEPS:], redo=[])


def inverse(record: OperationRecord) -> list[Operation]:
    """The operations that take a batch back."""
    found: list[Operation] = []
    for step in reversed(unpacked(record.steps)):
        found += _inverse(step)
    return found


def _inverse(step: Step) -> list[Operation]:
    given, changes = step.operation, step.changes
    if not changes:
        return []
    if isinstance(given, RenameNode):
        path = _tree.node_path(given.node)
        return [RenameNode(node=_tree.node_name((*path[:-1], given.to)), to=path[-1])]
    if isinstance(given, AddNode):
        return [RemoveNode(node=given.node)]
    if isinstance(given, RemoveNode):
        node = _tree.node_path(given.node)
        value = next(one.before for one in changes if one.path == node)
        edges = [one.before for one in changes if one.path[:-1] == (*node[:-2], "edges")]
        places = {one.path[2]: tuple(one.before) for one in changes if one.path[:2] == _POSITIONS}
        return [AddNode(node=given.node, value=value, edges=edges, positions=cast("Any", places))]
    if isinstance(given, AddEdge):
        return [RemoveEdge(graph=given.graph, edge=given.edge)]
    if isinstance(given, RemoveEdge):
        return [AddEdge(graph=given.graph, edge=given.edge)]
    if isinstance(given, Move):
        places = {one.path[2]: None if one.before is MISSING else tuple(one.before) for one in changes}
        return [Move(positions=cast("Any", places))]
    change = changes[0]
    if change.before is MISSING:
        return [RemoveValue(path=change.path, prune=change.parents)]
    return [SetValue(path=change.path, value=change.before)]
