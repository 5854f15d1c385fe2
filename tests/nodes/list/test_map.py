"""list.map."""

from __future__ import annotations

from studio.nodes.list.map import Map


async def test_examples(examples) -> None:
    await examples(Map)


async def test_errors_come_from_the_expression(fails) -> None:
    error = await fails("expression.missing_key_near", Map, items=[{"name": 1}], value="{{ item.nmae }}")
    assert "name" in error.message


async def test_constants(run) -> None:
    assert (await run(Map, items=[1, 2], value="same"))["items"] == ["same", "same"]


async def test_texts_and_objects_with_expressions_inside(run) -> None:
    items = [{"n": 1, "s": "x"}, {"n": 2, "s": "y"}]
    found = await run(Map, items=items, value="no {{ item.n }} of {{ index }}")
    assert found["items"] == ["no 1 of 0", "no 2 of 1"]
    found = await run(Map, items=items, value={"k": "{{ item.n }}", "t": ["a {{ item.s }}", 5]})
    assert found["items"] == [{"k": 1, "t": ["a x", 5]}, {"k": 2, "t": ["a y", 5]}]
