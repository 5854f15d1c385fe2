"""number.percentage."""

from __future__ import annotations

from studio.nodes.number.percentage import Percentage


async def test_examples(examples) -> None:
    await examples(Percentage)


async def test_negative_whole(run) -> None:
    assert await run(Percentage, part=-50, whole=-100) == {"percent": 50.0, "change": 50.0}
