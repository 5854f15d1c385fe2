"""Carrying out a batch on a draft in memory: all of it, or nothing and the conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from studio.domain.errors import Conflict, NotFound, StudioError, UserError
from studio.services.editing import _tree
from studio.services.editing._applying import Step, perform, roll_back
from studio.services.editing._checking import check
from studio.services.editing._merging import Held, Other, claims, held, translated
from studio.services.editing._opened import Opened
from studio.services.editing._tree import MISSING, Path
from studio.services.editing.model import OperationRecord, UndoState, unpacked
from studio.services.editing.operations import AddNode, Operation, RenameNode

if TYPE_CHECKING:
    from studio.services.editing.editing import Batch

_MAX_VALUE = 64 * 1024


class Attempt(NamedTuple):
    """A batch, and whether it is an edit, an undo or a redo (of which revision)."""

    batch: Batch
    how: str = "edit"
    of: int = 0


class ConflictFound(NamedTuple):
    """Why an operation cannot be carried out.

    ``operation`` is its place in the batch; ``value`` what stands there now, ``MISSING`` for nothing. ``revision``,
    ``by``, ``name`` and ``at`` tell of the change that is in the way, where it is known.
    """

    operation: int
    error: StudioError
    path: Path
    value: Any
    revision: int | None = None
    by: str | None = None
    name: str | None = None
    at: int | None = None


class EditConflict(Conflict):
    """Operations that somebody else's changes are in the way of. Nothing was changed."""

    conflicts: Sequence[ConflictFound] = ()


def in_conflict(conflicts: Sequence[ConflictFound]) -> EditConflict:
    """The error for operations in conflict."""
    error = EditConflict(
        "editing.conflict", "Somebody else has changed the same meanwhile. Nothing of yours was saved."
    )
    error.conflicts = tuple(conflicts)
    return error


def carry_out(
    opened: Opened, attempt: Attempt, since: Sequence[OperationRecord], account: str, undo: UndoState
) -> list[Step]:
    """Carry out a batch on the document in memory.

    Raises:
        EditConflict: Others' batches since its base are in the way. The document is as it was.
        StudioError: An operation makes no sense. The document is as it was.
    """
    others = held([_other(one, attempt, account, undo) for one in since])
    steps: list[Step] = []
    conflicts: list[ConflictFound] = []
    fresh: set[Path] = set()
    try:
        for at, operation in enumerate(attempt.batch.operations):
            found = _one(opened.tree, at, operation, others, fresh)
            if isinstance(found, ConflictFound):
                conflicts.append(found)
                continue
            steps.append(found)
            if found.rename is not None:
                others = others.after(found.rename)
            if isinstance(found.operation, AddNode):
                fresh.add(_tree.node_path(found.operation.node))
            elif isinstance(found.operation, RenameNode):
                fresh.add((*_tree.node_path(found.operation.node)[:-1], found.operation.to))
        if conflicts:
            raise in_conflict(conflicts)
        check(opened.tree, [change.path for step in steps for change in step.changes])
    except BaseException:
        for step in reversed(steps):
            roll_back(opened.tree, step.changes)
        raise
    return steps


def _one(tree: dict[str, Any], at: int, given: Operation, others: Held, fresh: set[Path]) -> Step | ConflictFound:
    operation, renamer = translated(given, others.renames, fresh)
    paths, nodes = claims(operation)
    where = paths[0] if paths else _tree.node_path(operation.node) if isinstance(operation, RenameNode) else ()
    by = renamer or others.conflict(paths, nodes)
    value = _shown(tree, where)
    try:
        step = perform(tree, operation)
    except (Conflict, NotFound) as error:
        known = _in_the_way(renamer, renamer, where) if renamer is not None else error
        return _found(at, known, where, value, by)
    except UserError as error:
        if by is None:
            raise
        return _found(at, error, where, value, by)
    if by is None or not step.changes:
        return step
    roll_back(tree, step.changes)
    return _found(at, _in_the_way(renamer, by, where), where, value, by)


def _in_the_way(renamer: Other | None, by: Other, where: Path) -> Conflict:
    path = ".".join(where)
    if renamer is not None:
        return Conflict("editing.renamed", "{name} has renamed the node.", name=by.name or by.by)
    return Conflict("editing.changed", "{name} has changed {path}.", name=by.name or by.by, path=path)


def _found(at: int, error: StudioError, where: Path, value: Any, by: Other | None) -> ConflictFound:
    if by is None:
        return ConflictFound(at, error, where, value)
    return ConflictFound(at, error, where, value, by.revision, by.by, by.name, by.at)


def _shown(tree: dict[str, Any], path: Path) -> Any:
    """A copy of what stands at a path, unless it is large."""
    value = _tree.get(tree, path) if path else MISSING
    if value is MISSING:
        return MISSING
    shown = _tree.plain(_tree.kind_at(path), value)
    data = msgspec.json.encode(shown)
    return msgspec.json.decode(data) if len(data) <= _MAX_VALUE else MISSING


def _other(record: OperationRecord, attempt: Attempt, account: str, undo: UndoState) -> Other:
    steps = unpacked(record.steps)
    if attempt.how == "edit":
        own = record.by == account and bool(attempt.batch.client) and record.client == attempt.batch.client
    else:
        # Of one's own batches the later ones are taken back already, but for those that were left standing.
        own = record.by == account and record.revision not in undo.skipped
    return Other(
        record.revision, record.by, record.name, record.at, [path for step in steps for path in step.touched],
        [step.rename for step in steps if step.rename is not None], own,
    )  # fmt: skip
