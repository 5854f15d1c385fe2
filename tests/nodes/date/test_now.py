"""date.now."""

from __future__ import annotations

from studio.nodes.date.now import Now


async def test_examples(examples) -> None:
    await examples(Now)


async def test_the_workflow_zone_is_the_default(run) -> None:
    assert (await run(Now))["date"] == "2026-01-15T10:30:00+00:00"
    assert (await run(Now, zone="-03:30"))["date"] == "2026-01-15T07:00:00-03:30"
