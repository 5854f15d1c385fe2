"""text.extract."""

from __future__ import annotations

from studio.nodes.text.extract import Extract


async def test_examples(examples) -> None:
    await examples(Extract)


async def test_groups(run) -> None:
    text = "a=1, b=2"
    assert (await run(Extract, text=text, pattern=r"(?P<k>\w)=(\d)", group="k"))["matches"] == ["a", "b"]
    assert (await run(Extract, text=text, pattern=r"(\w)=(\d)", group=2))["matches"] == ["1", "2"]
    assert (await run(Extract, text=text, pattern=r"(\w)=(\d)", group=0))["first"] == "a=1"


async def test_limit_and_long_texts(run) -> None:
    assert (await run(Extract, text="a" * 5_000, pattern="a", limit=3))["matches"] == ["a"] * 3
    assert len((await run(Extract, text="é" * 3_000, pattern="é"))["matches"]) == 3_000


async def test_hostile_patterns(run, fails) -> None:
    assert (await run(Extract, text="a" * 30_000 + "!", pattern="(a*)*b"))["matches"] == []
    await fails("text.bad_pattern", Extract, text="a", pattern="((((a{1,1000}){1,1000}){1,1000}){1,1000})")
    await fails("text.bad_pattern", Extract, text="a", pattern="(?<=a)b")
    await fails("text.no_group", Extract, text="a", pattern="(a)", group=-1)
