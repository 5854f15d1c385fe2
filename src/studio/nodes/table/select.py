"""table.select."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Columns, Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Select(BaseNode):
    """Keep some columns, in the given order, or drop some."""

    type = "table.select"
    title = "Choose columns"
    keywords = (
        "columns",
        "keep",
        "drop",
        "reorder",
        "pick",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        columns: Columns | None = Param(None, description="Columns to keep; all where not given")
        drop: Columns | None = Param(None, description="Columns to leave out")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={"table": [{"a": 1, "b": 2, "ç": 3}], "columns": ["ç", "a"]},
            output={"table": {"items": [{"ç": 3, "a": 1}], "columns": [["ç", "Int64"], ["a", "Int64"]]}},
        ),
        Example(
            title="Drop one", input={"table": [{"a": 1, "b": 2}], "drop": "b"}, output={"table": {"items": [{"a": 1}]}}
        ),
        Example(
            title="No such column", input={"table": [{"price": 1}], "columns": "prize"}, error="table.unknown_column"
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _select, await open_frame(ctx, input.table), input, action=Phrase("table.action.reduced", "reduced")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _select(frame: pl.DataFrame, input: Select.Input) -> pl.DataFrame:
    wanted = frame.columns if input.columns is None else input.columns
    check_columns([*wanted, *(input.drop or [])], frame.columns)
    dropped = set(input.drop or [])
    return frame.select([name for name in dict.fromkeys(wanted) if name not in dropped])
