"""number.round."""

from __future__ import annotations

import pytest

from studio.nodes.number.round import Round


async def test_examples(examples) -> None:
    await examples(Round)


@pytest.mark.parametrize(
    ("number", "decimals", "mode", "expected"),
    [
        (0.5, 0, "half_up", 1),
        (-0.5, 0, "half_up", -1),
        (1.5, 0, "half_even", 2),
        (0.5, 0, "half_down", 0),
        (1.1, 0, "up", 2),
        (-1.9, 0, "down", -1),
        (-1.1, 0, "ceiling", -1),
        (-1.1, 0, "floor", -2),
        (1.005, 2, "half_up", 1.01),
        (1e300, 2, "half_up", 1e300),
        (5e-324, 18, "up", 1e-18),
        (15, -1, "half_even", 20),
        (2**62, 3, "half_up", 2**62),
        (4, -18, "half_up", 0),
    ],
)
async def test_modes(run, number, decimals, mode, expected) -> None:
    assert (await run(Round, number=number, decimals=decimals, mode=mode))["number"] == expected


async def test_what_is_no_number(fails) -> None:
    await fails("node.param_invalid", Round, number=True)
    await fails("node.param_invalid", Round, number=float("inf"))


async def test_beyond_64_bits_it_is_no_whole_number(run) -> None:
    assert (await run(Round, number=2**63 - 1, decimals=-18, mode="up"))["number"] == 1e19
