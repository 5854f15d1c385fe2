"""Types as JSON Schemas, for whoever completes keys: the way back from ``type_from_schema``."""

from __future__ import annotations

from typing import Any

from studio.expressions.types import (
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    FILE,
    FLOAT,
    INT,
    NULL,
    STR,
    TABLE,
    DictType,
    ListType,
    ObjectType,
    Type,
    UnionType,
)

_PLAIN: dict[Type, dict[str, Any]] = {
    NULL: {"type": "null"},
    BOOL: {"type": "boolean"},
    INT: {"type": "integer"},
    FLOAT: {"type": "number"},
    STR: {"type": "string"},
    DATETIME: {"type": "string", "format": "date-time"},
    DATE: {"type": "string", "format": "date"},
    DURATION: {"type": "number"},
    FILE: {"x-studio": "file"},
    TABLE: {"x-studio": "table"},
}
_MOST_FIELDS = 200


def shape_of(kind: Type, depth: int = 6) -> dict[str, Any]:
    """A JSON Schema of a type, without values; what is not known, and what lies deeper, is ``{}``."""
    plain = _PLAIN.get(kind)
    if plain is not None:
        return dict(plain)
    if depth <= 0:
        return {}
    if isinstance(kind, ListType):
        return {"type": "array", "items": shape_of(kind.item, depth - 1)}
    if isinstance(kind, ObjectType):
        fields = list(kind.fields.items())[:_MOST_FIELDS]
        required = [name for name, _ in fields if name in kind.required]
        open = kind.open or len(kind.fields) > _MOST_FIELDS
        return {
            "type": "object", "properties": {name: shape_of(inner, depth - 1) for name, inner in fields},
            **({"required": required} if required else {}), **({} if open else {"additionalProperties": False}),
        }  # fmt: skip
    if isinstance(kind, DictType):
        return {"type": "object", "additionalProperties": shape_of(kind.value, depth - 1)}
    if isinstance(kind, UnionType):
        return {"anyOf": [shape_of(option, depth) for option in kind.options]}
    return {}
