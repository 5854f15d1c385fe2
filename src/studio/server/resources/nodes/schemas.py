"""Answers about node types."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from studio.server._models import Out

Json = Any


class SlotOut(Out):
    """A place for other nodes inside a node."""

    name: str = Field(examples=["model"])
    kind: str = Field(description="What may sit in it.", examples=["model"])
    many: bool
    required: bool


class NodeOut(Out):
    """A node type in a list."""

    type: str = Field(examples=["list.filter"])
    version: int
    title: str = Field(description="In the language asked for.", examples=["Filter"])
    description: str
    category: str
    pack: str = Field(examples=["list"])
    effect: str = Field(description="What running it does to the world.", examples=["pure"])
    icon: str | None = None
    kind: str = Field(description="node, control (the engine executes it) or trigger.", examples=["node"])
    keywords: list[str] = Field(description="Other words for what it does.", examples=[["where", "select"]])
    ports: list[str] = Field(description="Ports that it leaves by, where there is more than one way out.")
    open_ports: bool = Field(description="Whether its params name further ports.")
    bodies: list[str] = Field(description="Graphs that it holds: body, catch, finally.")
    slots: list[SlotOut]
    missing: list[str] = Field(default=[], description="Libraries that its pack needs and that are not there.")
    install: str | None = Field(default=None, description="The command that installs them.")


class ExampleOut(Out):
    """An example of a node type."""

    title: str | None = None
    input: dict[str, Json] = Field(default={}, description="Params by name.")
    output: Json = Field(default=None, description="What it gives.")
    error: str | None = Field(default=None, description="Code of the error that it ends with instead.")


class NodeDetail(NodeOut):
    """Everything about a node type."""

    labels: dict[str, str] = Field(description="Names of its params, as far as they are translated.")
    params: dict[str, Json] = Field(description="JSON Schema of its params.")
    output: dict[str, Json] = Field(description="JSON Schema of its output; of a trigger, its event.")
    credentials: list[str] = Field(description="Credential types that it takes.", examples=[["http.bearer"]])
    examples: list[ExampleOut]


Kinds = Literal["any", "text", "number", "boolean", "date", "list", "object", "table", "file"]


class ValueShape(Out):
    """A param or an output, as far as an editor must know it to tell what fits."""

    name: str
    label: str = Field(description="In the language asked for.")
    kinds: list[Kinds] = Field(description="What it may be.", examples=[["list", "table"]])
    items: list[Kinds] = Field(description="Of a list: what its items may be; empty where nothing is said.")
    required: bool
    per_item: bool = Field(description="Of a param: evaluated for each item, so that no value is wired to it.")


class ShapeOut(Out):
    """What a node type takes and gives."""

    type: str = Field(examples=["list.filter"])
    params: list[ValueShape]
    outputs: list[ValueShape]


class ShapesOut(Out):
    """What node types take and give. Those whose libraries are not there are left out."""

    items: list[ShapeOut]
