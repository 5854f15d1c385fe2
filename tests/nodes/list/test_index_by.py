"""list.index_by."""

from __future__ import annotations

from studio.nodes.list.index_by import IndexBy


async def test_examples(examples) -> None:
    await examples(IndexBy)


async def test_the_first_wins(run) -> None:
    items = [{"k": "a", "v": 1}, {"k": "a", "v": 2}]
    assert (await run(IndexBy, items=items, by="k", on_duplicate="first"))["index"]["a"]["v"] == 1


async def test_truth_is_no_key(fails) -> None:
    await fails("list.key_not_text", IndexBy, items=[True], by="{{ item }}")
    await fails("list.duplicate_key", IndexBy, items=[1, "1"], by="{{ item }}")
