"""date.business_days."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from studio.nodes.date.business_days import BusinessDays
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(BusinessDays)


@given(
    st.dates(), st.integers(0, 400), st.sets(st.integers(1, 7), max_size=6), st.lists(st.integers(0, 400), max_size=5)
)
async def test_against_counting(first, length, weekend, off) -> None:
    assume(first.year < 9990)
    last = first + timedelta(days=length)
    holidays = [(first + timedelta(days=place)).isoformat() for place in off]
    days = (first + timedelta(days=place) for place in range(length))
    expected = sum(day.isoweekday() not in weekend and day.isoformat() not in holidays for day in days)
    params = {"from": first.isoformat(), "to": last.isoformat(), "weekend": sorted(weekend), "holidays": holidays}
    with NodeTester(BusinessDays) as tester:
        assert (await tester.run(params)).output == {"days": expected}


async def test_repeated_weekend_days_count_once(run) -> None:
    assert (await run(BusinessDays, **{"from": "2026-02-02"}, to="2026-02-09", weekend=[6, 6, 7]))["days"] == 5


async def test_bounds(fails) -> None:
    params = {"from": "2026-01-01", "to": "2026-01-02"}
    await fails("node.param_invalid", BusinessDays, **params, weekend=[1, 2, 3, 4, 5, 6, 7])
    await fails("node.param_invalid", BusinessDays, **params, weekend=[0])
