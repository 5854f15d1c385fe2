"""table.to_list."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from studio.nodes.table._frames import open_frame
from studio.nodes.table._model import Tabular
from studio.nodes.table._records import plain
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param

if TYPE_CHECKING:
    import polars as pl

_SLICE = 5_000


class ToList(BaseNode):
    """Make a list of records of a table.

    Dates and times become ISO 8601 texts, decimals texts, durations seconds, bytes base64; NaN becomes null.
    """

    type = "table.to_list"
    title = "Table to list"
    keywords = ("convert", "records", "objects", "rows", "items")
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table")

    class Output(NodeModel):
        items: Items
        count: int

    examples = (
        Example(
            input={"table": [{"a": 1, "b": "é"}, {"a": None, "b": ""}]},
            output={"items": [{"a": 1, "b": "é"}, {"a": None, "b": ""}], "count": 2},
        ),
        Example(title="Nothing", input={"table": []}, output={"items": [], "count": 0}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await open_frame(ctx, input.table)
        return self.Output(items=await ctx.make_items(_rows(frame, ctx)), count=frame.height)


async def _rows(frame: pl.DataFrame, ctx: NodeContext) -> AsyncIterator[Any]:
    for start in range(0, frame.height, _SLICE):
        await ctx.check_cancelled()
        for record in await asyncio.to_thread(plain(frame.slice(start, _SLICE)).to_dicts):
            yield record
