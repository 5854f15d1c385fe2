"""text.replace_pattern."""

from __future__ import annotations

from studio.nodes.text.replace_pattern import ReplacePattern


async def test_examples(examples) -> None:
    await examples(ReplacePattern)


async def test_groups_and_backslashes(run) -> None:
    out = await run(ReplacePattern, text="k=v", pattern=r"(?P<k>\w)=(\w)?", replacement=r"\g<k>\\\2")
    assert out["text"] == "k\\v"
    assert (await run(ReplacePattern, text="a", pattern="(b)?a", replacement=r"[\1]"))["text"] == "[]"


async def test_empty_matches(run) -> None:
    assert (await run(ReplacePattern, text="ab", pattern="x*", replacement="-"))["text"] == "-a-b-"


async def test_patterns_that_run_away_elsewhere_are_linear(run) -> None:
    assert (await run(ReplacePattern, text="a" * 50_000, pattern="(a+)+$", replacement="b"))["text"] == "b"


async def test_growth_is_bounded(fails) -> None:
    await fails("text.too_long", ReplacePattern, text="a" * 1_000, pattern="a", replacement="b" * 99_000)


async def test_unknown_named_group(fails) -> None:
    await fails("text.no_group", ReplacePattern, text="a", pattern="(?P<x>a)", replacement=r"\g<y>")
