"""Bodies and answers about pinned outputs."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from studio.server._models import In, Out, Time
from studio.server.resources.executions.schemas import ValueOut

Json = Any


class PinIn(In):
    """What a node is taken to give: a value, or what it gave in an execution."""

    value: Json = Field(
        default=None, examples=[{"data": [1, 2]}],
        description="Up to 1 MB as JSON. Where a text is `•••`, as masked values are shown, what stood there stays.",
    )  # fmt: skip
    execution: str | None = Field(
        default=None, max_length=64,
        description="Take what the node gave in this execution instead, as the execution is shown.",
    )  # fmt: skip


class PinnedOut(Out):
    """What is pinned to a node."""

    node: str = Field(description="Path of the node.", examples=["load"])
    by: str = Field(description="Account that pinned it.")
    at: Time
    execution: str | None = Field(description="The execution that it was taken from.")
    bytes: int
    value: ValueOut


class PinnedListOut(Out):
    """Everything that is pinned beside a draft."""

    items: list[PinnedOut]
