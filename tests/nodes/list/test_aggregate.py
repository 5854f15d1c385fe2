"""list.aggregate."""

from __future__ import annotations

import pytest

from studio.nodes.list.aggregate import Aggregate


async def test_examples(examples) -> None:
    await examples(Aggregate)


ITEMS = [{"n": 3, "t": "b"}, {"n": None, "t": "a"}, {"n": 1, "t": "b"}]


@pytest.mark.parametrize(
    ("function", "field", "expected"),
    [
        ("sum", "n", 4),
        ("mean", "n", 2.0),
        ("median", "n", 2),
        ("stdev", "n", 2**0.5),
        ("min", "n", 1),
        ("max", "n", 3),
        ("count", "n", 2),
        ("count_unique", "t", 2),
        ("first", "n", 3),
        ("last", "t", "b"),
        ("list", "n", [3, None, 1]),
        ("unique", "t", ["b", "a"]),
        ("join", "t", "b, a, b"),
        ("min", "t", "a"),
        ("max", "t", "b"),
    ],
)
async def test_functions(run, function, field, expected) -> None:
    out = await run(Aggregate, items=ITEMS, values={"x": field}, functions={"x": function})
    assert out["result"]["x"] == (pytest.approx(expected) if isinstance(expected, float) else expected)


@pytest.mark.parametrize(
    ("function", "expected"),
    [("sum", 0), ("count", 0), ("count_unique", 0), ("list", []), ("unique", []), ("join", ""), ("mean", None)],
)
async def test_of_nothing(run, function, expected) -> None:
    out = await run(Aggregate, items=[], values={"x": "n"}, functions={"x": function})
    assert out["result"]["x"] == expected
    rest = await run(Aggregate, items=[], values={"x": "n"}, functions={"x": "first"})
    assert rest["result"]["x"] is None


async def test_refusals(fails) -> None:
    await fails("node.param_invalid", Aggregate, items=[], values={"x": "n"}, functions={"y": "sum"})
    await fails("node.param_invalid", Aggregate, items=[], values={"x": "n"}, functions={"x": "product"})
    await fails("list.not_a_text", Aggregate, items=[{"n": 1}], values={"x": "n"}, functions={"x": "join"})
    await fails("list.not_a_number", Aggregate, items=[{"n": 1}, {"n": "a"}], values={"x": "n"}, functions={"x": "max"})
