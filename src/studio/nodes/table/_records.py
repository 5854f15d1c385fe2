"""Lists of records into frames and back.

Plain data has no dates, so they leave as ISO 8601 texts; decimals leave as texts, because a number could not hold all
their digits; durations as seconds; bytes as base64; NaN and infinities as null.
"""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from studio.sdk import UserError, describe

if TYPE_CHECKING:
    import polars as pl

_SLICE = 10_000


class FrameBuilder:
    """Makes a frame from batches of records. Columns stand in the order in which they first appear."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._count = 0

    def add(self, records: Sequence[Any]) -> None:
        """Add a batch.

        Raises:
            UserError: One is no object, or a column holds values of kinds that do not go together.
        """
        import polars as pl

        names: dict[str, None] = {}
        for index, record in enumerate(records, self._count):
            if not isinstance(record, dict):
                raise UserError(
                    "table.not_a_record", "Item {index} is {found}; a table is made from objects.",
                    index=index, found=describe(record),
                )  # fmt: skip
            names.update(dict.fromkeys(cast("dict[str, Any]", record)))
        columns = [_column(name, [record.get(name) for record in records], self._count) for name in names]
        if records:
            frame = pl.DataFrame(columns) if columns else pl.DataFrame(height=len(records))
            self._frames.append(frame)
        self._count += len(records)

    def finish(self) -> pl.DataFrame:
        """The whole frame.

        Raises:
            UserError: A column's kinds differ between batches in a way that does not go together.
        """
        import polars as pl

        if not self._frames:
            return pl.DataFrame()
        if len(self._frames) == 1:
            return self._frames[0]
        try:
            return pl.concat(self._frames, how="diagonal_relaxed", rechunk=True)
        except pl.exceptions.PolarsError as error:
            raise UserError(
                "table.mixed_columns", "A column holds values of different kinds in different places: {reason}.",
                reason=" ".join(str(error).split())[:200],
            ) from error  # fmt: skip


def _column(name: str, values: list[Any], start: int) -> pl.Series:
    import polars as pl

    kinds: set[type[Any]] = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)
    if len(kinds) > 1:
        first = next(value for value in values if value is not None)
        place, other = next(
            (place, value) for place, value in enumerate(values) if value is not None and type(value) is not type(first)
        )
        raise UserError(
            "table.mixed_column", "Column {column} holds {first}, and in row {row} {other}; one kind per column.",
            column=name, first=describe(first), row=start + place, other=describe(other),
        )  # fmt: skip
    if kinds == {int} and any(not -(2**63) <= value < 2**63 for value in values if value is not None):
        raise UserError(
            "table.beyond_64_bits", "Column {column} holds a whole number of more than 64 bits.", column=name
        )
    try:
        return pl.Series(name, values, strict=True)
    except (pl.exceptions.PolarsError, TypeError, OverflowError) as error:
        raise UserError(
            "table.mixed_column_inside", "Column {column} holds lists or objects whose kinds differ: {reason}.",
            column=name, reason=" ".join(str(error).split())[:200],
        ) from error  # fmt: skip


def records(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows as plain objects, some thousands in memory at a time."""
    for start in range(0, frame.height, _SLICE):
        yield from plain(frame.slice(start, _SLICE)).to_dicts()


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame with plain data only."""
    if frame.width == 0:
        return frame
    return frame.select([plain_expression(name, kind) for name, kind in frame.schema.items()])


def plain_expression(name: str, kind: pl.DataType) -> pl.Expr:
    """A column as plain data."""
    import polars as pl

    column = pl.col(name)
    if kind.is_float():
        return pl.when(column.is_finite()).then(column).otherwise(None).alias(name)
    if isinstance(kind, pl.Date | pl.Time | pl.Datetime):
        return column.dt.to_string("iso:strict")
    if isinstance(kind, pl.Duration):
        return (column.dt.total_microseconds() / 1_000_000).alias(name)
    if isinstance(kind, pl.Decimal | pl.Categorical | pl.Enum):
        return column.cast(pl.String)
    if isinstance(kind, pl.Binary):
        return column.map_elements(_base64, return_dtype=pl.String)
    if isinstance(kind, pl.List | pl.Array | pl.Struct) and _odd_inside(kind):
        return column.map_elements(_plain_value, return_dtype=pl.Object)
    return column


def _odd_inside(kind: Any) -> bool:
    import polars as pl

    if isinstance(kind, pl.List | pl.Array):
        return _odd_inside(cast("Any", kind).inner)
    if isinstance(kind, pl.Struct):
        return any(_odd_inside(field.dtype) for field in kind.fields)
    return not (kind.is_integer() or kind in (pl.String, pl.Boolean, pl.Null))


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _plain_value(value: Any) -> Any:
    """One nested value as plain data."""
    import math
    from datetime import date, time, timedelta
    from decimal import Decimal

    if hasattr(value, "to_list"):
        value = value.to_list()
    if isinstance(value, dict):
        return {key: _plain_value(inner) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain_value(inner) for inner in cast("list[Any]", value)]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return str(value)
    return _base64(value) if isinstance(value, bytes) else value


def csv_ready(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame with lists, objects and bytes as JSON or base64 texts, which is all that CSV can hold."""
    import orjson
    import polars as pl

    nested = [
        name for name, kind in frame.schema.items() if kind.is_nested() or isinstance(kind, pl.Binary | pl.Object)
    ]
    if not nested:
        return frame

    def written(name: str) -> pl.Series:
        values = [row[name] for row in records(frame.select(name))]
        texts = [value if value is None or isinstance(value, str) else orjson.dumps(value).decode() for value in values]
        return pl.Series(name, texts, dtype=pl.String)

    return frame.with_columns([written(name) for name in nested])
