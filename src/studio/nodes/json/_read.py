"""Reading JSON without loss: no number changes, nothing is nested without bound."""

from __future__ import annotations

import json
import re
from typing import Any, cast

import orjson

from studio.domain.reasons import json_fault
from studio.sdk import UserError

DEEPEST = 100
"""How deep values may be nested unless a node says otherwise."""

_LONG_NUMBER = re.compile(r"\d{19}")
_RANGE = range(-(2**63), 2**63)


_MARK = "\ufeff"


def without_mark(text: str) -> str:
    """The text without the byte order mark that some programs put in front of it (RFC 8259, section 8.1)."""
    return text.removeprefix(_MARK)


def read_json(text: str, deepest: int = DEEPEST) -> Any:
    """The value that a JSON text holds.

    Raises:
        UserError: It is not JSON (``json.not_json``), nested too deeply (``json.too_deep``), or holds a whole number
            beyond 64 bits (``json.number_range``).
    """
    try:
        value = orjson.loads(without_mark(text))
    except orjson.JSONDecodeError as error:
        raise UserError(
            "json.not_json",
            "This is not JSON: {reason} in line {line}, column {column}.",
            reason=json_fault(error),
            line=error.lineno,
            column=error.colno,
        ) from error
    if text.count("[") + text.count("{") > deepest:
        check_depth(value, deepest)
    if _LONG_NUMBER.search(text):
        json.loads(without_mark(text), parse_int=_check_number)  # orjson would round such a number silently
    return value


def check_depth(value: Any, deepest: int) -> None:
    """Refuse a value nested more than ``deepest`` lists and objects deep.

    Raises:
        UserError: It is (``json.too_deep``).
    """
    level: list[Any] = [value]
    depth = 0
    while level := _containers(level):
        depth += 1
        if depth > deepest:
            raise UserError("json.too_deep", "The value is nested more than {limit} deep.", limit=deepest)
        inner: list[Any] = []
        for one in level:
            inner += cast("list[Any]", one) if isinstance(one, list) else cast("dict[str, Any]", one).values()
        level = inner


def _containers(values: list[Any]) -> list[Any]:
    return [one for one in values if isinstance(one, list | dict)]


def _check_number(digits: str) -> int:
    if len(digits) > 20 or int(digits) not in _RANGE:
        raise UserError(
            "json.number_range",
            "The number {number} has more than 64 bits. Write it as a text to keep its digits.",
            number=digits[:40],
        )
    return 0
