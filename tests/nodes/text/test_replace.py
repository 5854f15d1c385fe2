"""text.replace."""

from __future__ import annotations

from studio.nodes.text.replace import Replace


async def test_examples(examples) -> None:
    await examples(Replace)


async def test_special_characters_are_literal_in_any_case(run) -> None:
    out = await run(Replace, text="a.b A.B", search="A.B", replacement=r"\\1", ignore_case=True)
    assert out == {"text": r"\\1 \\1", "count": 2}


async def test_growth_is_bounded_before_it_happens(fails) -> None:
    await fails("text.too_long", Replace, text="a" * 10_000, search="a", replacement="b" * 10_000)
    await fails("text.too_long", Replace, text="a" * 10_000, search="A", replacement="b" * 10_000, ignore_case=True)


async def test_replacement_is_not_searched_again(run) -> None:
    assert (await run(Replace, text="aa", search="a", replacement="aa"))["text"] == "aaaa"
