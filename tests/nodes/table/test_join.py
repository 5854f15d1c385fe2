"""table.join."""

from __future__ import annotations

import io

import polars as pl
import pytest

from studio.nodes.table.join import Join
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Join)


LEFT = [{"id": 3, "n": 1}, {"id": 1, "n": 2}, {"id": 1, "n": 3}, {"id": None, "n": 4}]
RIGHT = [{"id": 1, "n": 7}, {"id": 5, "n": 8}, {"id": None, "n": 9}]


@pytest.mark.parametrize(
    ("how", "rows"),
    [
        ("inner", [(1, 2, 7), (1, 3, 7)]), ("left", [(3, 1, None), (1, 2, 7), (1, 3, 7), (None, 4, None)]),
        ("right", [(2, 1, 7), (3, 1, 7), (None, 5, 8), (None, None, 9)]), ("semi", [(1, 2), (1, 3)]),
        ("anti", [(3, 1), (None, 4)]),
        ("full", [(3, 1, None), (1, 2, 7), (1, 3, 7), (None, 4, None), (5, None, 8), (None, None, 9)]),
    ],
)  # fmt: skip
async def test_which_rows_and_in_which_order(how, rows) -> None:
    with NodeTester(Join) as tester:
        result = await tester.run({"left": LEFT, "right": RIGHT, "on": "id", "how": how})
        frame = pl.read_ipc(io.BytesIO(tester.content(result.output["table"])))
    assert frame.rows() == rows


async def test_params_that_contradict(fails) -> None:
    await fails("node.param_invalid", Join, left=LEFT, right=RIGHT)
    await fails("node.param_invalid", Join, left=LEFT, right=RIGHT, on="id", left_on="id", right_on="id")
    await fails("node.param_invalid", Join, left=LEFT, right=RIGHT, left_on="id")
    await fails("node.param_invalid", Join, left=LEFT, right=RIGHT, on="id", how="cross")
    await fails("table.key_count", Join, left=LEFT, right=RIGHT, left_on=["id", "n"], right_on="id")


async def test_a_cross_join(run) -> None:
    assert (await run(Join, left=LEFT, right=RIGHT, how="cross"))["rows"] == 12
