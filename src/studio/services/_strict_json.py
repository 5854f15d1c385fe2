"""What valid JSON can say and Studio cannot hold: long whole numbers, keys that stand twice."""

from __future__ import annotations

import json
import re
from typing import Any, cast

import orjson

MOST_DEPTH = 200
"""Lists and objects inside each other: each reader and writer of values calls itself for each."""
_LONG = re.compile(rb"[0-9]{19}")
_LEAST, _MOST = -(1 << 63), 1 << 64
_MOST_DIGITS = 21


def read_strictly(content: bytes) -> Any:
    """JSON that somebody sent, of which nothing is there that could not be written again.

    Python reads more than JSON has: NaN, halves of characters, numbers and depths without a bound.

    Raises:
        JSONDecodeError: It is not JSON, is nested too deep, or says a whole number beyond 64 bits.
    """
    value = orjson.loads(content)
    if content.count(b"[") + content.count(b"{") > MOST_DEPTH and _is_deep(value):
        raise json.JSONDecodeError("nested too deep", "", 0)
    if has_wide_integer(content):
        raise json.JSONDecodeError("whole number beyond 64 bits", "", 0)
    return value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [inner for one in level for inner in _held(one) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _held(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).values())
    return cast("list[Any]", value) if isinstance(value, list) else []


def has_wide_integer(content: bytes) -> bool:
    """Whether valid JSON holds a whole number beyond 64 bits, which the fast parser would round without a word."""
    if not _LONG.search(content):
        return False
    found: list[bool] = []

    def whole(digits: str) -> int:
        found.append(len(digits) > _MOST_DIGITS or not _LEAST <= int(digits) < _MOST)
        return 0

    json.loads(content, parse_int=whole)
    return any(found)


def repeated_key(content: bytes) -> str | None:
    """A key that stands twice in an object of valid JSON, of which every parser would keep one without a word."""
    if content.count(b'"') < 4 or b"{" not in content:
        return None
    found: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                found.append(key)
            seen.add(key)

    json.loads(content, object_pairs_hook=members, parse_int=_nothing)
    return found[0] if found else None


def _nothing(_digits: str) -> None:
    """Numbers are not looked at; a long one would take long."""
