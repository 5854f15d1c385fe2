"""text.slugify."""

from __future__ import annotations

from studio.nodes.text.slugify import Slugify


async def test_examples(examples) -> None:
    await examples(Slugify)


async def test_cut_at_a_word(run) -> None:
    assert (await run(Slugify, text="alpha beta gamma", max_length=12))["slug"] == "alpha-beta"
    assert (await run(Slugify, text="alphabet", max_length=5))["slug"] == "alpha"
    assert (await run(Slugify, text="a b", separator=""))["slug"] == "ab"
    assert (await run(Slugify, text="???"))["slug"] == ""
