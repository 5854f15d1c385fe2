"""table.concat."""

from __future__ import annotations

from studio.nodes.table.concat import Concat


async def test_examples(examples) -> None:
    await examples(Concat)
