"""http.graphql."""

from __future__ import annotations

import pytest

from studio.nodes.http.graphql import Graphql
from studio.sdk import Effect
from studio.testing import LoopbackServer, NodeTester


async def test_examples(examples) -> None:
    await examples(Graphql)


@pytest.mark.parametrize(
    ("query", "header", "effect"),
    [
        ("{ a }", None, Effect.READ), ("query Q { a }", None, Effect.READ),
        ("mutation { a }", None, Effect.IRREVERSIBLE),
        ("mutation M($a: Int) { a }", "Key", Effect.KEYED),
        ("query A { x } mutation B { y }", None, Effect.IRREVERSIBLE),
        ("# mutation { x }\n{ a }", None, Effect.READ), ('{ a(x: "mutation { y }") }', None, Effect.READ),
        ('{ a(x: """ " mutation { y } """) }', None, Effect.READ), ("{ mutation }", None, Effect.READ),
        ("query mutation { a }", None, Effect.IRREVERSIBLE),
    ],
)  # fmt: skip
def test_only_mutations_change_something(query, header, effect) -> None:
    input = Graphql.input_model.model_validate({"url": "x", "query": query, "idempotency_header": header})
    assert Graphql().effect_of(input) is effect


async def test_answers(run) -> None:
    both = '{"data": {"a": 1}, "errors": [{"message": "partly"}]}'
    async with LoopbackServer({"/g": [(200, {}, both), (200, {}, "[]"), (401, {}, "")]}) as server:
        with NodeTester(Graphql) as tester:
            params = {
                "url": server.url + "/g",
                "query": "mutation { a }",
                "operation_name": "M",
                "idempotency_header": "Key",
            }
            allow = [f"127.0.0.1:{server.port}"]
            partly = await tester.run({**params, "fail_on_errors": False}, allow_hosts=allow)
            odd = await tester.run(params, allow_hosts=allow)
            refused = await tester.run(params, allow_hosts=allow)
        sent = server.requests[0]
    assert partly.output == {"data": {"a": 1}, "errors": [{"message": "partly"}]}
    assert (sent.json(), sent.headers["key"]) == ({"query": "mutation { a }", "operationName": "M"}, "example-key")
    assert odd.error.code == "http.graphql_error"
    assert refused.error.code == "http.not_authorized"
