"""text.pad."""

from __future__ import annotations

from studio.nodes.text.pad import Pad


async def test_examples(examples) -> None:
    await examples(Pad)


async def test_long_fill_and_long_text(run) -> None:
    assert (await run(Pad, text="x", length=6, fill="ab"))["text"] == "ababax"
    assert (await run(Pad, text="long", length=2))["text"] == "long"
    assert (await run(Pad, text="x", length=4, side="end", fill="é"))["text"] == "xééé"


async def test_length_is_bounded(fails) -> None:
    await fails("node.param_invalid", Pad, text="x", length=10**9)
