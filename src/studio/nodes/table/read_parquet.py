"""table.read_parquet."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Self

from pydantic import model_validator

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep
from studio.nodes.table._model import Columns
from studio.sdk import BaseNode, Effect, Example, File, NodeContext, NodeModel, Param, Phrase, Refusal, Table, UserError

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

MOST_BYTES = 4 * 1024**3
MOST_VALUES = 250_000_000
"""Rows times columns: in memory a value takes up to 16 bytes, before what long texts take."""


class ReadParquet(BaseNode):
    """Read a Parquet file as a table."""

    type = "table.read_parquet"
    title = "Read Parquet"
    keywords = ("load", "open", "import", "columnar", "arrow")
    effect = Effect.READ
    cpu_heavy = True

    class Input(NodeModel):
        path: str | None = Param(None, description="The file; relative paths start at the workflow's folder")
        file: File | None = Param(None, description="A file of the execution, instead of a path")
        columns: Columns | None = Param(None, description="Columns to read; all where not given")

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
        Example(title="No such file", input={"path": "none.parquet"}, error="files.not_found"),
        Example(
            title="Not Parquet",
            input={"path": "a.parquet"},
            files={"a.parquet": "é"},
            error="table.refused",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if input.path is not None:
            frame = await compute(
                _read, await ctx.files.local_path(input.path), input.columns, action=Phrase("table.action.read", "read")
            )
        else:
            assert input.file is not None
            async with ctx.local_file(input.file) as path:
                frame = await compute(_read, path, input.columns, action=Phrase("table.action.read", "read"))
        return self.Output(table=await keep(ctx, frame), rows=frame.height, columns=frame.columns)


def _read(path: Path, columns: list[str] | None) -> pl.DataFrame:
    import polars as pl

    # Opened here, so that the library sees a file and not a pattern of names.
    with path.open("rb") as file:
        if columns is not None:
            check_columns(columns, list(pl.read_parquet_schema(file)))
            file.seek(0)
        _check_size(file, columns)
        return pl.read_parquet(file, columns=columns)


def _check_size(file: BinaryIO, columns: list[str] | None) -> None:
    """Refuse what a few bytes of a file may claim: its footer says how many rows there are, before any is read.

    Raises:
        UserError: There are more values than may be held at once.
    """
    import polars as pl

    width = len(pl.read_parquet_schema(file)) if columns is None else len(columns)
    file.seek(0)
    rows = int(pl.scan_parquet(file).select(pl.len()).collect().item())
    file.seek(0)
    if rows * max(1, width) > MOST_VALUES:
        raise UserError(
            "table.parquet_too_large", "The file has {rows} rows and {columns} columns: more than {limit} values.",
            rows=rows, columns=width, limit=MOST_VALUES,
        )  # fmt: skip
    unpacked = _unpacked(file, columns)
    if unpacked > MOST_BYTES:
        raise UserError(
            "table.parquet_too_long", "Unpacked, the file has {bytes} bytes: more than {limit}.",
            bytes=unpacked, limit=MOST_BYTES,
        )  # fmt: skip


def _unpacked(file: BinaryIO, columns: list[str] | None) -> int:
    """Bytes of the columns once they are unpacked, as the footer states them. polars does not tell; DuckDB does.

    Raises:
        UserError: DuckDB cannot read the footer.
    """
    import duckdb

    text = "SELECT coalesce(sum(total_uncompressed_size), 0)::BIGINT FROM parquet_metadata($file)"
    text += " WHERE $all OR list_has_any($columns, [path_in_schema, split_part(path_in_schema, ', ', 1)])"
    params = {"file": f"/dev/fd/{file.fileno()}", "all": columns is None, "columns": columns or [""]}
    try:
        with duckdb.connect(":memory:", config={"autoload_known_extensions": "false", "threads": "1"}) as connection:
            row = connection.execute(text, params).fetchone()
    except duckdb.Error as error:
        raise UserError(
            "table.refused", "The table cannot be {action}: {reason}.",
            action=Phrase("table.action.read", "read"), reason=type(error).__name__,
        ) from error  # fmt: skip
    return int(row[0]) if row else 0
