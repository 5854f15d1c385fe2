"""table.group."""

from __future__ import annotations

import io

import polars as pl
import pytest

from studio.nodes.table.group import Group
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Group)


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("count()", 4), ("count(n)", 3), ("sum(n)", 6), ("mean(n)", 2.0), ("median(n)", 1.0), ("min(n)", 1),
        ("max(n)", 4),
        ("first(n)", 1), ("last(n)", 4), ("unique(n)", 2), ("nulls(n)", 1), ("list(n)", [1, 1, None, 4]),
        ({"function": "std", "column": "n"}, 3**0.5), (" var( n ) ", 3.0),
    ],
)  # fmt: skip
async def test_functions(aggregate, value) -> None:
    rows = [{"g": 1, "n": 1}, {"g": 1, "n": 1}, {"g": 1, "n": None}, {"g": 1, "n": 4}]
    with NodeTester(Group) as tester:
        result = await tester.run({"table": rows, "by": "g", "aggregates": {"v": aggregate}})
        assert result.error is None
        frame = pl.read_ipc(io.BytesIO(tester.content(result.output["table"])))
    assert frame["v"].to_list()[0] == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize("aggregate", ["sum", "sum()", "evil(n)", "sum(n", 5])
async def test_what_is_no_aggregate(fails, aggregate) -> None:
    await fails("node.param_invalid", Group, table=[{"n": 1}], by="n", aggregates={"v": aggregate})


async def test_no_aggregates_gives_the_groups(run) -> None:
    assert (await run(Group, table=[{"n": 1}, {"n": 1}], by="n"))["rows"] == 1
