"""text.split."""

from __future__ import annotations

from studio.nodes.text.split import Split


async def test_examples(examples) -> None:
    await examples(Split)


async def test_empty_text(run) -> None:
    assert (await run(Split, text=""))["parts"] == []
    assert (await run(Split, text="", separator=","))["parts"] == [""]


async def test_an_empty_separator_is_refused(fails) -> None:
    await fails("node.param_invalid", Split, text="abc", separator="")
