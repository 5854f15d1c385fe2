"""table.pivot."""

from __future__ import annotations

from studio.nodes.table.pivot import Pivot


async def test_examples(examples) -> None:
    await examples(Pivot)
