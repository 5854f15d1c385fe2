"""table.join."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._join_size import check_size
from studio.nodes.table._model import Columns, Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Refusal, Table, UserError

if TYPE_CHECKING:
    import polars as pl


class Join(BaseNode):
    """Put the rows of two tables side by side where columns are equal.

    Rows keep the left table's order. A column that both tables have gets a suffix on the right side.
    """

    type = "table.join"
    title = "Join tables"
    keywords = ("merge", "lookup", "combine", "vlookup", "match")
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        left: Tabular = Param(description="The left table, or a list of records")
        right: Tabular = Param(description="The right table, or a list of records")
        on: Columns | None = Param(None, description="Columns that both tables have")
        left_on: Columns | None = Param(None, description="Columns of the left table, where names differ")
        right_on: Columns | None = Param(None, description="Columns of the right table, where names differ")
        how: Literal["inner", "left", "right", "full", "semi", "anti", "cross"] = Param(
            "inner", description="Which rows: both sides, all of one, all; semi and anti only filter the left"
        )
        suffix: str = Param("_right", min_length=1, description="Added to right columns that the left has too")

        @model_validator(mode="after")
        def _keys(self) -> Self:
            sides = self.left_on is not None, self.right_on is not None
            if self.how == "cross":
                if self.on is not None or any(sides):
                    raise Refusal("table.cross_columns", "a cross join has no columns to compare")
            elif (self.on is None) == (sides == (False, False)) or sides[0] != sides[1]:
                raise Refusal("table.join_columns", "give either on, or left_on and right_on")
            return self

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={
                "left": [{"id": 2, "n": 1}, {"id": 1, "n": 5}, {"id": 3, "n": 7}],
                "right": [{"id": 1, "city": "Zürich"}, {"id": 2, "city": "Genève"}],
                "on": "id",
            },
            output={
                "table": {"items": [{"id": 2, "n": 1, "city": "Genève"}, {"id": 1, "n": 5, "city": "Zürich"}]},
                "rows": 2,
            },
        ),
        Example(
            title="All of the left, other names",
            input={
                "left": [{"a": 1}, {"a": 9}],
                "right": [{"b": 1, "x": "é"}],
                "left_on": "a",
                "right_on": "b",
                "how": "left",
            },
            output={"table": {"items": [{"a": 1, "x": "é"}, {"a": 9, "x": None}]}},
        ),
        Example(
            title="Keys of different kinds",
            input={"left": [{"id": 1}], "right": [{"id": "1"}], "on": "id"},
            error="table.key_types",
        ),
        Example(
            title="No such column",
            input={"left": [{"id": 1}], "right": [{"key": 1}], "on": "id"},
            error="table.unknown_column",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        left, right = await open_frame(ctx, input.left), await open_frame(ctx, input.right)
        frame = await compute(join, left, right, input, action=Phrase("table.action.joined", "joined"))
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def join(left: pl.DataFrame, right: pl.DataFrame, input: Join.Input) -> pl.DataFrame:
    """Both frames side by side.

    Raises:
        UserError: The columns do not go together, or the result would not fit into memory.
    """
    if input.how == "cross":
        check_size(left, right, None)
        return left.join(right, how="cross", suffix=input.suffix)
    left_on, right_on = input.left_on or input.on or [], input.right_on or input.on or []
    check_columns(left_on, left.columns)
    check_columns(right_on, right.columns)
    if len(left_on) != len(right_on):
        raise UserError("table.key_count", "left_on and right_on must name equally many columns.")
    for one, other in zip(left_on, right_on, strict=True):
        kinds = left.schema[one], right.schema[other]
        if kinds[0] != kinds[1] and not all(kind.is_numeric() for kind in kinds):
            raise UserError(
                "table.key_types",
                "Columns {left} ({left_type}) and {right} ({right_type}) are of different kinds; use table.cast.",
                left=one,
                left_type=str(kinds[0]),
                right=other,
                right_type=str(kinds[1]),
            )
    if input.how not in ("semi", "anti"):
        check_size(left, right, (left_on, right_on))
    order = {"right": "right_left", "full": "left_right", "semi": None, "anti": None}.get(input.how, "left_right")
    return left.join(
        right,
        left_on=left_on,
        right_on=right_on,
        how=input.how,
        suffix=input.suffix,
        coalesce=True if input.how in ("left", "right", "full", "inner") else None,
        maintain_order=order,  # pyright: ignore[reportArgumentType]  # the four words above are of the literal type
    )
