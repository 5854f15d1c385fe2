"""Reading Parquet in a process that can be killed: what a file says of its own size may be a lie."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part; DuckDB's are loose.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

# Not by the SDK: its models, which nothing here needs, would double the time that the process takes to start.
from studio.domain.errors import UserError
from studio.domain.phrases import Phrase
from studio.nodes.table._duck import path_of
from studio.nodes.table._polars import reason_of


def facts_of(columns: Sequence[str] | None, *, files: Sequence[int]) -> tuple[list[str], int, int]:
    """Names of the columns, how many rows there are, and the bytes of the wanted columns once they are unpacked.

    All of it is what the footer says.

    Raises:
        UserError: It is no Parquet file.
    """
    import polars as pl

    # Opened here, so that the library sees a file and not a pattern of names.
    with _explained(), open(path_of(files[0]), "rb") as file:
        names = list(pl.read_parquet_schema(file))
        file.seek(0)
        rows = int(pl.scan_parquet(file).select(pl.len()).collect().item())
    return names, rows, _unpacked(path_of(files[0]), columns)


def read_into(columns: Sequence[str] | None, *, files: Sequence[int]) -> None:
    """Read the first file, and write its columns into the second one as Arrow IPC.

    Raises:
        UserError: It is damaged.
    """
    import polars as pl

    with _explained(), open(path_of(files[0]), "rb") as file:
        frame = pl.read_parquet(file, columns=None if columns is None else list(columns))
        frame.write_ipc(path_of(files[1]), compression="uncompressed")


def _unpacked(path: str, columns: Sequence[str] | None) -> int:
    """Bytes of the columns once they are unpacked, as the footer states them. polars does not tell; DuckDB does.

    Raises:
        UserError: DuckDB cannot read the footer.
    """
    import duckdb

    text = "SELECT coalesce(sum(total_uncompressed_size), 0)::BIGINT FROM parquet_metadata($file)"
    text += " WHERE $all OR list_has_any($columns, [path_in_schema, split_part(path_in_schema, ', ', 1)])"
    params = {"file": path, "all": columns is None, "columns": list(columns or [""])}
    try:
        with duckdb.connect(":memory:", config={"autoload_known_extensions": "false", "threads": "1"}) as connection:
            row = connection.execute(text, params).fetchone()
    except duckdb.Error as error:
        raise _refused(type(error).__name__) from error
    return int(row[0]) if row else 0


@contextmanager
def _explained() -> Generator[None]:
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, OverflowError, pl.exceptions.PanicException) as error:
        raise _refused(reason_of(error)) from error


def _refused(reason: str) -> UserError:
    return UserError(
        "table.refused", "The table cannot be {action}: {reason}.",
        action=Phrase("table.action.read", "read"), reason=reason,
    )  # fmt: skip
