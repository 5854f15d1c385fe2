"""Hash join of two lists of objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias, cast

from studio.nodes.list._keys import freeze
from studio.sdk import UserError, describe

Row: TypeAlias = dict[str, Any]

_MOST = 10_000_000
"""Rows of a join: beyond, two keys of many equal rows each were multiplied by mistake."""

_FIELD = re.compile(r"(?:\{\{)?\s*(?:item\.)?([A-Za-z_]\w*)\s*(?:\}\})?\Z")


def objects(side: str, batch: list[Any], start: int) -> list[Row]:
    """``batch``, which begins at position ``start``, as objects.

    Raises:
        UserError: One of them is something else.
    """
    for index, item in enumerate(batch, start):
        if not isinstance(item, dict):
            raise UserError(
                "list.not_an_object",
                "Item {index} of `{side}` must be an object; it is {found}.",
                index=index,
                side=side,
                found=describe(item),
            )
    return cast("list[Row]", batch)


def common_field(left_key: str, right_key: str) -> str | None:
    """The field that both keys name, given as their sources; None where they differ or are more than a field."""
    left, right = _FIELD.match(left_key.strip()), _FIELD.match(right_key.strip())
    return left.group(1) if left and right and left.group(1) == right.group(1) else None


class Joiner:
    """Takes both sides, then gives the joined rows one by one, all with the same fields."""

    def __init__(self, common: str | None, suffix: str) -> None:
        self._common = common
        self._suffix = suffix
        self._left: list[tuple[Row, Any]] = []
        self._right: list[tuple[Row, Any]] = []

    def add_left(self, rows: list[Row], keys: list[Any]) -> None:
        """Take rows of the left list with their keys."""
        self._left += zip(rows, (freeze(key) for key in keys), strict=True)

    def add_right(self, rows: list[Row], keys: list[Any]) -> None:
        """Take rows of the right list with their keys."""
        self._right += zip(rows, (freeze(key) for key in keys), strict=True)

    def rows(self, *, loose_left: bool, loose_right: bool) -> Iterator[Row]:
        """Joined rows in the left list's order, then what only the right one has.

        Raises:
            UserError: There are more than ten million.
        """
        by_key: dict[Any, list[Row]] = {}
        for row, key in self._right:
            if key is not None:
                by_key.setdefault(key, []).append(row)
        names = self._right_names()
        empty_left: Row = dict.fromkeys(name for row, _key in self._left for name in row)
        empty_right: Row = dict.fromkeys(names)
        matched: set[Any] = set()
        count = 0
        for row, key in self._left:
            partners = by_key.get(key, []) if key is not None else []
            if partners:
                matched.add(key)
            for partner in partners or ([empty_right] if loose_left else []):
                count += 1
                if count > _MOST:
                    raise UserError(
                        "list.join_too_large", "The join has more than {limit} rows; are the keys right?", limit=_MOST
                    )
                yield self._pair(empty_left, row, names, partner)
        if loose_right:
            for row, key in self._right:
                if key is None or key not in matched:
                    yield self._pair(empty_left, empty_left, names, row)

    def _right_names(self) -> dict[str, str]:
        """Fields of the right rows and what they are called in the result."""
        taken = {name for row, _key in self._left for name in row}
        names = dict.fromkeys(name for row, _key in self._right for name in row)
        return {name: name if name not in taken or name == self._common else name + self._suffix for name in names}

    def _pair(self, empty: Row, left: Row, names: dict[str, str], right: Row) -> Row:
        out = {**empty, **left}
        for name, called in names.items():
            if name != self._common or left is empty or name not in left:
                out[called] = right.get(name)
        return out
