"""Data types by the names that people use."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


def polars_type(name: str) -> Any:
    """The polars type of a name from ``DataType``."""
    import polars as pl

    return {
        "text": pl.String,
        "integer": pl.Int64,
        "number": pl.Float64,
        "boolean": pl.Boolean,
        "date": pl.Date,
        "datetime": pl.Datetime("us"),
        "time": pl.Time,
        "duration": pl.Duration("us"),
        "category": pl.Categorical(),
    }[name]


def cast_expression(column: str, found: pl.DataType, wanted: str, *, strict: bool, pattern: str | None) -> pl.Expr:
    """A column as another type. Texts are parsed: dates as ISO 8601 or by ``pattern``, booleans by the usual words.

    What does not fit is an error with ``strict``, otherwise null.
    """
    import polars as pl

    expr = pl.col(column)
    target = polars_type(wanted)
    if found == pl.String:
        if wanted in ("date", "datetime", "time"):
            return expr.str.strptime(target, pattern, strict=strict)
        if wanted == "boolean":
            words = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
            lower = expr.str.strip_chars().str.to_lowercase()
            if strict:
                return lower.replace_strict(words, return_dtype=pl.Boolean)
            return lower.replace_strict(words, default=None, return_dtype=pl.Boolean)
        return (
            expr.str.strip_chars().cast(target, strict=strict) if wanted in ("integer", "number") else expr.cast(target)
        )
    if wanted == "text" and (found.is_temporal() and not isinstance(found, pl.Duration)):
        return expr.dt.to_string(pattern or "iso:strict")
    return expr.cast(target, strict=strict)
