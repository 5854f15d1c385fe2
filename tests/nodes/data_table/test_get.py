"""data_table.get."""

from __future__ import annotations

from studio.nodes.data_table.get import Get


async def test_examples(examples) -> None:
    await examples(Get)
