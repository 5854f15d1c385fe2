"""Keys of items: an expression, or the name of a field."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BeforeValidator

from studio.sdk import Json, PerItem, Phrase, Refusal, UserError, describe

_DEEPEST = 200


def _read_key(value: Any) -> Any:
    if isinstance(value, str):
        return field_key(value)
    if isinstance(value, list):
        return _together(cast("list[Any]", value))
    if isinstance(value, PerItem):
        key = cast("PerItem[Any]", value)
        return _together(list(key.parts)) if any(isinstance(part, str) for part in key.parts) else key
    raise Refusal("list.bad_key", "should be an expression for each item, the name of a field, or a list of such")


def _together(parts: list[Any]) -> PerItem[Json]:
    """Several keys as one, a list."""
    keys = [_read_key(part) for part in parts]
    if not keys:
        raise Refusal("list.bad_key", "should be an expression for each item, the name of a field, or a list of such")
    return PerItem(lambda item, index: [key(item, index) for key in keys], ", ".join(key.source for key in keys))


Key = Annotated[PerItem[Json], BeforeValidator(_read_key)]
"""What tells items apart or orders them: an expression over ``item``, a plain text naming a field (``a.b``), or a list
of such."""


def field_key(path: str) -> PerItem[Json]:
    """The field at a dotted path of each item."""
    names = path.split(".")

    def read(item: Any, index: int) -> Any:
        value = item
        for name in names:
            if not isinstance(value, dict) or name not in value:
                raise UserError(
                    "list.no_field",
                    "Item {index} has no field {path}. It is {found} with the fields {fields}.",
                    index=index,
                    path=path,
                    found=describe(item),
                    fields=_fields(item),
                )
            value = cast("dict[str, Any]", value)[name]
        return value

    return PerItem(read, path)


def _fields(item: Any) -> str:
    names = list(cast("dict[str, Any]", item))[:12] if isinstance(item, dict) else []
    return ", ".join(names) or Phrase("list.no_fields", "none")


def freeze(value: Any, depth: int = 0) -> Any:
    """A hashable stand-in that is equal where the data is: 1 and 1.0 are, 1 and true are not.

    Raises:
        UserError: It is nested too deeply to compare.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return (bool, value)
    if isinstance(value, list | dict) and depth >= _DEEPEST:
        raise UserError("list.key_depth", "A key is nested more than {limit} deep.", limit=_DEEPEST)
    if isinstance(value, list):
        return (list, tuple(freeze(part, depth + 1) for part in cast("list[Any]", value)))
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value)
        return (dict, frozenset((name, freeze(part, depth + 1)) for name, part in pairs.items()))
    return value
