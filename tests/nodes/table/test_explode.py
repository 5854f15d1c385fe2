"""table.explode."""

from __future__ import annotations

from studio.nodes.table.explode import Explode


async def test_examples(examples) -> None:
    await examples(Explode)
