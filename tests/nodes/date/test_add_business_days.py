"""date.add_business_days."""

from __future__ import annotations

from studio.nodes.date.add_business_days import AddBusinessDays


async def test_examples(examples) -> None:
    await examples(AddBusinessDays)


async def test_day_off_becomes_the_next_working_day(run) -> None:
    assert (await run(AddBusinessDays, date="2026-02-07", days=0))["date"] == "2026-02-09"
    assert (await run(AddBusinessDays, date="2026-02-06T08:00:00Z", days=1))["date"] == "2026-02-09T08:00:00+00:00"
    assert (await run(AddBusinessDays, date="2026-02-09", days=-1))["date"] == "2026-02-06"


async def test_the_calendar_ends(fails) -> None:
    await fails("date.out_of_range", AddBusinessDays, date="9999-12-30", days=100)
