"""sql.postgres_insert."""

from __future__ import annotations

import pytest

from studio.domain.errors import UserError
from studio.nodes.sql._postgres import quoted, quoted_column
from studio.nodes.sql.postgres_execute import PostgresExecute
from studio.nodes.sql.postgres_insert import PostgresInsert
from studio.nodes.sql.postgres_query import PostgresQuery
from studio.testing import NodeTester


@pytest.mark.usefixtures("postgres_of_examples")
async def test_examples(examples) -> None:
    await examples(PostgresInsert)


async def test_rows_go_in(server, allow) -> None:
    with NodeTester(PostgresExecute) as tester:
        create = 'CREATE TABLE "odd "" name" (id int PRIMARY KEY, "é.x" text, at timestamptz, j jsonb)'
        forget = {"statement": "DROP TABLE IF EXISTS studio_done", "server": server}
        assert (await tester.run(forget, allow_hosts=allow)).error is None
        made = await tester.run({"statement": create, "server": server}, allow_hosts=allow)
        assert made.error is None
    table = 'odd " name'
    with NodeTester(PostgresInsert) as tester:

        async def put(rows, **more):
            return await tester.run({"table": table, "rows": rows, "server": server, **more}, allow_hosts=allow)

        many = [{"id": n, "é.x": "x'; --", "at": "2026-01-02T03:04:05Z", "j": {"a": n}} for n in range(1500)]
        assert (await put(many, remember=True)).output == {"count": 1500, "repeated": False}
        assert (await put(many, remember=True)).output == {"count": 1500, "repeated": True}
        assert (await put([{"id": 1}])).error.code == "sql.postgres"
        assert (await put([{"id": 1}, {"id": 5000}], on_conflict="ignore")).output["count"] == 1
        updated = await put([{"id": 1, "é.x": "new"}], on_conflict="update", conflict_columns=["id"])
        assert updated.output["count"] == 1
        assert (await put([{"id": 1}], on_conflict="update", conflict_columns=["id"])).output["count"] == 0
        assert (await put([{"id": 6000}, {"id": 6001, "b": 1}])).error.code == "sql.unknown_column"
        assert (await put([{}])).error.code == "sql.no_columns"
        assert (await put([1])).error.code == "sql.not_a_record"
        assert (await put([{"id": 7000}], columns=["id", "j"])).output["count"] == 1
    with NodeTester(PostgresQuery) as tester:
        query = 'SELECT count(*) AS n, max("é.x") FILTER (WHERE id = 1) AS x FROM "odd "" name"'
        found = await tester.run({"query": query, "server": server}, allow_hosts=allow)
    assert found.output["items"] == [{"n": 1502, "x": "new"}]


@pytest.mark.parametrize("name", ["", "a.b.c", "a..b", ".a", "x" * 64, "a\0b"])
async def test_names_that_cannot_be_quoted(name) -> None:
    with pytest.raises(UserError):
        quoted(name)
    if "." not in name:
        with pytest.raises(UserError):
            quoted_column(name)


async def test_quoting() -> None:
    assert quoted('s"; DROP.t') == '"s""; DROP"."t"'
    assert quoted_column('a.b"') == '"a.b"""'


async def test_updating_needs_columns_to_compare(fails) -> None:
    await fails("node.param_invalid", PostgresInsert, table="t", rows=[], on_conflict="update")
