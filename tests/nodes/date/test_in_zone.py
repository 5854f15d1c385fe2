"""date.in_zone."""

from __future__ import annotations

from studio.nodes.date.in_zone import InZone


async def test_examples(examples) -> None:
    await examples(InZone)


async def test_days_are_in_the_workflow_zone(run) -> None:
    assert (await run(InZone, date="2026-01-01", zone="Asia/Tokyo"))["date"] == "2026-01-01T09:00:00+09:00"


async def test_edges_of_the_calendar(fails) -> None:
    await fails("date.out_of_range", InZone, date="0001-01-01T00:00:00Z", zone="America/New_York")
    await fails("date.not_a_date", InZone, date="2026-01-01T25:00:00Z", zone="UTC")
