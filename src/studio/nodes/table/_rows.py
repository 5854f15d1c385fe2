"""Per-item functions over rows: compiled to polars where it means the same, otherwise row by row."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from studio.nodes.table._records import FrameBuilder, records
from studio.nodes.table._translate import holds, translate
from studio.sdk import PerItem, UserError, describe

if TYPE_CHECKING:
    import polars as pl

_BATCH = 10_000


async def matching(frame: pl.DataFrame, where: PerItem[bool]) -> pl.DataFrame:
    """The rows for which a condition holds.

    Raises:
        UserError: The condition gives something else than true or false; names the row.
        ExpressionError: It cannot be evaluated for a row.
    """
    return await asyncio.to_thread(_matching, frame, where)


def _matching(frame: pl.DataFrame, where: PerItem[bool]) -> pl.DataFrame:
    import polars as pl

    found = translate(where.tree, frame.schema) if where.tree is not None else None
    if found is not None and found.kind == "bool" and holds(frame, found.guards):
        return frame.filter(found.expr)
    verdicts: list[bool] = []
    for index, record in enumerate(records(frame)):
        verdict: Any = where(record, index)
        if verdict is not True and verdict is not False:
            raise UserError(
                "table.not_a_condition", "`where` must give true or false; for row {row} it gave {found}.",
                row=index, found=describe(verdict),
            )  # fmt: skip
        verdicts.append(verdict)
    return frame.filter(pl.Series(verdicts, dtype=pl.Boolean))


async def computed(frame: pl.DataFrame, columns: dict[str, PerItem[Any]]) -> pl.DataFrame:
    """The frame with columns added or replaced; each sees the row as it came in.

    Raises:
        UserError: A column's values are of kinds that do not go together.
        ExpressionError: A value cannot be computed for a row.
    """
    return await asyncio.to_thread(_computed, frame, columns)


def _computed(frame: pl.DataFrame, columns: dict[str, PerItem[Any]]) -> pl.DataFrame:
    ready: dict[str, Any] = {}
    slow: dict[str, PerItem[Any]] = {}
    for name, value in columns.items():
        found = translate(value.tree, frame.schema) if value.tree is not None else None
        if found is not None and found.kind != "bool" and holds(frame, found.guards):
            ready[name] = found.expr
        else:
            slow[name] = value
    if slow:
        made = _row_by_row(frame, slow)
        ready.update({name: made[name] for name in slow})
    return frame.with_columns(**{name: ready[name] for name in columns})


def _row_by_row(frame: pl.DataFrame, columns: dict[str, PerItem[Any]]) -> pl.DataFrame:
    builder = FrameBuilder()
    batch: list[dict[str, Any]] = []
    for index, record in enumerate(records(frame)):
        batch.append({name: value(record, index) for name, value in columns.items()})
        if len(batch) == _BATCH:
            builder.add(batch)
            batch = []
    builder.add(batch)
    made = builder.finish()
    if made.width < len(columns):
        import polars as pl

        made = made.with_columns([pl.lit(None).alias(name) for name in columns if name not in made.columns])
    return made
