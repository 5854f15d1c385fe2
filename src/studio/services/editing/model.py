"""What is kept of editing. Everything here stands in sealed records; see docs/adr/0020 and 0022."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.contracts.records import Records
from studio.services._collection import Collection
from studio.services.editing._applying import Rename, Step
from studio.services.editing._tree import Change, Path, kind_at, plain
from studio.services.editing.operations import Operation

KEPT_FOR = 30 * 24 * 3600 * 1_000_000
"""How long an operation is kept, microseconds."""
KEPT = 1000
"""How many operations of a draft are kept once older ones are cleared away."""
UNDO_STEPS = 100
"""How many steps a person can take back."""


class Changed(msgspec.Struct, frozen=True, array_like=True):
    """A value that became another; what is left unset was not there, or is not any more."""

    path: tuple[str, ...]
    before: Any = msgspec.UNSET
    after: Any = msgspec.UNSET
    parents: int = 0
    was: bool = False
    stays: bool = False


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A step as kept."""

    operation: Operation
    changes: list[Changed]
    rename: tuple[tuple[str, ...], str, str] | None = None
    touched: list[tuple[str, ...]] = []


class OperationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that was accepted.

    Args:
        workflow: Whose draft.
        revision: The revision that it made.
        by: Account.
        name: Its name then.
        client: The tab or program that sent it; it knows its own batches.
        operation: Id that the sender gave it, so that a repetition is known.
        base: The revision that it was made on.
        at: When.
        how: ``edit``, ``undo`` or ``redo``.
        of: Of an undo or redo: the revision that it takes back.
        steps: What was done. JSON of ``list[Kept]``.
    """

    workflow: str
    revision: int
    by: str
    name: str = ""
    client: str = ""
    operation: str = ""
    base: int = 0
    at: int = 0
    how: str = "edit"
    of: int = 0
    steps: bytes = b"[]"


class UndoState(msgspec.Struct, frozen=True, kw_only=True):
    """What a person can take back in a draft, and carry out again: revisions, the newest last.

    ``skipped`` are steps that they left standing. ``audited_at`` is when their editing was last put on record.
    """

    workflow: str
    account: str
    undo: list[int] = []
    redo: list[int] = []
    skipped: list[int] = []
    audited_at: int = 0


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Who has a workflow open in one tab."""

    workflow: str
    account: str
    client: str
    name: str
    node: str | None = None
    selection: list[str] = []
    cursor: tuple[float, float] | None = None
    at: int = 0


_STEPS = msgspec.json.Decoder(list[Kept])


def packed(steps: list[Step]) -> bytes:
    """Steps as they are kept."""
    kept = [
        Kept(
            _slim(step.operation),
            [_changed(one) for one in step.changes],
            (step.rename.level, step.rename.old, step.rename.new) if step.rename is not None else None,
            list(step.touched) if step.rename is not None else [],
        )
        for step in steps
    ]
    return msgspec.json.encode(kept)


def unpacked(data: bytes) -> list[Step]:
    """Inverse of ``packed``; values as in the document, not as they are edited."""
    steps: list[Step] = []
    for kept in _STEPS.decode(data):
        changes = [
            Change(
                one.path,
                one.before if one.was else msgspec.UNSET,
                one.after if one.stays else msgspec.UNSET,
                one.parents,
            )
            for one in kept.changes
        ]
        rename = Rename(*kept.rename) if kept.rename is not None else None
        touched: list[Path] = kept.touched if rename is not None else [one.path for one in changes]
        steps.append(Step(kept.operation, changes, rename, touched))
    return steps


def _changed(change: Change) -> Changed:
    kind = kind_at(change.path)
    was, stays = change.before is not msgspec.UNSET, change.after is not msgspec.UNSET
    before = plain(kind, change.before) if was else None
    return Changed(change.path, before, plain(kind, change.after) if stays else None, change.parents, was, stays)


def _slim(operation: Operation) -> Operation:
    """The operation without values that stand among the changes already."""
    return msgspec.structs.replace(operation, value={}) if hasattr(operation, "value") else operation


def operation_id(workflow: str, revision: int) -> str:
    """Id of a batch; ids of one draft sort by revision."""
    return f"{workflow}.{revision:012d}"


def undo_id(workflow: str, account: str) -> str:
    """Id of what a person can take back."""
    return f"{workflow}.{account}"


class EditingShelf:
    """Where all of it is kept."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.operations = Collection(
            records, "draft_operation", OperationRecord,
            parent=lambda one: one.workflow,
            unique=lambda one: [f"{one.workflow}/{one.by}/{one.operation}"] if one.operation else [],
        )  # fmt: skip
        self.undo = Collection(records, "draft_undo", UndoState, parent=lambda one: one.workflow)
        self.presence = Collection(records, "presence", Presence, parent=lambda one: one.workflow)
