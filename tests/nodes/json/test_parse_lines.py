"""json.parse_lines."""

from __future__ import annotations

from studio.nodes.json.parse_lines import ParseLines


async def test_examples(examples) -> None:
    await examples(ParseLines)


async def test_the_line_is_named(fails) -> None:
    assert (await fails("json.bad_line", ParseLines, text="1\n\n[1,")).message.startswith("Line 3: ")


async def test_many_lines(run) -> None:
    assert len((await run(ParseLines, text='{"é":1}\n' * 1_000))["items"]) == 1_000
