"""object.keys."""

from __future__ import annotations

from studio.nodes.object.keys import Keys


async def test_examples(examples) -> None:
    await examples(Keys)
