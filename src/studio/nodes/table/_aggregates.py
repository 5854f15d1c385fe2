"""Aggregates of columns: ``sum(price)``, ``count()`` or ``{"function": "sum", "column": "price"}``."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator

from studio.sdk import NodeModel, Param, Refusal

if TYPE_CHECKING:
    import polars as pl

Function = Literal[
    "count", "sum", "mean", "median", "min", "max", "first", "last", "std", "var", "unique", "nulls", "list",
]  # fmt: skip
_TEXT = re.compile(r"\s*([a-z_]+)\s*\(\s*(.*?)\s*\)\s*\Z", re.DOTALL)


class Aggregate(NodeModel):
    """One aggregate. ``count`` needs no column: it counts rows; with one, it counts values that are not null."""

    function: Function = Param(description="What to compute")
    column: str | None = Param(None, description="Over which column")


def _parse(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _TEXT.match(value)
    if match is None:
        raise Refusal("table.bad_aggregate", 'expected for example "sum(price)" or "count()"')
    if not match[2] and match[1] != "count":
        raise Refusal("table.aggregate_column", '{name} needs a column, as in "{name}(price)"', name=match[1])
    return {"function": match[1], "column": match[2] or None}


Aggregates = Annotated[dict[str, Annotated[Aggregate, BeforeValidator(_parse)]], "by the name of the new column"]


def columns_used(aggregates: Mapping[str, Aggregate]) -> Iterable[str]:
    """The columns that aggregates read."""
    return [one.column for one in aggregates.values() if one.column is not None]


def expressions(aggregates: Mapping[str, Aggregate]) -> list[pl.Expr]:
    """The aggregates as polars expressions."""
    return [_expression(one).alias(name) for name, one in aggregates.items()]


def _expression(one: Aggregate) -> pl.Expr:
    import polars as pl

    if one.column is None:
        return pl.len()
    column = pl.col(one.column)
    if one.function == "unique":
        return column.drop_nulls().n_unique()
    if one.function == "nulls":
        return column.null_count()
    if one.function == "list":
        return column
    return getattr(column, one.function)()
