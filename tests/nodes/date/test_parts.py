"""date.parts."""

from __future__ import annotations

from studio.nodes.date.parts import Parts


async def test_examples(examples) -> None:
    await examples(Parts)


async def test_quarters_and_days(run) -> None:
    out = await run(Parts, date="2026-12-31", locale="ar")
    assert (out["quarter"], out["day_of_year"], out["days_in_month"]) == (4, 365, 31)
    assert out["weekday_name"] == "الخميس"
