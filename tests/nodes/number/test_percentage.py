"""number.percentage."""

from __future__ import annotations

from studio.nodes.number.percentage import Percentage


async def test_examples(examples) -> None:
    await examples(Percentage)


async def test_negative_whole(run) -> None:
    assert await run(Percentage, part=-50, whole=-100) == {"percent": 50.0, "change": 50.0}


async def test_the_largest_numbers(run, fails) -> None:
    assert await run(Percentage, part=1.7e308, whole=1.7e308) == {"percent": 100.0, "change": 0.0}
    assert await run(Percentage, part=-1.7e308, whole=1.7e308) == {"percent": -100.0, "change": -200.0}
    await fails("number.out_of_range", Percentage, part=1e308, whole=1)
    await fails("number.out_of_range", Percentage, part=1, whole=5e-324)
