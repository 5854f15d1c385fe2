"""Conditions per item that must be true or false."""

from __future__ import annotations

from typing import Any

from studio.sdk import PerItem, UserError, describe


def verdicts(where: PerItem[bool], batch: list[Any], start: int) -> list[bool]:
    """What the condition says of each item of a batch that begins at position ``start``.

    Raises:
        UserError: It gave something else than true or false for an item (``list.not_a_condition``).
    """
    found: list[Any] = [where(item, index) for index, item in enumerate(batch, start)]
    for index, verdict in enumerate(found, start):
        if verdict is not True and verdict is not False:
            raise UserError(
                "list.not_a_condition",
                "`where` must give true or false; for item {index} it gave {found}.",
                index=index,
                found=describe(verdict),
            )
    return found
