"""Bodies and answers of editing sessions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from studio.server._models import In, Out, Time

NodeName = Annotated[
    str,
    Field(
        min_length=1, max_length=600, description="A node by its name: `load`, `places.body.place`.", examples=["load"]
    ),
]
Keys = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=500)]],
    Field(
        min_length=1, max_length=32, description="The keys that lead to a value. Lists are whole values.",
        examples=[["nodes", "load", "params", "url"]],
    ),
]  # fmt: skip
Position = tuple[float, float]
Level = Annotated[str, Field(max_length=600, description='"" for the workflow itself, `places.body` for a body.')]
EdgeText = Annotated[
    str | dict[str, str],
    Field(description="`source -> target`, or with port and param.", examples=["load -> save"]),
]


class SetIn(In):
    """Set a value: a param, a field of a node, an input, a setting."""

    op: Literal["set"]
    path: Keys
    value: Any


class RemoveIn(In):
    """Remove a value."""

    op: Literal["remove"]
    path: Keys
    prune: int = Field(default=0, ge=0, le=32, description="How many mappings around it go too where they are empty.")


class AddNodeIn(In):
    """Add a node."""

    op: Literal["add_node"]
    node: NodeName
    value: dict[str, Any] = Field(examples=[{"type": "text.template", "params": {"template": "Hello"}}])
    positions: dict[str, Position] = Field(default={}, max_length=1000)
    edges: list[EdgeText] = Field(default=[], max_length=1000)


class RemoveNodeIn(In):
    """Remove a node with all that is in it, its edges and its place."""

    op: Literal["remove_node"]
    node: NodeName


class RenameNodeIn(In):
    """Give a node another id; what refers to it is rewritten."""

    op: Literal["rename_node"]
    node: NodeName
    to: str = Field(min_length=1, max_length=64, examples=["load_quakes"])


class AddEdgeIn(In):
    """Add an edge."""

    op: Literal["add_edge"]
    edge: EdgeText
    graph: Level = ""


class RemoveEdgeIn(In):
    """Remove an edge."""

    op: Literal["remove_edge"]
    edge: EdgeText
    graph: Level = ""


class MoveIn(In):
    """Place nodes on the canvas; null takes a place away."""

    op: Literal["move"]
    positions: dict[str, Position | None] = Field(min_length=1, max_length=5000, examples=[{"load": [120, 40]}])


OperationIn = Annotated[
    SetIn | RemoveIn | AddNodeIn | RemoveNodeIn | RenameNodeIn | AddEdgeIn | RemoveEdgeIn | MoveIn,
    Field(discriminator="op"),
]


class BatchIn(In):
    """Operations that are carried out together, or not at all."""

    base: int = Field(ge=1, le=10**15, description="Revision of the draft that they were made on.")
    operations: list[OperationIn] = Field(min_length=1, max_length=1000)
    id: str = Field(
        default="", max_length=64, description="Names the batch. Sent again after a lost answer, it is applied once."
    )
    client: str = Field(default="", max_length=64, description="The tab or program; its own batches are no conflict.")


class BackIn(In):
    """Taking back a step."""

    id: str = Field(default="", max_length=64, description="Names the request, so that a repetition counts once.")
    client: str = Field(default="", max_length=64)
    skip: bool = Field(default=False, description="Undo: leave the last step standing and take back the one before.")


class ChangeOut(Out):
    """A value that is another now. An edge is found by what it says: `["edges", "load -> save"]`."""

    path: list[str]
    value: Any = Field(default=None, description="What stands there now.")
    removed: bool = Field(default=False, description="Nothing stands there any more.")
    prune: int = Field(default=0, description="So many empty mappings around it are gone too.")


class OperationOut(Out):
    """A batch that was carried out. Whoever carries out `changes` in order has the same document."""

    revision: int
    base: int
    id: str
    by: str
    name: str
    client: str
    at: Time
    how: Literal["edit", "undo", "redo"]
    of: int | None = Field(description="Of an undo or redo: the revision that it takes back.")
    operations: list[dict[str, Any]] = Field(description="What was asked for, without values.")
    changes: list[ChangeOut]


class AcceptedOut(Out):
    """A batch as it was accepted."""

    revision: int = Field(description="The revision of the draft that it made.")
    operation: OperationOut
    missed: list[OperationOut] | None = Field(
        description="Batches of others after `base`, to be carried out first; null where they are too many: load anew."
    )
    repeated: bool = Field(description="It had been accepted before under this id.")


class SinceOut(Out):
    """What was changed since a revision."""

    revision: int = Field(description="The present revision of the draft.")
    items: list[OperationOut]
    more: bool = Field(description="There is more: ask again with the revision of the last one.")


class StepsOut(Out):
    """How many steps the caller can take back, and carry out again."""

    undo: int
    redo: int


class PresenceOut(Out):
    """Somebody who has the workflow open in a tab."""

    account: str
    client: str
    name: str
    colour: str = Field(examples=["#2563eb"])
    node: str | None
    selection: list[str]
    cursor: Position | None


class PresencesOut(Out):
    """Who has the workflow open."""

    items: list[PresenceOut]
