"""list.last."""

from __future__ import annotations

from studio.nodes.list.last import Last


async def test_examples(examples) -> None:
    await examples(Last)


async def test_none_fits(run) -> None:
    assert await run(Last, items=[1, 2], where="{{ item > 9 }}") == {"item": None, "index": None}
