"""list.first."""

from __future__ import annotations

from studio.nodes.list.first import First


async def test_examples(examples) -> None:
    await examples(First)


async def test_null_may_be_found(run) -> None:
    assert await run(First, items=[None]) == {"item": None, "index": 0}
    assert await run(First, items=[1, 2], where="{{ item > 9 }}") == {"item": None, "index": None}


async def test_later_items_are_not_looked_at(run) -> None:
    assert (await run(First, items=[1, {}], where="{{ item > 0 }}"))["item"] == 1


async def test_beyond_the_first_batch(run) -> None:
    assert (await run(First, items=list(range(3_000)), where="{{ item > 2_500 }}"))["index"] == 2_501
