"""number.random."""

from __future__ import annotations

from studio.nodes.number.random import Random


async def test_examples(examples) -> None:
    await examples(Random)


async def test_bounds_and_seeds(run) -> None:
    drawn = {(await run(Random, low=1, high=3, seed=n))["number"] for n in range(60)}
    assert drawn == {1, 2, 3}
    one = (await run(Random, low=0, high=1.5))["number"]
    assert one == (await run(Random, low=0, high=1.5))["number"]
    assert 0 <= one <= 1.5
