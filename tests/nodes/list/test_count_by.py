"""list.count_by."""

from __future__ import annotations

from studio.nodes.list.count_by import CountBy


async def test_examples(examples) -> None:
    await examples(CountBy)


async def test_nothing(run) -> None:
    assert await run(CountBy, items=[]) == {"counts": [], "total": 0}
