"""table.select."""

from __future__ import annotations

from studio.nodes.table.select import Select


async def test_examples(examples) -> None:
    await examples(Select)
