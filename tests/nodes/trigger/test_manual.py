"""trigger.manual."""

from __future__ import annotations

from studio.nodes.trigger.manual import Manual


async def test_examples(examples) -> None:
    await examples(Manual)
