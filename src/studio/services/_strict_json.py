"""What valid JSON can say and Studio cannot hold: long whole numbers, keys that stand twice."""

from __future__ import annotations

import json
import re
from typing import Any

_LONG = re.compile(rb"[0-9]{19}")
_LEAST, _MOST = -(1 << 63), 1 << 64
_MOST_DIGITS = 21


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
