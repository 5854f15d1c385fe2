"""How editing is shown to callers."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.server.resources.editing.schemas import AcceptedOut, ChangeOut, OperationOut
from studio.services.editing.editing import Accepted
from studio.services.editing.model import OperationRecord, unpacked


def operation_out(record: OperationRecord) -> OperationOut:
    """A batch."""
    steps = unpacked(record.steps)
    changes = [
        ChangeOut(path=list(one.path), removed=True, prune=one.parents)
        if one.after is msgspec.UNSET
        else ChangeOut(path=list(one.path), value=one.after)
        for step in steps
        for one in step.changes
    ]
    operations: list[dict[str, Any]] = []
    for step in steps:
        plain = msgspec.to_builtins(step.operation)
        plain.pop("value", None)
        operations.append(plain)
    return OperationOut(
        revision=record.revision, base=record.base, id=record.operation, by=record.by, name=record.name,
        client=record.client, at=record.at, how=record.how, of=record.of or None,  # pyright: ignore[reportArgumentType]
        operations=operations, changes=changes,
    )  # fmt: skip


def accepted_out(accepted: Accepted) -> AcceptedOut:
    """A batch as it was accepted."""
    missed = None if accepted.missed is None else [operation_out(one) for one in accepted.missed]
    return AcceptedOut(
        revision=accepted.record.revision, operation=operation_out(accepted.record), missed=missed,
        repeated=accepted.repeated,
    )  # fmt: skip
