"""number.scale."""

from __future__ import annotations

from studio.nodes.number.scale import Scale


async def test_examples(examples) -> None:
    await examples(Scale)


async def test_backwards_and_outside(run) -> None:
    assert (await run(Scale, number=2, **{"from": [0, 10]}, to=[100, 0]))["number"] == 80.0
    assert (await run(Scale, number=20, **{"from": [0, 10]}))["number"] == 2.0
    assert (await run(Scale, number=-3, **{"from": [0, 10]}, clamp=True))["number"] == 0.0


async def test_the_largest_numbers(run, fails) -> None:
    assert (await run(Scale, number=0, **{"from": [-1.7e308, 1.7e308]}, to=[-1.7e308, 1.7e308]))["number"] == 0.0
    assert (await run(Scale, number=1e308, **{"from": [0, 5e-324]}, to=[0, 1], clamp=True))["number"] == 1.0
    error = await fails("number.out_of_range", Scale, number=-2, **{"from": [0, 5e-324]}, to=[0, 1e308])
    assert "-10^631" in error.message
