"""list.difference."""

from __future__ import annotations

from studio.nodes.list.difference import Difference


async def test_examples(examples) -> None:
    await examples(Difference)


async def test_true_is_not_one(run) -> None:
    assert (await run(Difference, items=[1, True, None], other=[1.0]))["items"] == [True, None]
