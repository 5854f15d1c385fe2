"""How large a join becomes, before it is made: nothing can stop it then, and it would take all memory with it."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.nodes.table._duck import most_memory_mb
from studio.sdk import UserError

if TYPE_CHECKING:
    import polars as pl

_LEAST_BYTES = 8
"""Counted for a row at least, as the join works with row numbers."""


def check_size(left: pl.DataFrame, right: pl.DataFrame, on: tuple[Sequence[str], Sequence[str]] | None) -> None:
    """Refuse a join whose rows would not fit; ``on`` has the columns of both sides, None for all with all.

    What is cheap to know comes first; keys are counted only where that does not settle it, and those of the smaller
    side before those of both.

    Raises:
        UserError: Says how many rows it would have.
    """
    row = _row_bytes(left) + _row_bytes(right)
    most = most_memory_mb() * 1024**2 // row
    alone = left.height + right.height  # rows that find no other
    rows = left.height * right.height
    if on is not None and rows + alone > most:
        small, large, keys = (left, right, on[0]) if left.height < right.height else (right, left, on[1])
        repeated = int(small.group_by(list(keys)).len()["len"].max() or 0)  # pyright: ignore[reportArgumentType]
        rows = large.height * repeated
        if rows + alone > most:
            rows = _matches(left, right, on)
    if rows > 0 and rows + (alone if on is not None else 0) > max(most, alone):
        raise UserError(
            "table.join_too_large", "The join would have {rows} rows, about {size} MB; {limit} MB fit on this machine.",
            rows=rows, size=rows * row // 1024**2, limit=most_memory_mb(),
        )  # fmt: skip


def _matches(left: pl.DataFrame, right: pl.DataFrame, on: tuple[Sequence[str], Sequence[str]]) -> int:
    import polars as pl

    mine, theirs = (
        side.group_by(list(keys)).agg(pl.len().cast(pl.Float64).alias(f"studio {name}"))
        for side, keys, name in ((left, on[0], "left"), (right, on[1], "right"))
    )
    both = mine.join(theirs, left_on=list(on[0]), right_on=list(on[1]), how="inner")
    return int(both.select((pl.col("studio left") * pl.col("studio right")).sum()).item())


def _row_bytes(frame: pl.DataFrame) -> int:
    return max(_LEAST_BYTES, int(frame.estimated_size()) // max(1, frame.height))
