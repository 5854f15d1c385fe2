"""data_table.delete."""

from __future__ import annotations

from studio.nodes.data_table.delete import Delete


async def test_examples(examples) -> None:
    await examples(Delete)
