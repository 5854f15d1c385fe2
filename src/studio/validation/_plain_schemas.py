"""Schemas so plain that a few lines decide them: ``{type: number, default: 5, minimum: 0}``.

Most declared inputs are like that, and the library that knows all of JSON Schema takes longer to import than most of
what a small run needs. Nothing is decided here that the library would decide otherwise: a schema with any other
keyword, or with a known one in an unusual form, is not plain, and a value that does not fit is left to the library,
which says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

_Fits = Callable[[Any], bool]

_DEPTH = 8
_SAYS_NOTHING = {"default"}
_TEXTS = {"title", "description"}
_LENGTHS = {"minLength", "maxLength", "minItems", "maxItems"}
_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, limit: value >= limit,
    "maximum": lambda value, limit: value <= limit,
    "exclusiveMinimum": lambda value, limit: value > limit,
    "exclusiveMaximum": lambda value, limit: value < limit,
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: dict[str, _Fits] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    # The library takes 5.0 for an integer too; it is asked about that.
    "integer": _is_integer,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def is_plain(schema: Any, depth: int = _DEPTH) -> bool:
    """Whether a schema is sound, and ``fits`` understands all of it."""
    if not isinstance(schema, dict) or not depth:
        return False
    return all(_is_plain_rule(key, rule, depth) for key, rule in cast("dict[str, Any]", schema).items())


def _is_plain_rule(key: str, rule: Any, depth: int) -> bool:
    if key == "type":
        return isinstance(rule, str) and rule in _TYPES
    if key == "enum":
        options = cast("list[Any]", rule) if isinstance(rule, list) else []
        return bool(options) and all(isinstance(each, str) for each in options)
    if key in _LENGTHS:
        return _is_integer(rule) and rule >= 0
    if key in _BOUNDS:
        return _is_number(rule)
    if key == "items":
        return is_plain(rule, depth - 1)
    return key in _SAYS_NOTHING or (key in _TEXTS and isinstance(rule, str))


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a value certainly fits a plain schema; where that is false, the library decides."""
    return all(_fits_rule(key, rule, value) for key, rule in schema.items())


def _fits_rule(key: str, rule: Any, value: Any) -> bool:
    if key == "type":
        return _TYPES[rule](value)
    if key == "enum":
        return isinstance(value, str) and value in rule
    if key in _BOUNDS:
        return not _is_number(value) or _BOUNDS[key](value, rule)
    if key in _LENGTHS:
        if not isinstance(value, str if key.endswith("Length") else list):
            return True
        length = len(cast("str | list[Any]", value))
        return length >= rule if key.startswith("min") else length <= rule
    if key == "items":
        return not isinstance(value, list) or all(fits(rule, item) for item in cast("list[Any]", value))
    return True
