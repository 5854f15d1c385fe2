"""table.sort."""

from __future__ import annotations

from studio.nodes.table.sort import Sort


async def test_examples(examples) -> None:
    await examples(Sort)


async def test_one_direction_per_column(fails) -> None:
    await fails("table.descending_count", Sort, table=[{"a": 1}], by=["a"], descending=[True, False])
