"""json.query."""

from __future__ import annotations

import pytest

from studio.nodes.json.query import Query


async def test_examples(examples) -> None:
    await examples(Query)


DATA = {
    "store": {"book": [{"t": "A", "p": 8}, {"t": "B", "p": 12, "tags": ["x"]}], "odd name": {"p": 1}, "a.b": 2},
    "p": 0,
}


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("$", [DATA]),
        ("", [DATA]),
        ("$.store.book[*].t", ["A", "B"]),
        ("store.book[-1].t", ["B"]),
        ("$.store.book[0:1].p", [8]),
        ("$.store.book[:].p", [8, 12]),
        ("$.store['odd name'].p", [1]),
        ('$.store["a.b"]', [2]),
        ("$..tags[*]", ["x"]),
        ("$..p", [0, 8, 12, 1]),
        ("$.store.*.p", [1]),
        ("$.store.book[9]", []),
        ("$.store.book.t", []),
        ("$.p.x", []),
    ],
)
async def test_paths(run, query, values) -> None:
    assert (await run(Query, data=DATA, query=query))["values"] == values


@pytest.mark.parametrize("query", ["$.", "$..", "$[", "$['a]", "$[?(1)]", "$.a[1,2]", "$ a b", "$.a" * 60])
async def test_what_is_no_path(fails, query) -> None:
    await fails("node.param_invalid", Query, data={}, query=query)


async def test_explosions_are_refused(monkeypatch, fails) -> None:
    monkeypatch.setattr("studio.nodes.json._query._STEPS", 5_000)
    nested: list = [0] * 5
    for _ in range(4):
        nested = [nested] * 5
    await fails("json.query_too_large", Query, data="{{ nested }}", query="$..*..*..*", scope={"nested": nested})
