"""text.lines."""

from __future__ import annotations

from studio.nodes.text.lines import Lines


async def test_examples(examples) -> None:
    await examples(Lines)


async def test_no_lines_and_last_newline(run) -> None:
    assert await run(Lines, text="") == {"lines": [], "count": 0}
    assert (await run(Lines, text="a\n\n"))["lines"] == ["a", ""]


async def test_only_line_breaks_of_systems_count(run) -> None:
    assert (await run(Lines, text="a\u2028b\x0cc"))["count"] == 1


async def test_many_lines(run) -> None:
    assert (await run(Lines, text="x\n" * 250))["count"] == 250
