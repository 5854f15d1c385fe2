"""number.statistics."""

from __future__ import annotations

import statistics

import pytest

from studio.nodes.number.statistics import Statistics


async def test_examples(examples) -> None:
    await examples(Statistics)


async def test_against_the_library(run) -> None:
    numbers = [((n * 37) % 101) / 7 for n in range(2_500)]
    out = await run(Statistics, items=numbers)
    assert out["mean"] == pytest.approx(statistics.fmean(numbers))
    assert out["stdev"] == pytest.approx(statistics.stdev(numbers))
    assert out["median"] == pytest.approx(statistics.median(numbers))
    quartiles = statistics.quantiles(numbers, n=4, method="inclusive")
    assert [out["quartile_1"], out["quartile_3"]] == pytest.approx([quartiles[0], quartiles[2]])


async def test_one_number(run) -> None:
    out = await run(Statistics, items=[7])
    assert (out["stdev"], out["quartile_1"], out["lowest"]) == (None, 7.0, 7)


async def test_truth_is_no_number(fails) -> None:
    await fails("number.item_not_a_number", Statistics, items=[1, True])


async def test_very_large_and_very_small_numbers(run, fails) -> None:
    await fails("number.too_large", Statistics, items=[1e308, 1e308])
    assert (await run(Statistics, items=[1e300, -1e300]))["stdev"] == pytest.approx(2**0.5 * 1e300)
    assert (await run(Statistics, items=[1e-300, -1e-300]))["stdev"] == pytest.approx(2**0.5 * 1e-300)
    assert (await run(Statistics, items=[5, 5, 5.0]))["stdev"] == 0


async def test_the_largest_numbers(run, fails) -> None:
    far = await run(Statistics, items=[1.5e308, -1.5e308, 0])
    assert (far["median"], far["quartile_1"], far["stdev"]) == (0.0, -0.75e308, 1.5e308)
    await fails("number.too_large", Statistics, items=[2**63 - 1, 1])
    await fails("number.too_large", Statistics, items=[1.7e308, 1.7e308])
    await fails("number.too_far_apart", Statistics, items=[1.7e308, -1.7e308])
    await fails("number.too_far_apart", Statistics, items=[1.7e308, -1.7e308, -1.7e308])
