"""Answers about node types."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from studio.server._models import Out

Json = Any


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
    missing: list[str] = Field(default=[], description="Libraries that its pack needs and that are not there.")
    install: str | None = Field(default=None, description="The command that installs them.")


class ExampleOut(Out):
    """An example of a node type."""

    title: str | None = None
    input: dict[str, Json] = Field(default={}, description="Params by name.")
    output: Json = Field(default=None, description="What it gives.")
    error: str | None = Field(default=None, description="Code of the error that it ends with instead.")


class SlotOut(Out):
    """A place for other nodes inside a node."""

    name: str = Field(examples=["model"])
    kind: str = Field(description="What may sit in it.", examples=["model"])
    many: bool
    required: bool


class NodeDetail(NodeOut):
    """Everything about a node type."""

    kind: str = Field(description="node, control (the engine executes it) or trigger.", examples=["node"])
    ports: list[str] = Field(description="Ports that it leaves by, where there is more than one way out.")
    labels: dict[str, str] = Field(description="Names of its params, as far as they are translated.")
    params: dict[str, Json] = Field(description="JSON Schema of its params.")
    output: dict[str, Json] = Field(description="JSON Schema of its output; of a trigger, its event.")
    credentials: list[str] = Field(description="Credential types that it takes.", examples=[["http.bearer"]])
    slots: list[SlotOut]
    bodies: list[str] = Field(description="Graphs that it holds: body, catch, finally.")
    examples: list[ExampleOut]
