"""table.rename."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table, UserError

if TYPE_CHECKING:
    import polars as pl


class Rename(BaseNode):
    """Give columns other names."""

    type = "table.rename"
    title = "Rename columns"
    keywords = (
        "columns",
        "names",
        "header",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        names: dict[str, str] = Param(min_length=1, description="New names by old ones")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={"table": [{"a": 1, "b": 2}], "names": {"a": "größe"}},
            output={"table": {"items": [{"größe": 1, "b": 2}]}},
        ),
        Example(
            title="Swap",
            input={"table": [{"a": 1, "b": 2}], "names": {"a": "b", "b": "a"}},
            output={"table": {"items": [{"b": 1, "a": 2}]}},
        ),
        Example(
            title="A name twice", input={"table": [{"a": 1, "b": 2}], "names": {"a": "b"}}, error="table.name_taken"
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _rename, await open_frame(ctx, input.table), input, action=Phrase("table.action.renamed", "renamed")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _rename(frame: pl.DataFrame, input: Rename.Input) -> pl.DataFrame:
    check_columns(input.names, frame.columns)
    after = [input.names.get(name, name) for name in frame.columns]
    twice = next((name for name in after if after.count(name) > 1), None) if len(set(after)) < len(after) else None
    if twice is not None:
        raise UserError("table.name_taken", "Two columns would be called {column}.", column=twice)
    return frame.rename(input.names)
