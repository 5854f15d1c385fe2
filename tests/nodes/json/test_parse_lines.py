"""json.parse_lines."""

from __future__ import annotations

from studio.i18n import render
from studio.nodes.json.parse_lines import ParseLines


async def test_examples(examples) -> None:
    await examples(ParseLines)


async def test_the_line_is_named(fails) -> None:
    assert (await fails("json.bad_line", ParseLines, text="1\n\n[1,")).message.startswith("Line 3: ")


async def test_many_lines(run) -> None:
    assert len((await run(ParseLines, text='{"é":1}\n' * 1_000))["items"]) == 1_000


async def test_a_byte_order_mark_is_no_data(run) -> None:
    assert (await run(ParseLines, text='\ufeff{"a": 1}\n2'))["items"] == [{"a": 1}, 2]


async def test_a_broken_line_is_told_in_every_language(fails) -> None:
    error = await fails("json.bad_line", ParseLines, text="1\n[1,\n")
    assert render(error, lang="fr").startswith("Ligne 2 : Ceci n'est pas du JSON")
