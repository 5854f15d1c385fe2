"""text.join."""

from __future__ import annotations

from studio.nodes.text.join import Join


async def test_examples(examples) -> None:
    await examples(Join)


async def test_edges(run) -> None:
    assert (await run(Join, items=[]))["text"] == ""
    assert (await run(Join, items=["a"], last_separator=" und "))["text"] == "a"
    assert (await run(Join, items=["a", "b"], last_separator=" und "))["text"] == "a und b"


async def test_refusals_name_the_item(fails) -> None:
    error = await fails("text.not_a_text", Join, items=["a", None])
    assert "Item 1" in error.message
    assert "null" in error.message
    await fails("text.not_a_text", Join, items=[True])


async def test_length_is_bounded(fails) -> None:
    await fails("text.too_long", Join, items=["x" * 9_999] * 5_000, separator="y" * 9_999)
