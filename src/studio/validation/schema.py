"""The JSON Schema of workflow documents, made from the domain models."""

from __future__ import annotations

import keyword
from typing import Any

from studio.domain.workflow import MAX_ID_LENGTH, SCOPE_NAMES, Workflow

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
_NAME = r"[a-z][a-z0-9_]*"
_WORD = r"[A-Za-z_][A-Za-z0-9_]*"
_RESERVED = sorted({word.lower() for word in keyword.kwlist if word.islower()} | SCOPE_NAMES)
_NODE_ID = {"pattern": rf"^{_NAME}$", "maxLength": MAX_ID_LENGTH, "not": {"enum": _RESERVED}}


def workflow_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) that editors and other tools can check a workflow document against.

    It covers the shape; node types, params and expressions are the business of ``check``.
    """
    schema = Workflow.model_json_schema(by_alias=True, mode="validation")
    definitions = schema["$defs"]
    written = {
        "type": "string",
        "pattern": rf"^\s*{_NAME}(\.{_WORD})?\s*->\s*{_NAME}(\.{_WORD})?\s*$",
        "description": "source[.port] -> target[.param]",
    }
    definitions["Edge"] = {"anyOf": [written, definitions["Edge"]]}
    for model in (schema, definitions["Graph"]):
        model["properties"]["nodes"]["propertyNames"] = _NODE_ID
    definitions["SlotNode"]["properties"]["id"] |= _NODE_ID
    schema["properties"]["inputs"]["propertyNames"] = {"pattern": rf"^{_WORD}$", "maxLength": MAX_ID_LENGTH}
    return {"$schema": SCHEMA_ID, **_without_titles(schema, top=True)}


def _without_titles(value: Any, *, top: bool = False) -> Any:
    """Without the titles that are made from field names and say nothing more."""
    if isinstance(value, list):
        return [_without_titles(each) for each in value]  # pyright: ignore[reportUnknownVariableType]  # a JSON tree
    if not isinstance(value, dict):
        return value
    out: dict[str, Any] = {}
    for key, each in value.items():  # pyright: ignore[reportUnknownVariableType]  # a JSON tree
        if key == "title" and isinstance(each, str) and not top:
            continue
        if key in ("properties", "$defs") and isinstance(each, dict):
            members: dict[str, Any] = each  # pyright: ignore[reportUnknownVariableType]  # a JSON tree
            out[key] = {name: _without_titles(inner) for name, inner in members.items()}
        else:
            out[str(key)] = _without_titles(each)  # pyright: ignore[reportUnknownArgumentType]  # a JSON tree
    return out
