"""The one form of a workflow that does not depend on how it was written, and its hash."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, cast

import msgspec

from studio.domain.workflow import Edge, Graph, Node, Workflow

HASH_PREFIX = "sha256:"


def canonical(workflow: Workflow) -> bytes:
    """Stable JSON: defaults and the canvas left out, keys and edges sorted where their order has no meaning.

    The order of keys inside a param's value is kept, because it may carry meaning: the cases of a switch, the columns
    of a record.
    """
    plain = plain_workflow(workflow)
    plain.pop("canvas", None)
    return msgspec.json.encode(_sorted(plain))


def content_hash(workflow: Workflow) -> str:
    """``sha256:`` and the hexadecimal digest of the canonical form."""
    return HASH_PREFIX + hashlib.sha256(canonical(workflow)).hexdigest()


def plain_workflow(workflow: Workflow) -> dict[str, Any]:
    """The workflow as a JSON tree as one would write it: defaults left out, edges in their written form."""
    out = _fields(workflow, Workflow)
    head = {key: out.pop(key) for key in ("studio", "name", "description", "inputs") if key in out}
    tail = {key: out.pop(key) for key in ("settings", "canvas") if key in out}
    return {"studio": workflow.studio, **head, **out, **tail}


def plain_node(node: Node) -> dict[str, Any]:
    """A node as a JSON tree as one would write it."""
    out = _fields(node, type(node))
    head = {key: out.pop(key) for key in ("id", "type", "title", "version", "params") if key in out}
    return {**head, **out}


def _fields(model: Any, cls: type[Any]) -> dict[str, Any]:
    """The fields of a model that differ from their defaults, by the names that the file uses."""
    out: dict[str, Any] = {}
    for name, key, required, default in _defaults(cls):
        value = getattr(model, name)
        if required or value != default:
            out[key] = _plain(value)
    return out


@lru_cache(maxsize=64)
def _defaults(cls: type[Any]) -> tuple[tuple[str, str, bool, Any], ...]:
    """Of each field its name, the one in files, whether it is required, and its default, only to compare with."""
    return tuple(
        (name, info.alias or name, info.is_required(), info.get_default(call_default_factory=True))
        for name, info in cls.model_fields.items()
    )


def _plain(value: Any) -> Any:
    """Models below as JSON trees."""
    if isinstance(value, Edge):
        return written_edge(value)
    if isinstance(value, Node):
        return plain_node(value)
    if isinstance(value, Graph):
        return _fields(value, type(value))
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in cast("list[Any]", value)]
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json", by_alias=True, exclude_defaults=True)
    return str(value) if isinstance(value, str) else value


def written_edge(edge: Edge) -> str | dict[str, str]:
    """``source.port -> target.param``, or a mapping for names that this form cannot hold."""
    try:
        if Edge.parse(str(edge)) == edge:
            return str(edge)
    except ValueError:
        pass
    parts = {"source": edge.source, "port": edge.port, "target": edge.target, "param": edge.param}
    return {key: part for key, part in parts.items() if part is not None}


_GRAPHS = ("body", "catch", "finally")


def _sorted(model: dict[str, Any]) -> dict[str, Any]:
    """A document, graph or node with its keys sorted, values of params as they are."""
    out: dict[str, Any] = {}
    for key in sorted(model):
        value = model[key]
        if key in ("nodes", "slots"):
            value = {name: _each_sorted(value[name]) for name in sorted(value)}
        elif key in _GRAPHS:
            value = _sorted(value)
        elif key == "edges":
            value = sorted(value, key=str)
        elif key == "inputs" and "studio" in model:
            value = {name: _by_key(value[name]) for name in sorted(value)}
        elif key in ("params", "settings", "retry", "args", "credential"):
            value = _by_key(value)
        elif key == "fallback":
            value = [_sorted(each) for each in value]
        out[key] = value
    return out


def _each_sorted(value: Any) -> Any:
    return [_sorted(each) for each in cast("list[Any]", value)] if isinstance(value, list) else _sorted(value)


def _by_key(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    return {key: fields[key] for key in sorted(fields)}
