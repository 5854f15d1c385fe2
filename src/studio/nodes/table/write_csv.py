"""table.write_csv."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._files import replaced
from studio.nodes.table._frames import compute, open_frame
from studio.nodes.table._model import Tabular
from studio.nodes.table._records import csv_ready
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


class WriteCsv(BaseNode):
    """Write a table as a CSV file, all of it or nothing."""

    type = "table.write_csv"
    title = "Write CSV table"
    keywords = ("save", "export", "file", "tsv", "download")
    effect = Effect.IDEMPOTENT
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        path: str = Param(description="The file; relative paths start at the workflow's folder")
        separator: str = Param(",", min_length=1, max_length=1, description="Between values")
        header: bool = Param(True, description="Name the columns in the first line")
        bom: bool = Param(False, description="Begin with a byte order mark, which some spreadsheets want")

    class Output(NodeModel):
        path: str
        rows: int
        size: int

    examples = (
        Example(
            input={"table": [{"city": "Zürich", "n": 3}, {"city": "a,b", "n": None}], "path": "out/a.csv"},
            files_after={"out/a.csv": 'city,n\nZürich,3\n"a,b",\n'},
            output={"path": "out/a.csv", "rows": 2, "size": 24},
        ),
        Example(
            title="Semicolons",
            input={"table": [{"a": 1.5, "b": True}], "path": "a.csv", "separator": ";", "header": False},
            files_after={"a.csv": "1.5;true\n"},
        ),
        Example(title="A folder", input={"table": [], "path": "."}, error="files.not_a_file"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await open_frame(ctx, input.table)
        target = await ctx.files.local_path(input.path, write=True)
        size = await compute(_write, frame, target, input, action=Phrase("table.action.written", "written"))
        return self.Output(path=input.path, rows=frame.height, size=size)


def _write(frame: pl.DataFrame, target: Path, input: WriteCsv.Input) -> int:
    with replaced(target) as temporary:
        csv_ready(frame).write_csv(
            temporary,
            separator=input.separator,
            include_header=input.header,
            include_bom=input.bom,
            check_extension=False,
        )
    return target.stat().st_size
