"""list.intersect."""

from __future__ import annotations

from studio.nodes.list.intersect import Intersect


async def test_examples(examples) -> None:
    await examples(Intersect)


async def test_true_is_not_one(run) -> None:
    assert (await run(Intersect, items=[1, True], other=[1.0]))["items"] == [1]
