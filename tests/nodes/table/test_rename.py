"""table.rename."""

from __future__ import annotations

from studio.nodes.table.rename import Rename


async def test_examples(examples) -> None:
    await examples(Rename)
