"""text.match."""

from __future__ import annotations

from studio.nodes.text.match import Match


async def test_examples(examples) -> None:
    await examples(Match)


async def test_groups_without_part_are_null(run) -> None:
    out = await run(Match, text="b", pattern="(?P<x>a)?b")
    assert out["groups"] == [None]
    assert out["named"] == {"x": None}


async def test_case_and_whole(run) -> None:
    assert (await run(Match, text="ÉTÉ", pattern="été", ignore_case=True, whole=True))["matched"]
    assert not (await run(Match, text="été\n", pattern="été", whole=True))["matched"]


async def test_positions_count_characters_not_bytes(run) -> None:
    assert (await run(Match, text="日本x", pattern="x"))["start"] == 2


async def test_back_references_are_refused(fails) -> None:
    error = await fails("text.bad_pattern", Match, text="aa", pattern=r"(a)\1")
    assert "back-references" in error.message
