"""table.sql."""

from __future__ import annotations

import io

import polars as pl
import pytest

from studio.nodes.table._duck import most_memory_mb
from studio.nodes.table.sql import Sql
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Sql)


HOSTILE = [
    "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')", "SELECT * FROM glob('/*')", "SELECT * FROM frame", "SELECT * FROM os",
    "SELECT * FROM sniff_csv('/etc/passwd')", "SELECT * FROM parquet_scan('http://169.254.169.254/x')",
    "SELECT * FROM read_json('s3://x/y')", "SELECT nope FROM t", "SELECT repeat('x', 10000000000)", "SELECT 1/", "",
    "SELECT * FROM sqlite_scan('/tmp/x.db', 't')", "SELECT getenv('HOME')", "SELECT list(range) FROM range(500000000)",
]  # fmt: skip
OTHERS = [
    "COPY t TO '/tmp/x.csv'",
    "ATTACH '/tmp/x.db'", "INSTALL httpfs", "LOAD httpfs", "SET threads = 9", "PRAGMA version",
    "CREATE TABLE x (a int)", "DROP VIEW t", "SELECT 1; SELECT 2", "EXPORT DATABASE '/tmp/x'", "CALL pragma_version()",
    "CREATE SECRET s (TYPE s3)", "INSERT INTO t VALUES (1)", "IMPORT DATABASE '/tmp/x'", "VACUUM", "CHECKPOINT",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE + OTHERS)
async def test_nothing_but_the_given_tables_is_in_reach(text) -> None:
    with NodeTester(Sql) as tester:
        result = await tester.run({"query": text or " ", "tables": {"t": [{"a": 1}]}, "memory_mb": 64, "timeout": 20})
    assert result.error is not None
    assert result.error.code in ("table.sql", "table.sql_not_a_query")


async def test_time_rows_and_names_are_bounded(fails) -> None:
    endless = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b"
    await fails("table.sql_timeout", Sql, query=endless, timeout=0.2)
    await fails("table.sql_too_many_rows", Sql, query="SELECT * FROM range(100)", max_rows=10)
    await fails("table.sql_name", Sql, query="SELECT 1", tables={'t"; DROP': []})


@pytest.mark.parametrize("kind", ["INTERVAL 1 DAY", "[INTERVAL 1 DAY]", "{'a': INTERVAL 1 DAY}", "union_value(a := 1)"])
async def test_types_that_tables_do_not_hold(fails, run, kind) -> None:
    error = await fails("table.sql_type", Sql, query=f"SELECT 1 AS a, {kind} AS b")
    assert error.arguments["column"] == "b"
    assert (await run(Sql, query=f"SELECT ({kind})::VARCHAR AS b"))["rows"] == 1


async def test_the_result_counts_towards_the_memory(fails, run) -> None:
    long = "SELECT repeat('é', 1000) || range AS a FROM range({count})"
    error = await fails("table.sql", Sql, query=long.format(count=1_000_000), memory_mb=64)
    assert "Memory" in error.arguments["reason"]
    assert (await run(Sql, query=long.format(count=5_000), memory_mb=64))["rows"] == 5_000


async def test_messages_name_no_paths_of_the_host(fails) -> None:
    error = await fails("table.sql", Sql, query="SELECT * FROM duckdb_extensions()")
    assert ".duckdb" not in error.message
    error = await fails("table.sql", Sql, query="SELECT * FROM read_csv('/etc/passwd')")
    assert "/etc/passwd" in error.message


async def test_values_and_types(run) -> None:
    out = await run(
        Sql,
        query="SELECT $a AS a, $b AS b, 1.5::DECIMAL(5,2) AS c, DATE '2026-01-02' AS d",
        params={"a": "x'y", "b": None},
    )
    assert out["table"].columns[:1] == (("a", "String"),)
    assert out["rows"] == 1
    big = await run(Sql, query="SELECT sum(x) AS s FROM (VALUES (9223372036854775807::HUGEINT), (1)) t(x)")
    assert big["table"].columns[0][1].startswith("Decimal")


async def test_tables_are_joined(run) -> None:
    query = "SELECT b.y, count(*) AS n FROM a JOIN b ON a.x = b.x GROUP BY b.y ORDER BY n DESC"
    tables = {"a": [{"x": 1}, {"x": 1}, {"x": 2}], "b": [{"x": 1, "y": "é"}, {"x": 2, "y": "z"}]}
    with NodeTester(Sql) as tester:
        result = await tester.run({"query": query, "tables": tables})
        frame = pl.read_ipc(io.BytesIO(tester.content(result.output["table"])))
    assert frame.rows() == [("é", 2), ("z", 1)]


async def test_memory_beyond_the_share_of_the_machine_is_refused(fails, run) -> None:
    most = most_memory_mb()
    if most < 65536:
        error = await fails("table.sql_memory", Sql, query="SELECT 1 AS a", memory_mb=most + 1)
        assert error.arguments["limit"] == most
    assert (await run(Sql, query="SELECT 1 AS a", memory_mb=min(most, 65536)))["rows"] == 1
