"""sql.postgres_execute."""

from __future__ import annotations

import pytest

from studio.domain.errors import ProviderError
from studio.nodes.sql._postgres import affected, commit
from studio.nodes.sql.postgres_execute import PostgresExecute
from studio.sdk import Effect
from studio.testing import NodeTester


@pytest.mark.usefixtures("postgres_of_examples")
async def test_examples(examples) -> None:
    await examples(PostgresExecute)


async def test_all_or_nothing_and_once_per_key(server, allow) -> None:
    with NodeTester(PostgresExecute) as tester:

        async def do(statement, **more):
            return await tester.run({"statement": statement, "server": server, **more}, allow_hosts=allow)

        assert (await do("DROP TABLE IF EXISTS studio_done")).error is None
        assert (await do("CREATE TABLE done_once (a int PRIMARY KEY)")).output["changes"] == 0
        insert = "INSERT INTO done_once VALUES ($1) RETURNING a"
        broken = await do(insert, many=[[1], [2], [1]])
        assert broken.error.code == "sql.postgres"
        first = await do(insert, many=[[1], [2]], remember=True)
        again = await do(insert, many=[[1], [2]], remember=True)
        assert first.output == {"changes": 2, "items": [{"a": 1}, {"a": 2}], "repeated": False}
        assert again.output == {"changes": 2, "items": [], "repeated": True}
        assert (first.effect, broken.effect) == (Effect.KEYED, Effect.IRREVERSIBLE)
        wrong = await do(insert, many=[1])
        assert wrong.error.code == "sql.many"
        long = await do("SELECT generate_series(1, 10001)")
        assert long.error.code == "sql.too_many_rows"
        updated = await do("UPDATE done_once SET a = a + $1", params=[10])
        assert updated.output["changes"] == 2


async def test_a_result_without_end_is_refused_as_it_comes(server, allow) -> None:
    with NodeTester(PostgresExecute) as tester:

        async def do(statement):
            return await tester.run({"statement": statement, "server": server, "timeout": 60}, allow_hosts=allow)

        # All of it would be tens of gigabytes here; only the first rows are asked for.
        endless = await do("SELECT generate_series(1, 1000000000) AS n")
        long = await do("SELECT repeat('x', 1000000) AS t FROM generate_series(1, 9000)")
        just = await do("SELECT generate_series(1, 10000) AS n")
        assert endless.error.code == "sql.too_many_rows"
        assert long.error.code == "sql.result_too_large"
        assert (just.output["changes"], just.output["items"][-1]) == (10_000, {"n": 10_000})


async def test_changes_are_counted_where_rows_come_back(server, allow) -> None:
    with NodeTester(PostgresExecute) as tester:

        async def do(statement, **more):
            done = await tester.run({"statement": statement, "server": server, **more}, allow_hosts=allow)
            return done.output["changes"], len(done.output["items"])

        assert await do("CREATE TABLE counted (a int PRIMARY KEY, b text)") == (0, 0)
        insert = "INSERT INTO counted SELECT n, 'x' FROM generate_series(1, 3000) AS n ON CONFLICT DO NOTHING"
        assert await do(f"{insert} RETURNING *") == (3000, 3000)
        assert await do(f"{insert} RETURNING *") == (0, 0)
        assert await do("UPDATE counted SET b = $1 WHERE a <= 2 RETURNING a", params=["y"]) == (2, 2)
        assert await do("DELETE FROM counted WHERE a = $1 RETURNING a", many=[[1], [2], [2]]) == (2, 2)
        assert (await do("/* why */ EXPLAIN DELETE FROM counted"))[0] == 0
        assert await do("SHOW server_version_num") == (0, 1)
        assert await do("DELETE FROM counted") == (2998, 0)


@pytest.mark.parametrize(("status", "rows"), [("INSERT 0 3", 3), ("UPDATE 2", 2), ("CREATE TABLE", 0), ("", 0)])
async def test_affected(status, rows) -> None:
    assert affected(status) == rows


async def test_a_commit_without_answer_is_in_doubt() -> None:
    class Lost:
        async def commit(self) -> None:
            raise ConnectionResetError

    with pytest.raises(ProviderError) as caught:
        await commit(Lost())
    assert caught.value.in_doubt
