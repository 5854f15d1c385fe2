"""table.unique."""

from __future__ import annotations

from studio.nodes.table.unique import Unique


async def test_examples(examples) -> None:
    await examples(Unique)
