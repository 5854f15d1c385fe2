"""Conditions per item that must be true or false."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from studio.sdk import PerItem, UserError, describe


def decide(where: PerItem[bool], batch: Iterable[Any], start: int) -> Iterator[tuple[bool, Any]]:
    """Give ``(condition, item)`` for a batch that begins at position ``start``.

    Raises:
        UserError: The condition gave something else for an item (``list.not_a_condition``).
    """
    for index, item in enumerate(batch, start):
        verdict: Any = where(item, index)
        if verdict is not True and verdict is not False:
            raise UserError(
                "list.not_a_condition",
                "`where` must give true or false; for item {index} it gave {found}.",
                index=index,
                found=describe(verdict),
            )
        yield verdict, item
