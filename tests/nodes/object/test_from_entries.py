"""object.from_entries."""

from __future__ import annotations

from studio.nodes.object.from_entries import FromEntries


async def test_examples(examples) -> None:
    await examples(FromEntries)


async def test_the_last_wins_and_truth_is_no_name(run, fails) -> None:
    items = [{"k": "a", "v": 1}, {"k": "a", "v": 2}]
    out = await run(FromEntries, items=items, key="{{ item.k }}", value="{{ item.v }}")
    assert out["object"] == {"a": 2}
    await fails("object.key_not_text", FromEntries, items=[True], key="{{ item }}", value=1)


async def test_many(run) -> None:
    assert len((await run(FromEntries, items=list(range(3_000)), key="{{ item }}", value=None))["object"]) == 3_000
