"""date.difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from studio.nodes.date.add import Add
from studio.nodes.date.difference import Difference
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Difference)


@given(st.datetimes(), st.datetimes())
async def test_parts_add_up(first, second) -> None:
    early, late = sorted((first, second))
    with NodeTester(Difference) as tester:
        out = (await tester.run({"from": early.isoformat(), "to": late.isoformat()})).output
    with NodeTester(Add) as tester:
        parts = {name: out[name] for name in ("years", "months", "days")}
        reached = (await tester.run({"date": early.isoformat(), **parts})).output["date"]
    gap = late.replace(tzinfo=UTC) - datetime.fromisoformat(reached).astimezone(UTC)
    assert timedelta() <= gap < timedelta(days=1)
    assert 0 <= out["months"] < 12


async def test_a_day_of_23_hours(run) -> None:
    out = await run(Difference, **{"from": "2026-03-29"}, to="2026-03-30", zone="Europe/Paris")
    assert (out["days"], out["hours"]) == (1, 23.0)


async def test_at_the_ends_of_the_calendar(fails) -> None:
    given = {"from": "2026-01-01", "to": "9999-12-31T23:59:59-12:00"}
    await fails("date.out_of_range", Difference, **given)
