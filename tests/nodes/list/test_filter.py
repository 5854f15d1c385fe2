"""list.filter."""

from __future__ import annotations

import pytest

from studio.nodes.list.filter import Filter


async def test_examples(examples) -> None:
    await examples(Filter)


@pytest.mark.parametrize("where", ["{{ item }}", "{{ null }}", "{{ [item] }}"])
async def test_the_condition_must_be_a_truth_value(fails, where) -> None:
    error = await fails("list.not_a_condition", Filter, items=[True, 1], where=where)
    assert "item" in error.message


async def test_a_constant_condition(run) -> None:
    assert (await run(Filter, items=[1, 2], where=True))["items"] == [1, 2]
    assert (await run(Filter, items=[1, 2], where=False))["items"] == []


async def test_many_items_let_others_run(run) -> None:
    assert len((await run(Filter, items=list(range(5_000)), where="{{ item % 2 == 0 }}"))["items"]) == 2_500


async def test_what_is_no_list(fails) -> None:
    await fails("node.param_invalid", Filter, items="abc", where=True)
    await fails("node.param_invalid", Filter, items={"a": 1}, where=True)
