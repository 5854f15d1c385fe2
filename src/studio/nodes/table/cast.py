"""table.cast."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import DataType, Tabular
from studio.nodes.table._types import cast_expression
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Cast(BaseNode):
    """Change the data types of columns; texts are parsed."""

    type = "table.cast"
    title = "Change data types"
    keywords = (
        "type",
        "convert",
        "parse",
        "number",
        "date",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        types: dict[str, DataType] = Param(min_length=1, description="New types by column")
        formats: dict[str, str] = Param(
            default_factory=dict, description="Patterns for dates and times by column, such as %d.%m.%Y"
        )
        lenient: bool = Param(False, description="What does not fit becomes null, instead of an error")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={
                "table": [{"n": " 7", "d": "31.01.2026", "ok": "Yes"}],
                "types": {"n": "integer", "d": "date", "ok": "boolean"},
                "formats": {"d": "%d.%m.%Y"},
            },
            output={"table": {"columns": [["n", "Int64"], ["d", "Date"], ["ok", "Boolean"]]}},
        ),
        Example(
            title="What does not fit as null",
            input={"table": [{"n": "7"}, {"n": "sept"}], "types": {"n": "number"}, "lenient": True},
            output={"table": {"items": [{"n": 7.0}, {"n": None}]}},
        ),
        Example(
            title="What does not fit", input={"table": [{"n": "x"}], "types": {"n": "integer"}}, error="table.refused"
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _cast, await open_frame(ctx, input.table), input, action=Phrase("table.action.converted", "converted")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _cast(frame: pl.DataFrame, input: Cast.Input) -> pl.DataFrame:
    check_columns([*input.types, *input.formats], frame.columns)
    return frame.with_columns(
        [
            cast_expression(name, frame.schema[name], kind, strict=not input.lenient, pattern=input.formats.get(name))
            for name, kind in input.types.items()
        ]
    )
