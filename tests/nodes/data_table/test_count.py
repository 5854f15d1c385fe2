"""data_table.count."""

from __future__ import annotations

from studio.nodes.data_table.count import Count


async def test_examples(examples) -> None:
    await examples(Count)
