"""Equality of data, where true is not 1."""

from __future__ import annotations

from typing import Any, cast


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal as data; walks with a stack of its own, so that depth does no harm."""
    stack = [(left, right)]
    while stack:
        one, other = stack.pop()
        if one is other:
            continue
        if isinstance(one, bool) or isinstance(other, bool):
            return False
        if isinstance(one, dict) and isinstance(other, dict):
            first, second = cast("dict[str, Any]", one), cast("dict[str, Any]", other)
            if first.keys() != second.keys():
                return False
            stack.extend((first[key], second[key]) for key in first)
        elif isinstance(one, list) and isinstance(other, list):
            ones, others = cast("list[Any]", one), cast("list[Any]", other)
            if len(ones) != len(others):
                return False
            stack.extend(zip(ones, others, strict=True))
        elif one != other:
            return False
    return True
