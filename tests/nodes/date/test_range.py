"""date.range."""

from __future__ import annotations

from studio.nodes.date.range import Range


async def test_examples(examples) -> None:
    await examples(Range)


async def test_hours_over_a_clock_change(run) -> None:
    out = await run(
        Range, **{"from": "2026-03-29T01:00:00"}, to="2026-03-29T05:00:00", unit="hour", zone="Europe/Paris"
    )
    assert [text[11:16] for text in out["dates"]] == ["01:00", "03:00", "04:00"]


async def test_long_ranges(run) -> None:
    assert len((await run(Range, **{"from": "2000-01-01"}, to="2010-01-01"))["dates"]) == 3_653
