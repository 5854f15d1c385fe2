"""sql.postgres_query."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.errors import AccessRefused, AuthenticationFailed, NodeTimeout
from studio.net import _policy
from studio.nodes.sql.postgres_query import PostgresQuery
from studio.testing import NodeTester


@pytest.mark.usefixtures("postgres_of_examples")
async def test_examples(examples) -> None:
    await examples(PostgresQuery)


U = "886313e1-3b8a-5372-9b90-0c9aee199e5d"


async def ask(server, allow, query, *params, **more):
    with NodeTester(PostgresQuery) as tester:
        return await tester.run({"query": query, "params": list(params), "server": server, **more}, allow_hosts=allow)


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        ("int4", 7, 7), ("int8", 7.0, 7), ("float8", 1, 1.0), ("float8", 0.1, 0.1), ("numeric", "1.20", "1.20"),
        ("numeric", 2, "2"),
        ("text", "x'; --", "x'; --"), ("bool", True, True), ("date", "2026-01-02", "2026-01-02"), ("uuid", U, U),
        ("timestamp", "2026-01-02T03:04:05", "2026-01-02T03:04:05"), ("time", "03:04:05", "03:04:05"),
        ("interval", 90, 90.0),
        ("timestamptz", "2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05+00:00"), ("bytea", "/w==", "/w=="),
        ("jsonb", {"a": [1, None, "é"]}, {"a": [1, None, "é"]}), ("json", "x", "x"), ("int4[]", [1, None], [1, None]),
        ("text[]", ["é"], ["é"]), ("date[]", ["2026-01-02"], ["2026-01-02"]), ("inet", "10.0.0.1", "10.0.0.1"),
        ("int4", None, None),
    ],
)  # fmt: skip
async def test_values_there_and_back(server, allow, kind, given, found) -> None:
    result = await ask(server, allow, f"SELECT $1::{kind} AS v", given)
    assert result.error is None, result.error.message
    assert result.output["items"] == [{"v": found}]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("int4", "x"), ("int4", 1.5), ("int4", True), ("bool", 1), ("text", 1), ("date", "soon"),
        ("timestamptz", "2026-01-02"),
        ("timestamp", "2026-01-02T00:00:00Z"), ("interval", "1 day"), ("bytea", "*"), ("numeric", "x"),
        ("int4[]", 1), ("float8", True),
    ],
)  # fmt: skip
async def test_values_that_do_not_fit(server, allow, kind, given) -> None:
    result = await ask(server, allow, f"SELECT $1::{kind} AS v", given)
    assert result.error.code == "sql.parameter_type"
    assert "$1" in result.error.message


async def test_odd_results(server, allow) -> None:
    query = "SELECT 1 AS a, 2 AS a, 'NaN'::float8 AS n, ROW(1, 'x') AS r, int4range(1, 5) AS g, NULL::jsonb AS j"
    result = await ask(server, allow, query)
    assert result.output["columns"] == ["a", "a_2", "n", "r", "g", "j"]
    row = result.output["items"][0]
    assert (row["n"], row["j"], row["a_2"]) == (None, None, 2)
    many = await ask(server, allow, "SELECT n FROM generate_series(1, 3000) n")
    assert many.output["count"] == 3000
    assert many.output["items"][2999] == {"n": 3000}
    none = await ask(server, allow, "SELECT 1 AS a WHERE false")
    assert none.output == {"items": [], "columns": ["a"], "count": 0}


@pytest.mark.parametrize(
    "query",
    [
        "CREATE TABLE q (a int)", "SELECT 1; SELECT 2", "COMMIT",
        "SELECT set_config('transaction_read_only', 'off', false)",
        "SELECT nope", "SELECT 1/0", "", "COPY (SELECT 1) TO '/tmp/studio-q'",
        "DO $$ BEGIN CREATE TABLE q (a int); END $$",
    ],
)  # fmt: skip
async def test_nothing_can_be_changed(server, allow, query) -> None:
    result = await ask(server, allow, query or " ")
    assert result.error is not None or result.output["items"] == [{"set_config": "off"}]
    assert not Path("/tmp/studio-q").exists()
    gone = await ask(server, allow, "SELECT to_regclass('q') AS q")
    assert gone.output["items"] == [{"q": None}]


async def test_bounds(server, allow) -> None:
    slow = await ask(server, allow, "SELECT pg_sleep(30)", timeout=0.3)
    rows = await ask(server, allow, "SELECT generate_series(1, 11)", max_rows=10)
    count = await ask(server, allow, "SELECT $1::int", 1, 2)
    assert type(slow.error) is NodeTimeout
    assert rows.error.code == "sql.too_many_rows"
    assert count.error.code == "sql.parameter_count"


async def test_servers_that_do_not_answer_as_wished(server, allow) -> None:
    closed = await ask({**server, "port": 1}, ["127.0.0.1:1"], "SELECT 1")
    assert closed.error.code == "sql.connection"
    assert not closed.error.in_doubt
    refused = await ask(server, [], "SELECT 1")
    assert type(refused.error) is AccessRefused
    unknown = await ask({**server, "database": "nope"}, allow, "SELECT 1")
    assert unknown.error.code == "sql.postgres"
    user = await ask({**server, "user": "nobody"}, allow, "SELECT 1")
    assert type(user.error) is AuthenticationFailed
    encrypted = await ask({**server, "tls": "verify"}, allow, "SELECT 1")
    assert encrypted.error is not None


async def test_a_credential_names_the_server(server, allow) -> None:
    with NodeTester(PostgresQuery) as tester:
        params = {"query": "SELECT 1 AS a"}
        by_credential = await tester.run(params, credential=server, allow_hosts=allow)
        both = await tester.run({**params, "server": server}, credential=server, allow_hosts=allow)
    assert by_credential.output["items"] == [{"a": 1}]
    assert both.error.code == "sql.two_servers"


@pytest.mark.parametrize(
    ("written", "reached"),
    [
        ("127.0.0.0/8", True), ("127.0.0.0/8:{port}", True), ("127.0.0.0/8:1", False), ("127.0.0.1:{port}", True),
        ("localhost:{port}", False), ("10.0.0.0/8", False), ("[::1]:{port}", False),
    ],
)  # fmt: skip
async def test_what_may_be_dialled(server, written, reached) -> None:
    result = await ask(server, [written.format(port=server["port"])], "SELECT 1 AS one")
    assert (result.error is None) == reached
    if not reached:
        assert (result.error.code, "--allow-host" in result.error.message) == ("net.refused", True)


async def test_a_name_with_an_address_that_nothing_listens_on(server, monkeypatch) -> None:
    """As ``localhost`` has where it stands for ::1 too."""

    async def both(host: str, port: int) -> list[str]:
        return ["127.0.0.9", "::1", "127.0.0.1"]

    monkeypatch.setattr(_policy, "system_resolver", both)
    named = {**server, "host": "db.internal"}
    result = await ask(named, [f"db.internal:{server['port']}"], "SELECT 1 AS one")
    assert (result.error, result.output["items"]) == (None, [{"one": 1}])
    one_refused = await ask(named, ["127.0.0.0/8"], "SELECT 1 AS one")
    assert one_refused.error.code == "net.refused"
