"""object.values."""

from __future__ import annotations

from studio.nodes.object.values import Values


async def test_examples(examples) -> None:
    await examples(Values)
