"""table.join."""

from __future__ import annotations

import io

import polars as pl
import pytest

from studio.nodes.table.join import Join, join
from studio.sdk import UserError
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


def frames(left: dict[str, int], right: dict[str, int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two frames whose column ``id`` holds each key so many times."""
    return tuple(
        pl.concat([pl.Series("id", [key]).new_from_index(0, count) for key, count in keys.items()]).to_frame()
        for keys in (left, right)
    )


BOMBS = [({"a": 300_000}, {"a": 300_000}), ({"a": 10**6, "b": 1}, {"a": 200_000, "c": 5})]
FITTING = [({"a": 10**6, "b": 1}, {"c": 200_000, "b": 5}), ({"a": 10**6}, {"a": 1, "c": 200_000}), ({"a": 10**6}, {})]


@pytest.mark.parametrize(("left", "right"), BOMBS)
@pytest.mark.parametrize("how", ["inner", "left", "right", "full"])
def test_a_join_that_would_take_all_memory_is_refused_before_it_is_made(left, right, how) -> None:
    given = Join.Input.model_construct(on=["id"], left_on=None, right_on=None, how=how, suffix="_right")
    with pytest.raises(UserError, match="MB fit on this machine") as caught:
        join(*frames(left, right), given)
    assert caught.value.arguments["rows"] == left["a"] * right["a"]


def test_a_cross_join_that_would_take_all_memory_is_refused() -> None:
    given = Join.Input.model_construct(on=None, left_on=None, right_on=None, how="cross", suffix="_right")
    with pytest.raises(UserError, match="90000000000 rows"):
        join(*frames({"a": 300_000}, {"b": 300_000}), given)


@pytest.mark.parametrize(("left", "right"), FITTING)
def test_large_tables_that_rarely_match_are_joined(left, right) -> None:
    given = Join.Input.model_construct(on=["id"], left_on=None, right_on=None, how="inner", suffix="_right")
    two = frames(left, right or {"x": 1})
    assert join(*two, given).height == sum(count * right.get(key, 0) for key, count in left.items())
