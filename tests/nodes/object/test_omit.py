"""object.omit."""

from __future__ import annotations

from studio.nodes.object.omit import Omit


async def test_examples(examples) -> None:
    await examples(Omit)
