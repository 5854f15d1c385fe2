"""JSON Schemas in short: of what kind the members of a node's params or output are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

_BY_TYPE = {
    "string": "text", "number": "number", "integer": "number", "boolean": "boolean", "array": "list",
    "object": "object",
}  # fmt: skip
_MARKED = {"items": "list", "table": "table", "file": "file"}
_DATES = frozenset({"date", "date-time", "time"})
_DEEP = 6
Schema = Mapping[str, Any]


def members(schema: Schema, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """The properties of an object's schema, each with its kinds. ``labels`` are translated names."""
    required = schema.get("required", ())
    definitions: Schema = schema.get("$defs", {})
    found: list[dict[str, Any]] = []
    for name, one in cast("Mapping[str, Schema]", schema.get("properties", {})).items():
        found.append(
            {
                "name": name,
                "label": labels.get(name) or one.get("title") or name,
                "kinds": kinds(one, definitions),
                "items": item_kinds(one, definitions),
                "required": name in required,
                "per_item": one.get("x-studio") == "per-item",
            }
        )
    return found


def kinds(schema: Schema, definitions: Schema, deep: int = 0) -> list[str]:
    """What a value may be: ``any`` where nothing is said. Null counts for nothing."""
    found = sorted(_kinds(schema, definitions, deep))
    return ["any"] if "any" in found or not found else found


def item_kinds(schema: Schema, definitions: Schema) -> list[str]:
    """What the items of a list may be; empty where it is no list, or nothing is said of them."""
    for one in _branches(schema, definitions, 0):
        items = one.get("items")
        if one.get("type") == "array" and isinstance(items, dict):
            found = kinds(cast("Schema", items), definitions)
            return [] if found == ["any"] else found
    return []


def _kinds(schema: Schema, definitions: Schema, deep: int) -> set[str]:
    found: set[str] = set()
    for one in _branches(schema, definitions, deep):
        marked = _MARKED.get(str(one.get("x-studio")))
        types = one.get("type")
        named = [types] if isinstance(types, str) else cast("list[str]", types or [])
        if marked is not None:
            found.add(marked)
        elif one.get("format") in _DATES:
            found.add("date")
        elif not named:
            found.add("text" if "const" in one or "enum" in one else "any")
        else:
            found.update(_BY_TYPE[name] for name in named if name in _BY_TYPE)
    return found


def _branches(schema: Schema, definitions: Schema, deep: int) -> list[Schema]:
    """The schemas that a value may fit."""
    if deep > _DEEP:
        return [{}]
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _branches(definitions.get(reference.rpartition("/")[2], {}), definitions, deep + 1)
    inner = schema.get("anyOf") or schema.get("oneOf")
    if not isinstance(inner, list) or "x-studio" in schema:
        return [schema]
    listed = cast("list[Schema]", inner)
    return [found for one in listed for found in _branches(one, definitions, deep + 1)]
