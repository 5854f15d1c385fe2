"""table.head."""

from __future__ import annotations

from studio.nodes.table.head import Head


async def test_examples(examples) -> None:
    await examples(Head)
