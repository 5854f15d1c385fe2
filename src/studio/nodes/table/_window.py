"""Functions over a moving part of a column."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from studio.sdk import NodeModel, Param

if TYPE_CHECKING:
    import polars as pl


class WindowSpec(NodeModel):
    """One computed column. Without ``size`` sums and the like run from the group's first row to the present one."""

    function: Literal["sum", "mean", "min", "max", "count", "rank", "row", "shift", "difference"] = Param(
        description="What to compute"
    )
    column: str = Param(description="Over which column")
    size: int | None = Param(None, ge=1, description="Over the last so many rows, for sum, mean, min and max")
    steps: int = Param(1, description="How many rows back, for shift and difference; negative: forward")

    def expression(self, by: Sequence[str], order_by: Sequence[str]) -> pl.Expr:
        """The polars expression."""
        expr = self._bare()
        if not by and not order_by:
            return expr
        return expr.over(list(by) or None, order_by=list(order_by) or None)

    def _bare(self) -> pl.Expr:
        import polars as pl

        column = pl.col(self.column)
        if self.function == "shift":
            return column.shift(self.steps)
        if self.function == "difference":
            return column.diff(self.steps)
        if self.function == "rank":
            return column.rank("min")
        if self.function == "row":
            return pl.int_range(1, pl.len() + 1)
        if self.function == "count":
            return column.cum_count()
        if self.size is not None:
            moving = {
                "sum": column.rolling_sum,
                "mean": column.rolling_mean,
                "min": column.rolling_min,
                "max": column.rolling_max,
            }
            return moving[self.function](self.size, min_samples=1)
        if self.function == "mean":
            return column.cum_sum() / column.cum_count()
        running = {"sum": column.cum_sum, "min": column.cum_min, "max": column.cum_max}
        return running[self.function]()
