"""table.read_parquet."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self, TypeVar, cast

from pydantic import model_validator

from studio.nodes.table._duck import path_of
from studio.nodes.table._errors import check_columns
from studio.nodes.table._files import unnamed_file
from studio.nodes.table._frames import compute, keep
from studio.nodes.table._model import Columns
from studio.nodes.table._parquet import facts_of, read_into
from studio.sdk import (
    BaseNode,
    Effect,
    Example,
    File,
    Limits,
    NodeContext,
    NodeError,
    NodeModel,
    NodeTimeout,
    Param,
    Phrase,
    Refusal,
    Table,
    UserError,
)

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

T = TypeVar("T")
_LOOKING_SECONDS = 60.0
_READING_SECONDS = 3600.0
_BESIDE_MB = 256
"""Megabytes that reading may take beside the data: threads, and what allocators keep."""
_VALUE_BYTES = 48
"""Bytes that a value may take beside what is unpacked: its place in a column, while columns are put together."""

_BROKEN = ("work.memory", "work.crashed", "work.failed")
"""Where memory ends, libraries give up in many ways."""

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
        memory_mb: int | None = Param(
            None, ge=16, le=65536, description="Memory that reading may take; where not given, what the file leads to "
            "expect"
        )  # fmt: skip

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
        # The engine may begin this in place and, as it waits, once more in a task: there is nothing to lose yet.
        await ctx.check_cancelled()
        if input.path is not None:
            frame = await _read(await ctx.files.local_path(input.path), input, ctx)
        else:
            assert input.file is not None
            async with ctx.local_file(input.file) as path:
                frame = await _read(path, input, ctx)
        return self.Output(table=await keep(ctx, frame), rows=frame.height, columns=frame.columns)


async def _read(path: Path, input: ReadParquet.Input, ctx: NodeContext) -> pl.DataFrame:
    """Read it in another process, within the memory that its footer leads to expect: a footer may lie."""
    columns = cast("list[str] | None", input.columns)
    with ExitStack() as opened:
        source = opened.enter_context(path.open("rb"))
        target = opened.enter_context(unnamed_file())
        looking = Limits(_LOOKING_SECONDS, memory_mb=_BESIDE_MB)
        names, rows, unpacked = await _apart(ctx, looking, facts_of, columns, [source.fileno()])
        if columns is not None:
            check_columns(columns, names)
        values = rows * max(1, len(names if columns is None else columns))
        _check_size(rows, values // max(1, rows), values, unpacked)
        megabytes = input.memory_mb or (unpacked * 3 + values * _VALUE_BYTES) // 1024**2 + _BESIDE_MB
        reading = Limits(_READING_SECONDS, memory_mb=megabytes, output_mb=megabytes)
        await _apart(ctx, reading, read_into, columns, [source.fileno(), target.fileno()])
        # Its columns lie in the memory of the file, and live on when that is closed.
        return await compute(_opened, path_of(target.fileno()), action=Phrase("table.action.read", "read"))


async def _apart(
    ctx: NodeContext, limits: Limits, work: Callable[..., T], columns: list[str] | None, files: list[int]
) -> T:
    try:
        return await ctx.apart.call(work, columns, limits=limits, files=files)
    except TimeoutError as error:
        raise NodeTimeout(
            "table.parquet_slow", "Reading the file takes longer than {limit} s.", limit=limits.seconds
        ) from error
    except NodeError as error:
        if error.code not in _BROKEN:
            raise
        raise UserError(
            "table.parquet_needs_memory",
            "The file cannot be read within {limit} MB: it takes more than it says of itself, or is damaged. Give it "
            "more with `memory_mb` if you trust it.",
            limit=limits.memory_mb,
        ) from error


def _opened(path: str) -> pl.DataFrame:
    import polars as pl

    return pl.read_ipc(path)


def _check_size(rows: int, width: int, values: int, unpacked: int) -> None:
    """Refuse what a few bytes of a file may claim, before any of it is read.

    Raises:
        UserError: There are more values or bytes than may be held at once.
    """
    if values > MOST_VALUES:
        raise UserError(
            "table.parquet_too_large", "The file has {rows} rows and {columns} columns: more than {limit} values.",
            rows=rows, columns=width, limit=MOST_VALUES,
        )  # fmt: skip
    if unpacked > MOST_BYTES:
        raise UserError(
            "table.parquet_too_long", "Unpacked, the file has {bytes} bytes: more than {limit}.",
            bytes=unpacked, limit=MOST_BYTES,
        )  # fmt: skip
