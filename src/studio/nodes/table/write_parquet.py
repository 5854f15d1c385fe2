"""table.write_parquet."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._files import replaced
from studio.nodes.table._frames import compute, open_frame
from studio.nodes.table._model import Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


class WriteParquet(BaseNode):
    """Write a table as a Parquet file, all of it or nothing."""

    type = "table.write_parquet"
    title = "Write Parquet"
    keywords = ("save", "export", "columnar", "arrow")
    effect = Effect.IDEMPOTENT
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        path: str = Param(description="The file; relative paths start at the workflow's folder")

    class Output(NodeModel):
        path: str
        rows: int
        size: int

    examples = (
        Example(
            input={"table": [{"a": 1, "b": "é"}], "path": "out/a.parquet"}, output={"path": "out/a.parquet", "rows": 1}
        ),
        Example(title="A folder", input={"table": [], "path": "."}, error="files.not_a_file"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await open_frame(ctx, input.table)
        target = await ctx.files.local_path(input.path, write=True)
        size = await compute(_write, frame, target, action=Phrase("table.action.written", "written"))
        return self.Output(path=input.path, rows=frame.height, size=size)


def _write(frame: pl.DataFrame, target: Path) -> int:
    with replaced(target) as temporary:
        frame.write_parquet(temporary)
    return target.stat().st_size
