"""sql.sqlite_execute."""

from __future__ import annotations

import pytest

from studio.nodes.sql.sqlite_execute import SqliteExecute
from studio.sdk import Effect
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(SqliteExecute)


async def test_all_or_nothing_and_once_per_key() -> None:
    with NodeTester(SqliteExecute) as tester:
        assert (await tester.run({"path": "a.db", "statement": "CREATE TABLE t (a INTEGER PRIMARY KEY)"})).error is None
        insert = {"path": "a.db", "statement": "INSERT INTO t VALUES (?)"}
        broken = await tester.run({**insert, "many": [[1], [2], [1]]})
        assert broken.error.code == "sql.sqlite"
        first = await tester.run({**insert, "many": [[1], [2]], "remember": True})
        again = await tester.run({**insert, "many": [[1], [2]], "remember": True}, recovering=True)
        assert first.output == {"changes": 2, "items": [], "repeated": False}
        assert again.output == {"changes": 2, "items": [], "repeated": True}
        assert first.effect is Effect.KEYED
        deleted = await tester.run(
            {"path": "a.db", "statement": "DELETE FROM t WHERE a > ? RETURNING a", "params": [1]}
        )
        assert deleted.output == {"changes": 1, "items": [{"a": 2}], "repeated": False}
        assert deleted.effect is Effect.IRREVERSIBLE


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH 'b.db' AS b",
        "PRAGMA journal_mode = DELETE",
        "VACUUM",
        "VACUUM INTO 'b.db'",
        "COMMIT; DROP TABLE t",
        "SELECT load_extension('x')",
    ],
)
async def test_what_stays_forbidden(statement) -> None:
    with NodeTester(SqliteExecute) as tester:
        result = await tester.run({"path": "a.db", "statement": statement})
        assert result.error is not None
        assert not (tester.files / "b.db").exists()


async def test_too_many_returned(fails) -> None:
    query = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 10001) SELECT n FROM c"
    await fails("sql.too_many_rows", SqliteExecute, path="a.db", statement=query)


async def test_a_statement_that_returns_without_end_is_stopped_early(fails, run) -> None:
    rows = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c{limit}) SELECT x FROM c"
    await fails("sql.too_many_rows", SqliteExecute, path="a.db", statement=rows.format(limit=""))
    out = await run(SqliteExecute, path="a.db", statement=rows.format(limit=" LIMIT 3"))
    assert out["items"] == [{"x": 1}, {"x": 2}, {"x": 3}]


async def test_long_rows_are_refused_by_their_bytes(fails, run) -> None:
    numbers = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c{limit})"
    rows = f"{numbers} SELECT hex(zeroblob(4000000)) AS t FROM c"
    await fails("sql.result_too_large", SqliteExecute, path="a.db", statement=rows.format(limit=""))
    out = await run(SqliteExecute, path="a.db", statement=rows.format(limit=" LIMIT 2"))
    assert [len(row["t"]) for row in out["items"]] == [8_000_000] * 2
