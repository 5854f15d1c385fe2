"""Structs of msgspec in models: msgspec itself reads, checks and describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_TEMPLATE = "#/$defs/{name}"


class StructKind:
    """Pydantic annotation for a struct: an object with its fields, or the struct itself."""

    def __init__(self, cls: type[msgspec.Struct]) -> None:
        self._cls = cls

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._read, serialization=core_schema.plain_serializer_function_ser_schema(msgspec.to_builtins)
        )

    def _read(self, value: Any) -> msgspec.Struct:
        if isinstance(value, self._cls):
            return value
        try:
            return msgspec.convert(value, self._cls)
        except msgspec.ValidationError as error:
            # Braces would be taken for places to fill in.
            reason = str(error).replace("{", "(").replace("}", ")")
            raise PydanticCustomError("struct", reason) from error  # pyright: ignore[reportArgumentType]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        (found,), parts = msgspec.json.schema_components((self._cls,), ref_template=_TEMPLATE)
        return cast("dict[str, Any]", _inlined(found, parts, ()))


def _inlined(schema: Any, parts: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    """The schema with what it refers to in its place; a struct within itself is any object."""
    if isinstance(schema, list):
        return [_inlined(one, parts, inside) for one in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    facts = cast("dict[str, Any]", schema)
    reference = facts.get("$ref")
    if not isinstance(reference, str):
        return {key: _inlined(one, parts, inside) for key, one in facts.items()}
    name = reference.rpartition("/")[2]
    return {"type": "object"} if name in inside else _inlined(parts[name], parts, (*inside, name))
