"""JSON Schema to types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from studio.expressions.types import (
    ANY,
    BOOL,
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
    merged,
    type_of,
    union,
)

_MAX_DEPTH = 24
_SIMPLE: dict[str, Type] = {"null": NULL, "boolean": BOOL, "integer": INT, "number": FLOAT, "string": STR}
_STUDIO: dict[str, Type] = {"file": FILE, "table": TABLE}


class SchemaReader:
    """Reads one schema with its definitions."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.open: list[str] = []

    def read(self, schema: Any, depth: int) -> Type:
        """The type of a schema or of a part of it."""
        if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
            return ANY
        found = cast("Mapping[str, Any]", schema)
        reference = found.get("$ref")
        if isinstance(reference, str):
            return self._reference(reference, depth)
        special = _STUDIO.get(str(found.get("x-studio")))
        if special is not None:
            return special
        if found.get("x-studio") == "items":
            return ListType(item=self.read(found.get("items"), depth + 1))
        if "const" in found:
            return type_of(found["const"])
        if isinstance(found.get("enum"), list):
            return union(*(type_of(each) for each in cast("list[Any]", found["enum"])))
        for word in ("anyOf", "oneOf"):
            if isinstance(found.get(word), list):
                return union(*(self.read(each, depth + 1) for each in cast("list[Any]", found[word])))
        if isinstance(found.get("allOf"), list):
            return self._all(cast("list[Any]", found["allOf"]), depth)
        kinds = found.get("type")
        if isinstance(kinds, list):
            return union(*(self._kind(str(each), found, depth) for each in cast("list[Any]", kinds)))
        return self._kind(str(kinds), found, depth)

    def _reference(self, reference: str, depth: int) -> Type:
        if reference in self.open or not reference.startswith("#"):
            return ANY
        target: Any = self.root
        for part in reference[1:].split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(target, Mapping) or key not in target:
                return ANY
            target = cast("Mapping[str, Any]", target)[key]
        self.open.append(reference)
        read = self.read(target, depth + 1)
        self.open.pop()
        return read

    def _all(self, parts: list[Any], depth: int) -> Type:
        read = [self.read(each, depth + 1) for each in parts]
        known = [each for each in read if each != ANY]
        if len(known) > 1 and all(isinstance(each, ObjectType) for each in known):
            both = merged(known)
            objects = [each for each in known if isinstance(each, ObjectType)]
            if isinstance(both, ObjectType):
                required = frozenset[str]().union(*(each.required for each in objects))
                return ObjectType(fields=both.fields, required=required, open=both.open)
        return known[0] if len(known) == 1 else ANY

    def _kind(self, kind: str, schema: Mapping[str, Any], depth: int) -> Type:
        simple = _SIMPLE.get(kind)
        if simple is not None:
            return simple
        if kind == "array":
            several = schema.get("prefixItems")
            if isinstance(several, list) and several:
                return ListType(item=union(*(self.read(each, depth + 1) for each in cast("list[Any]", several))))
            return ListType(item=self.read(schema.get("items"), depth + 1))
        if kind == "object" or "properties" in schema:
            return self._object(schema, depth)
        return ANY

    def _object(self, schema: Mapping[str, Any], depth: int) -> Type:
        properties = schema.get("properties")
        others = schema.get("additionalProperties", True)
        if not isinstance(properties, Mapping) or not properties:
            if others is False:
                return ObjectType()
            return DictType(value=self.read(others, depth + 1))
        fields = {str(key): self.read(each, depth + 1) for key, each in cast("Mapping[str, Any]", properties).items()}
        required = schema.get("required")
        names = cast("list[Any]", required) if isinstance(required, list) else []
        is_open = others is not False and "additionalProperties" in schema
        return ObjectType(fields=fields, required=frozenset(map(str, names)) & frozenset(fields), open=is_open)
