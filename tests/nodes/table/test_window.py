"""table.window."""

from __future__ import annotations

import io

import polars as pl
import pytest

from studio.nodes.table.window import Window
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Window)


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        ({"function": "sum"}, [3, 4, 6]), ({"function": "mean"}, [3.0, 2.0, 2.0]), ({"function": "min"}, [3, 1, 1]),
        ({"function": "max"}, [3, 3, 3]), ({"function": "count"}, [1, 2, 3]), ({"function": "rank"}, [3, 1, 2]),
        ({"function": "row"}, [1, 2, 3]), ({"function": "shift", "steps": -1}, [1, 2, None]),
        ({"function": "difference"}, [None, -2, 1]), ({"function": "sum", "size": 2}, [3, 4, 3]),
        ({"function": "min", "size": 2}, [3, 1, 1]), ({"function": "max", "size": 2}, [3, 3, 2]),
    ],
)  # fmt: skip
async def test_functions(spec, values) -> None:
    with NodeTester(Window) as tester:
        result = await tester.run({"table": [{"n": 3}, {"n": 1}, {"n": 2}], "columns": {"v": {**spec, "column": "n"}}})
        frame = pl.read_ipc(io.BytesIO(tester.content(result.output["table"])))
    assert frame["v"].to_list() == values


async def test_an_order_of_its_own() -> None:
    with NodeTester(Window) as tester:
        rows = [{"g": 1, "t": 2, "n": 5}, {"g": 1, "t": 1, "n": 3}, {"g": 2, "t": 1, "n": 9}]
        columns = {"v": {"function": "sum", "column": "n"}}
        result = await tester.run({"table": rows, "columns": columns, "by": "g", "order_by": "t"})
        frame = pl.read_ipc(io.BytesIO(tester.content(result.output["table"])))
    assert frame["v"].to_list() == [8, 3, 9]
