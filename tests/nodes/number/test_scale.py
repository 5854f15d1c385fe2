"""number.scale."""

from __future__ import annotations

from studio.nodes.number.scale import Scale


async def test_examples(examples) -> None:
    await examples(Scale)


async def test_backwards_and_outside(run) -> None:
    assert (await run(Scale, number=2, **{"from": [0, 10]}, to=[100, 0]))["number"] == 80.0
    assert (await run(Scale, number=20, **{"from": [0, 10]}))["number"] == 2.0
    assert (await run(Scale, number=-3, **{"from": [0, 10]}, clamp=True))["number"] == 0.0
