"""table.from_list."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from studio.nodes.table._frames import columns_of, keep, open_frame
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, Table


class FromList(BaseNode):
    """Make a table of a list of records.

    Columns stand in the order in which they first appear; a record without a value has null there.
    """

    type = "table.from_list"
    title = "List to table"
    keywords = ("convert", "records", "objects", "dataframe")
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        items: Items = Param(description="The records: objects")

    class Output(NodeModel):
        table: Table
        rows: int
        columns: list[str]

    examples = (
        Example(
            input={"items": [{"a": 1, "b": "é"}, {"a": 2.5, "c": [1]}]},
            output={
                "table": {"columns": [["a", "Float64"], ["b", "String"], ["c", "List(Int64)"]]}, "rows": 2,
                "columns": ["a", "b", "c"],
            },
        ),
        Example(title="Nothing", input={"items": []}, output={"rows": 0, "columns": []}),
        Example(title="Two kinds in a column", input={"items": [{"a": 1}, {"a": "x"}]}, error="table.mixed_column"),
        Example(title="No records", input={"items": [1, 2]}, error="table.not_a_record"),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await open_frame(ctx, input.items)
        table = await keep(ctx, frame)
        return self.Output(table=table, rows=frame.height, columns=[name for name, _kind in columns_of(frame)])
