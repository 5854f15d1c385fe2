"""text.truncate."""

from __future__ import annotations

from studio.nodes.text.truncate import Truncate


async def test_examples(examples) -> None:
    await examples(Truncate)


async def test_accents_and_emoji_are_kept_whole(run) -> None:
    assert (await run(Truncate, text="ae\u0301bc", length=3, words=False, ellipsis=""))["text"] == "ae\u0301"
    assert (await run(Truncate, text="ae\u0301bc", length=2, words=False, ellipsis=""))["text"] == "a"
    family = "👩\u200d👩\u200d👧"
    assert (await run(Truncate, text=f"a{family}b", length=4, words=False, ellipsis=""))["text"] == "a"


async def test_short_lengths(run) -> None:
    assert (await run(Truncate, text="abc", length=0))["text"] == ""
    assert (await run(Truncate, text="abcdef", length=2, ellipsis="..."))["text"] == "ab"
    assert (await run(Truncate, text="abc", length=3))["truncated"] is False


async def test_a_text_of_marks_only_ends(run) -> None:
    out = await run(Truncate, text="a" + "\u0301" * 5_000, length=100, ellipsis="", words=False)
    assert len(out["text"]) <= 100
