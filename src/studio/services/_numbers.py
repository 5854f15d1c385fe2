"""Whole numbers that JSON can write and Studio cannot hold."""

from __future__ import annotations

import json
import re

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
