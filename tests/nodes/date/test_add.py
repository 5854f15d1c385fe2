"""date.add."""

from __future__ import annotations

import pytest

from studio.nodes.date.add import Add


async def test_examples(examples) -> None:
    await examples(Add)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"date": "2024-02-29", "years": 1}, "2025-02-28"),
        ({"date": "2026-03-31", "months": -1}, "2026-02-28"),
        ({"date": "2026-12-31", "days": 1, "weeks": 1}, "2027-01-08"),
        ({"date": "2026-03-01", "hours": 36}, "2026-03-02T12:00:00+00:00"),
        ({"date": "2026-03-01", "hours": 24}, "2026-03-02"),
        ({"date": "2026-03-28T02:30:00", "days": 1, "zone": "Europe/Paris"}, "2026-03-29T03:30:00+02:00"),
        ({"date": "2026-03-29T01:30:00", "hours": 1, "zone": "Europe/Paris"}, "2026-03-29T03:30:00+02:00"),
        ({"date": "2026-10-25T02:30:00+02:00", "hours": 1, "zone": "Europe/Paris"}, "2026-10-25T02:30:00+01:00"),
        ({"date": "2026-01-01T00:00:00.5Z", "seconds": 0.25}, "2026-01-01T00:00:00.750000+00:00"),
    ],
)
async def test_reckoning(run, params, expected) -> None:
    assert (await run(Add, **params))["date"] == expected


@pytest.mark.parametrize("params", [{"years": 9000}, {"days": -(10**7)}, {"hours": 1e9}, {"months": -120_000}])
async def test_the_calendar_ends(fails, params) -> None:
    await fails("date.out_of_range", Add, date="2026-01-01", **params)


async def test_bounds(fails) -> None:
    await fails("node.param_invalid", Add, date="2026-01-01", seconds=float("inf"))
    await fails("node.param_invalid", Add, date="2026-01-01", days=1.5)
