"""list.sum."""

from __future__ import annotations

from studio.nodes.list.sum import Sum


async def test_examples(examples) -> None:
    await examples(Sum)


async def test_whole_numbers_are_exact(run) -> None:
    assert (await run(Sum, items=[2**60, 1, -1]))["sum"] == 2**60
    assert isinstance((await run(Sum, items=[1, 2]))["sum"], int)
    assert (await run(Sum, items=[1e16, 1, -1e16]))["sum"] == 1.0


async def test_truth_is_no_number(fails) -> None:
    error = await fails("list.not_a_number", Sum, items=[True])
    assert "true" in error.message


async def test_what_cannot_be_added_up(run, fails) -> None:
    await fails("list.too_large", Sum, items=[1e308, 1e308])
    assert (await run(Sum, items=[1e308, -1e308]))["sum"] == 0
