"""sql.sqlite_query."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from studio.domain.errors import AccessRefused, NodeTimeout
from studio.nodes.sql._sqlite import Database, batch
from studio.nodes.sql.sqlite_query import SqliteQuery
from studio.sandbox.host_files import AllowedFiles
from studio.testing import NodeTester

NUMBERS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
WRITER = """
import apsw, sys
connection = apsw.Connection(sys.argv[1])
connection.execute("PRAGMA cache_size = 10; BEGIN; UPDATE t SET b = 'torn'")
print("written", flush=True)
sys.stdin.read()
"""


async def test_examples(examples) -> None:
    await examples(SqliteQuery)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A database with one table, as a file's content."""
    path = tmp_path_factory.mktemp("sqlite") / "base.db"
    with closing(apsw.Connection(str(path))) as connection, connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, x REAL, b BLOB)")
        connection.executemany(
            "INSERT INTO t VALUES (?, ?, ?, ?)", [(n, f"é{n}", n / 2, bytes([n % 256])) for n in range(5000)]
        )
    return path.read_bytes()


async def ask(content, query, tester=None, **params):
    with NodeTester(SqliteQuery) as tester:
        return await tester.run({"path": "a.db", "query": query, **params}, files={"a.db": content})


async def test_rows_in_pages(base) -> None:
    result = await ask(base, "SELECT id, name, x, b FROM t ORDER BY id")
    assert result.output["count"] == 5000
    assert result.output["items"][4999] == {"id": 4999, "name": "é4999", "x": 2499.5, "b": "hw=="}
    none = await ask(base, "SELECT id, id FROM t WHERE 0")
    assert none.output == {"items": [], "columns": ["id", "id_2"], "count": 0}


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM t", "INSERT INTO t VALUES (1, 2, 3, 4)", "CREATE TABLE x (a)", "DROP TABLE t",
        "PRAGMA journal_mode",
        "ATTACH 'b.db' AS b", "ATTACH ':memory:' AS b", "DETACH main", "VACUUM INTO 'b.db'", "REINDEX", "ANALYZE",
        "SELECT load_extension('x')", "SELECT * FROM pragma_table_info('t')", "CREATE TEMP TABLE x (a)",
        "SELECT writefile('x', 'y')", "SELECT readfile('/etc/passwd')", "SELECT * FROM fts3_tokenizer('x')",
        "UPDATE t SET x = 1 RETURNING id", "SELECT 1; DELETE FROM t", "SELECT 1; SELECT 2", "", ";", "-- x",
    ],
)  # fmt: skip
async def test_nothing_can_be_changed_or_reached(base, query) -> None:
    result = await ask(base, query or " ")
    assert result.error is not None
    assert result.error.code in (
        "sql.not_permitted",
        "sql.sqlite",
        "sql.several",
        "sql.no_statement",
        "sql.not_a_query",
    )


async def test_bounds(base) -> None:
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c"
    slow = await ask(base, endless, timeout=0.2)
    rows = await ask(base, "SELECT id FROM t", max_rows=4999)
    long = await ask(base, "SELECT zeroblob(500000000)")
    assert type(slow.error) is NodeTimeout
    assert rows.error.code == "sql.too_many_rows"
    assert long.error.code == "sql.sqlite"


async def test_time_runs_while_rows_are_read(base) -> None:
    query = "SELECT a.id FROM t a, t b, t c WHERE a.id + b.id + c.id = -1 UNION ALL SELECT 1 FROM t a, t b, t c"
    assert type((await ask(base, query, timeout=0.2)).error) is NodeTimeout


@pytest.mark.parametrize(
    ("params", "code"),
    [([[1]], "sql.parameter"), ({"a": {}}, "sql.parameter"), ([1, 2], "sql.sqlite"), ([], "sql.sqlite")],
)
async def test_params_that_do_not_fit(base, params, code) -> None:
    result = await ask(base, "SELECT :a", params=params)
    assert result.error.code == code


async def test_what_a_killed_writer_left_half_done_is_undone(tmp_path) -> None:
    path = tmp_path / "a.db"
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("CREATE TABLE t (a, b)")
        connection.execute(f"{NUMBERS} INSERT INTO t SELECT n, 'whole' FROM c LIMIT 20000")
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.kill()
    assert Path(f"{path}-journal").stat().st_size > 0
    with NodeTester(SqliteQuery, folder=tmp_path / "node") as tester:
        tester.files.mkdir(parents=True)
        for name in ("a.db", "a.db-journal"):
            (tmp_path / name).rename(tester.files / name)
        result = await tester.run({"path": "a.db", "query": "SELECT b, count(*) AS n FROM t GROUP BY b"})
    assert result.output["items"] == [{"b": "whole", "n": 20_000}]


async def test_what_is_no_database() -> None:
    result = await ask(b"not a database, but long enough to be looked at " * 50, "SELECT * FROM t")
    assert result.error.code == "sql.sqlite"


async def test_studios_own_file_is_out_of_reach(tmp_path) -> None:
    data = tmp_path / ".studio"
    data.mkdir()
    apsw.Connection(str(data / "studio.db")).close()
    files = AllowedFiles(tmp_path, [], [data])
    with pytest.raises(AccessRefused):
        await files.local_path(".studio/studio.db")


def test_batches_are_bounded_by_size_too(tmp_path) -> None:
    database = Database(tmp_path / "a.db", seconds=60, write=True)
    with closing(database):
        endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT hex(zeroblob(?)) AS a FROM c"
        _, long = database.query(endless, [2_000_000])
        assert len(batch(long)) == 3
        _, short = database.query(endless, [1])
        assert len(batch(short)) == 2_000
        _, few = database.query("SELECT 1 AS a UNION SELECT 2", [])
        assert batch(few) == [{"a": 1}, {"a": 2}]
        assert batch(few) == []


async def test_values_and_patterns_are_bounded(base) -> None:
    for query in ("SELECT zeroblob(100000000)", "SELECT hex(zeroblob(40000000))", "SELECT 'a' LIKE hex(zeroblob(600))"):
        result = await ask(base, query)
        assert result.error is not None
        assert result.error.code == "sql.sqlite"
    assert (await ask(base, "SELECT length(zeroblob(1000000)) AS n, 'abc' LIKE '%b%' AS m")).output["items"] == [
        {"n": 1_000_000, "m": 1}
    ]
