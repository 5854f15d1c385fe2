"""table.read_csv."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import model_validator

from studio.nodes.table._frames import compute, keep
from studio.nodes.table._model import DataType
from studio.nodes.table._types import polars_type
from studio.sdk import BaseNode, Effect, Example, File, NodeContext, NodeModel, Param, Phrase, Refusal, Table, UserError

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

_PACKED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x28\xb5\x2f\xfd")
"""How gzip, zlib and Zstandard begin. The library would unpack them by itself, to whatever size."""


class ReadCsv(BaseNode):
    """Read a CSV file as a table.

    Data types are found by looking at the first ten thousand rows; name those in ``types`` that come out wrong.
    """

    type = "table.read_csv"
    title = "Read CSV table"
    keywords = ("load", "open", "import", "file", "tsv", "comma", "spreadsheet")
    effect = Effect.READ
    cpu_heavy = True

    class Input(NodeModel):
        path: str | None = Param(None, description="The file; relative paths start at the workflow's folder")
        file: File | None = Param(None, description="A file of the execution, instead of a path")
        separator: str = Param(",", min_length=1, max_length=1, description="Between values, such as , ; or a tab")
        header: bool = Param(True, description="The first line names the columns")
        types: dict[str, DataType] = Param(default_factory=dict, description="Data types by column")
        null_values: list[str] = Param(default_factory=list, description="Texts that mean no value, beside nothing")
        dates: bool = Param(False, description="Recognise dates and times")
        skip_rows: int = Param(0, ge=0, description="Lines to leave out at the start")

        @model_validator(mode="after")
        def _one_source(self) -> Self:
            if (self.path is None) == (self.file is None):
                raise Refusal("table.one_source", "give either path or file")
            return self

    class Output(NodeModel):
        table: Table
        rows: int
        columns: list[str]

    examples = (
        Example(
            input={"path": "a.csv"},
            files={"a.csv": 'city,n\nZürich,3\n"São Paulo, SP",\n'},
            output={
                "table": {"items": [{"city": "Zürich", "n": 3}, {"city": "São Paulo, SP", "n": None}]},
                "rows": 2,
                "columns": ["city", "n"],
            },
        ),
        Example(
            title="A file of the execution, types named",
            input={"file": "{{ files['b.csv'] }}", "separator": ";", "types": {"code": "text"}, "dates": True},
            files={"b.csv": "code;day\n007;2026-01-31\n"},
            output={"table": {"columns": [["code", "String"], ["day", "Date"]]}},
        ),
        Example(
            title="A value of another type",
            input={"path": "a.csv", "types": {"n": "integer"}},
            files={"a.csv": "n\n1\nx\n"},
            error="table.refused",
        ),
        Example(title="No such file", input={"path": "none.csv"}, error="files.not_found"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if input.path is not None:
            frame = await compute(
                _read, await ctx.files.local_path(input.path), input, action=Phrase("table.action.read", "read")
            )
        else:
            assert input.file is not None
            async with ctx.local_file(input.file) as path:
                frame = await compute(_read, path, input, action=Phrase("table.action.read", "read"))
        return self.Output(table=await keep(ctx, frame), rows=frame.height, columns=frame.columns)


def _read(path: Path, input: ReadCsv.Input) -> pl.DataFrame:
    import polars as pl

    options: dict[str, Any] = {"schema_overrides": {name: polars_type(kind) for name, kind in input.types.items()}}
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        return pl.DataFrame()
    if start.startswith(_PACKED):
        raise UserError("table.compressed", "The file is compressed; unpack it first.")
    return pl.read_csv(
        path,
        glob=False,
        separator=input.separator,
        has_header=input.header,
        null_values=input.null_values or None,
        try_parse_dates=input.dates,
        skip_rows=input.skip_rows,
        infer_schema_length=10_000,
        raise_if_empty=False,
        **options,
    )
