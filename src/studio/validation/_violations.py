"""What a violation of a JSON Schema means, in words that every language has."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from studio.domain import nouns
from studio.domain.phrases import Phrase, either, listed
from studio.validation._explain import shown


def violation(error: Any) -> str:
    """Why a value does not fit: an error of the library as a part of a sentence."""
    if isinstance(error.message, Phrase):
        return error.message
    make = _RULES.get(error.validator)
    if make is not None:
        return make(error.validator_value, error.instance)
    return _without_limit(error) or str(error.message)[:300]


def no_match(value: Any, pattern: str) -> Phrase:
    """A text does not match a pattern."""
    return Phrase("schema.pattern", "{found} does not match the pattern {pattern}", found=shown(value), pattern=pattern)


def not_unique() -> Phrase:
    """A list holds the same item twice."""
    return Phrase("schema.unique", "has the same item more than once")


def _without_limit(error: Any) -> Phrase | None:
    """Rules whose violation is told by the value alone, or by more than the limit."""
    rule, limit, value = error.validator, error.validator_value, error.instance
    if rule == "required" and isinstance(limit, list) and isinstance(value, dict):
        lacking = [str(name) for name in cast("list[Any]", limit) if name not in value]
        # There is an error for each of them; the message begins with its own.
        name = next((name for name in lacking if str(error.message).startswith(repr(name))), "")
        return Phrase("schema.required", "lacks `{name}`", name=name[:60])
    if rule == "additionalProperties" and isinstance(value, dict):
        known = cast("dict[str, Any]", error.schema).get("properties", {})
        more = [str(name) for name in cast("dict[str, Any]", value) if name not in known]
        return Phrase("schema.unknown", "has what the schema does not name: {names}", names=_names(more))
    if rule in ("anyOf", "oneOf"):
        return Phrase(
            "schema.any_of", "is {found}, which fits none of the alternatives, or several", found=shown(value)
        )
    if rule == "not":
        return Phrase("schema.not", "is {found}, which is excluded", found=shown(value))
    if rule == "contains":
        return Phrase("schema.contains", "holds no item that fits")
    return None


def _names(names: list[str]) -> str:
    return listed(f"`{name[:60]}`" for name in names[:8])


def _kinds(kinds: Any) -> str:
    names = cast("list[Any]", kinds) if isinstance(kinds, list) else [kinds]
    return either(_KINDS.get(name, str(name)) for name in names)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]


_KINDS: dict[Any, str] = {
    "string": nouns.A_TEXT,
    "number": nouns.A_NUMBER,
    "integer": nouns.WHOLE_NUMBER,
    "boolean": nouns.TRUE_OR_FALSE,
    "array": nouns.A_LIST,
    "object": nouns.A_MAPPING,
    "null": "null",
}

_RULES: dict[str, Callable[[Any, Any], str]] = {
    "type": lambda limit, value: Phrase(
        "schema.type", "should be {expected}, not {found}", expected=_kinds(limit), found=shown(value)
    ),
    "enum": lambda limit, value: Phrase(
        "schema.enum", "should be one of {known}, not {found}",
        known=listed(_json(each) for each in limit), found=shown(value),
    ),
    "const": lambda limit, value: Phrase(
        "schema.const", "should be {wanted}, not {found}", wanted=_json(limit), found=shown(value)
    ),
    "minimum": lambda limit, value: Phrase(
        "schema.minimum", "should be at least {limit}, not {found}", limit=limit, found=value
    ),
    "maximum": lambda limit, value: Phrase(
        "schema.maximum", "should be at most {limit}, not {found}", limit=limit, found=value
    ),
    "exclusiveMinimum": lambda limit, value: Phrase(
        "schema.above", "should be more than {limit}, not {found}", limit=limit, found=value
    ),
    "exclusiveMaximum": lambda limit, value: Phrase(
        "schema.below", "should be less than {limit}, not {found}", limit=limit, found=value
    ),
    "multipleOf": lambda limit, value: Phrase(
        "schema.multiple", "should be a multiple of {limit}, not {found}", limit=limit, found=value
    ),
    "format": lambda limit, value: Phrase(
        "schema.format", "should have the format {format}, not {found}", format=limit, found=shown(value)
    ),
    "minLength": lambda limit, value: Phrase(
        "schema.min_length", "should have at least {limit} characters, not {count}", limit=limit, count=len(value)
    ),
    "maxLength": lambda limit, value: Phrase(
        "schema.max_length", "should have at most {limit} characters, not {count}", limit=limit, count=len(value)
    ),
    "minItems": lambda limit, value: Phrase(
        "schema.min_items", "should have at least {limit} items, not {count}", limit=limit, count=len(value)
    ),
    "maxItems": lambda limit, value: Phrase(
        "schema.max_items", "should have at most {limit} items, not {count}", limit=limit, count=len(value)
    ),
    "minProperties": lambda limit, value: Phrase(
        "schema.min_keys", "should have at least {limit} keys, not {count}", limit=limit, count=len(value)
    ),
    "maxProperties": lambda limit, value: Phrase(
        "schema.max_keys", "should have at most {limit} keys, not {count}", limit=limit, count=len(value)
    ),
}  # fmt: skip
