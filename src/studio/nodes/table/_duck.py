"""DuckDB, locked down: one query over frames, within limits. Runs in a process that can be killed."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part; DuckDB's are loose.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

# Not by the SDK: its models, which nothing here needs, would double the time that the process takes to start.
from studio.domain.errors import NodeTimeout, UserError

if TYPE_CHECKING:
    import polars as pl

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\Z")
_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
DEFAULT_MEMORY_MB = 512
_REASON = 300
_RESULT = "studio result"
_UNKNOWN_TYPES = re.compile(r"\b(INTERVAL|UNION)\b")
_QUOTED_PATH = re.compile(r'"(/[^"]*)"')


def load() -> None:
    """Load what queries need, which takes longer than most of them."""
    for name in ("duckdb", "polars"):
        importlib.import_module(name)


def query_files(
    text: str, names: Sequence[str], params: str, seconds: float, memory_mb: int, max_rows: int, *, files: Sequence[int]
) -> int:
    """Answer a query over tables in open Arrow IPC files, named in their order; gives the number of rows.

    ``params`` are JSON, which holds numbers of any length. The result goes into the last file.

    Raises:
        UserError: As ``query``.
        NodeTimeout: As ``query``.
    """
    import polars as pl

    *given, target = map(path_of, files)
    frames = {name: pl.read_ipc(path) for name, path in zip(names, given, strict=True)}
    result = query(text, frames, json.loads(params), seconds=seconds, memory_mb=memory_mb, max_rows=max_rows)
    result.write_ipc(target, compression="uncompressed")
    return result.height


def path_of(file: int) -> str:
    """The path by which a library opens an open file anew."""
    return f"/dev/fd/{file}"


def query(
    text: str,
    frames: Mapping[str, pl.DataFrame],
    params: Mapping[str, Any],
    *,
    seconds: float,
    memory_mb: int,
    max_rows: int,
) -> pl.DataFrame:
    """The result of one SELECT.

    The connection has no access to files, network, extensions or the caller's variables, and its settings are locked.

    Raises:
        UserError: The text is no single query, is wrong, or asks for what is out of reach.
        NodeTimeout: It took longer than ``seconds``.
    """
    import duckdb
    import polars as pl

    most = most_memory_mb()
    if memory_mb > most:
        raise UserError(
            "table.sql_memory", "A query may take {limit} MB on this machine; `memory_mb` asks for {wanted}.",
            limit=most, wanted=memory_mb,
        )  # fmt: skip
    connection = duckdb.connect(
        ":memory:",
        config={
            "enable_external_access": "false",
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
            "memory_limit": f"{memory_mb}MB",
            "threads": "2",
            "temp_directory": "",
            "home_directory": "",
            "secret_directory": "",
            "allow_persistent_secrets": "false",
        },
    )
    expired: list[bool] = []

    def stop() -> None:
        expired.append(True)
        connection.interrupt()

    timer = Timer(seconds, stop)
    try:
        for name, frame in frames.items():
            if not _NAME.match(name):
                raise UserError("table.sql_name", "{name} cannot name a table in SQL.", name=repr(name))
            connection.register(name, _Stream(frame))
        connection.execute("SET lock_configuration = true")
        _check_query(connection.extract_statements(text))
        timer.start()
        relation: Any = connection.sql(text, params=dict(params) or None)
        _check_types(relation)
        # Kept by DuckDB first: so the result counts towards the memory the query may take.
        relation.limit(max_rows + 1).create(_RESULT)
        frame = pl.DataFrame(connection.table(_RESULT))
        if frame.height > max_rows:
            raise UserError("table.sql_too_many_rows", "The result has more than {limit} rows.", limit=max_rows)
        return _whole_numbers(frame)
    except duckdb.Error as error:
        if expired:
            raise timed_out(seconds) from error
        raise UserError("table.sql", "The query was refused: {reason}", reason=_reason(error, text)) from error
    finally:
        timer.cancel()
        connection.close()


def timed_out(seconds: float) -> NodeTimeout:
    """The query took longer than it may."""
    return NodeTimeout("table.sql_timeout", "The query took longer than {seconds} s.", seconds=seconds)


def most_memory_mb() -> int:
    """What one query may ask for: half of what this process may have, and what it has without asking in any case."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    with contextlib.suppress(OSError, ValueError):  # not in a group, or without a limit ("max")
        limits.append(int(_GROUP_LIMIT.read_text()))
    return max(DEFAULT_MEMORY_MB, min(limits) // 2 // 1024**2)


def _check_query(statements: list[Any]) -> None:
    import duckdb

    kinds = [statement.type for statement in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        found = ", ".join(str(kind).rpartition(".")[2] for kind in kinds) or "nothing"
        raise UserError("table.sql_not_a_query", "Expected one SELECT statement; got {found}.", found=found)


def _check_types(relation: Any) -> None:
    """Refuse what a table cannot hold before it is computed.

    Raises:
        UserError: Names the column.
    """
    for name, kind in zip(relation.columns, relation.types, strict=True):
        if _UNKNOWN_TYPES.search(str(kind)):
            raise UserError(
                "table.sql_type",
                "The column {column} is of type {type}, which tables do not hold. Convert it, as in {column}::VARCHAR.",
                column=name,
                type=str(kind)[:100],
            )


def _reason(error: Exception, text: str) -> str:
    """What DuckDB says, without paths of this machine that the query does not name itself."""
    said = " ".join(str(error).split())
    return _QUOTED_PATH.sub(lambda found: found[0] if found[1] in text else '"…"', said)[:_REASON]


class _Stream:
    """A frame by the Arrow stream interface only, which DuckDB reads without further libraries."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def _whole_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """Sums of whole numbers come as decimals of 38 digits; they become whole numbers again where they fit 64 bits."""
    import polars as pl

    made: list[pl.Series] = []
    for column in frame.get_columns():
        if isinstance(column.dtype, pl.Decimal) and column.dtype.scale == 0:
            whole = column.cast(pl.Int64, strict=False)
            if whole.null_count() == column.null_count():
                made.append(whole)
    return frame.with_columns(made) if made else frame
