"""data_table.update."""

from __future__ import annotations

from studio.nodes.data_table.update import Update


async def test_examples(examples) -> None:
    await examples(Update)
