"""What is kept of pinned outputs. They stand in sealed records beside the draft, never in the document."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from studio.contracts.records import Records
from studio.services._collection import Collection


class PinnedOutput(msgspec.Struct, frozen=True, kw_only=True):
    """What a node of a draft is taken to give.

    Args:
        workflow: Id of the workflow.
        node: Path of the node in its draft.
        value: JSON.
        by: Account that pinned it.
        at: When, microseconds.
        execution: The execution that it was taken from, "" where it was given.
    """

    workflow: str
    node: str
    value: bytes
    by: str = ""
    at: int = 0
    execution: str = ""


def pinned_id(workflow: str, node: str) -> str:
    """Id of what is pinned to a node."""
    return f"{workflow}.{blake2b(node.encode(), digest_size=16).hexdigest()}"


class PinnedShelf:
    """Where it is kept."""

    def __init__(self, records: Records) -> None:
        self.outputs = Collection(records, "pinned_output", PinnedOutput, parent=lambda one: one.workflow)
