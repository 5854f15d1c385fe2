"""table.slice."""

from __future__ import annotations

from studio.nodes.table.slice import Slice


async def test_examples(examples) -> None:
    await examples(Slice)
