"""list.explode."""

from __future__ import annotations

from studio.nodes.list.explode import Explode


async def test_examples(examples) -> None:
    await examples(Explode)


async def test_missing_field_counts_as_empty(run) -> None:
    assert (await run(Explode, items=[{"a": 1}], field="tags"))["items"] == []


async def test_items_must_be_objects(fails) -> None:
    error = await fails("list.not_a_list_field", Explode, items=[{"t": []}, 5], field="t")
    assert "Item 1" in error.message


async def test_entries_keep_their_kind(run) -> None:
    assert (await run(Explode, items=[{"t": [None, [1]]}], field="t"))["items"] == [{"t": None}, {"t": [1]}]
