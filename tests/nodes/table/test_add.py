"""table.add."""

from __future__ import annotations

from studio.nodes.table.add import Add


async def test_examples(examples) -> None:
    await examples(Add)
