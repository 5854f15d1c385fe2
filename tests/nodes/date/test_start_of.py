"""date.start_of."""

from __future__ import annotations

import pytest

from studio.nodes.date.start_of import StartOf


async def test_examples(examples) -> None:
    await examples(StartOf)


@pytest.mark.parametrize(
    ("unit", "start", "following"),
    [
        ("second", "2026-05-17T13:45:30+00:00", "2026-05-17T13:45:31+00:00"),
        ("minute", "2026-05-17T13:45:00+00:00", "2026-05-17T13:46:00+00:00"),
        ("hour", "2026-05-17T13:00:00+00:00", "2026-05-17T14:00:00+00:00"),
        ("day", "2026-05-17T00:00:00+00:00", "2026-05-18T00:00:00+00:00"),
        ("week", "2026-05-11T00:00:00+00:00", "2026-05-18T00:00:00+00:00"),
        ("month", "2026-05-01T00:00:00+00:00", "2026-06-01T00:00:00+00:00"),
        ("quarter", "2026-04-01T00:00:00+00:00", "2026-07-01T00:00:00+00:00"),
        ("year", "2026-01-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"),
    ],
)
async def test_units(run, unit, start, following) -> None:
    assert await run(StartOf, date="2026-05-17T13:45:30.5Z", unit=unit) == {"start": start, "next": following}


async def test_edges(run, fails) -> None:
    assert (await run(StartOf, date="2026-02-14", unit="week", week_start="saturday"))["start"] == "2026-02-14"
    await fails("node.param_invalid", StartOf, date="2026-02-14", unit="fortnight")
    await fails("date.out_of_range", StartOf, date="9999-12-31", unit="year")
    await fails("date.out_of_range", StartOf, date="0001-01-01", unit="week", week_start="sunday")
