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
