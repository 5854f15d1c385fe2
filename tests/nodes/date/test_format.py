"""date.format."""

from __future__ import annotations

from studio.nodes.date.format import Format


async def test_examples(examples) -> None:
    await examples(Format)


async def test_lengths_and_quotes(run) -> None:
    moment = "2026-02-03T08:05:00+01:00"
    assert (await run(Format, date=moment, pattern="full", locale="ar"))["text"]
    assert (await run(Format, date=moment, pattern="HH'h'mm"))["text"] == "08h05"
    assert (await run(Format, date="2026-02-03", pattern="long", locale="ja"))["text"] == "2026年2月3日"


async def test_refusals(fails) -> None:
    await fails("date.unknown_locale", Format, date="2026-01-01", locale="")
    await fails("node.param_invalid", Format, date="2026-01-01", zone="")
    await fails("date.bad_format", Format, date="2026-01-01", pattern="aaaaaa")
    await fails("date.bad_format", Format, date="2026-01-01", pattern="ggg")
