"""A node type as JSON, for forms, the palette and documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.sdk._base import BaseNode, ControlNode, Example
from studio.sdk._trigger import TriggerNode


def node_schema(cls: type[BaseNode], params: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Everything a form needs of a node type: facts, JSON Schema of input and output, examples.

    Params carry beside JSON Schema: ``x-widget``, ``x-options`` (the method that lists choices), ``x-depends-on``,
    ``x-visible-when``, ``x-secret``, and ``x-studio`` for files, tables, lists and per-item expressions. ``params`` are
    those filled in so far, for schemas that depend on them.
    """
    given = dict(params or {})
    out: dict[str, Any] = {
        "type": cls.type,
        "version": cls.version,
        "title": cls.title,
        "description": (cls.__doc__ or "").strip(),
        "effect": str(cls.effect),
        "ports": list(cls.ports),
        "open_ports": cls.open_ports,
        "credentials": list(cls.credentials),
        "slots": [
            {"name": slot.name, "kind": slot.kind, "many": slot.many, "required": slot.required} for slot in cls.slots
        ],
        "input": cls.input_schema(given),
        "output": cls.output_schema(given),
        "examples": [_example(example) for example in cls.examples],
    }
    if issubclass(cls, ControlNode):
        out["executor"], out["bodies"] = cls.executor, list(cls.bodies)
    if issubclass(cls, TriggerNode):
        out["source"] = cls.source
        out["event"] = cls.event_model.model_json_schema(mode="serialization")
    return out


def _example(example: Example) -> dict[str, Any]:
    fields: dict[str, Any] = {"title": example.title, "input": dict(example.input), "output": example.output}
    for name in ("port", "error", "setup"):
        value = getattr(example, name)
        if value is not None:
            fields[name] = value
    for name in ("scope", "body"):
        value = getattr(example, name)
        if value:
            fields[name] = dict(value)
    return fields
