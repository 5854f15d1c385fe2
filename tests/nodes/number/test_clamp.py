"""number.clamp."""

from __future__ import annotations

from studio.nodes.number.clamp import Clamp


async def test_examples(examples) -> None:
    await examples(Clamp)


async def test_bounds(run) -> None:
    assert await run(Clamp, number=-5, low=0) == {"number": 0, "clamped": True}
    assert await run(Clamp, number=5) == {"number": 5, "clamped": False}
