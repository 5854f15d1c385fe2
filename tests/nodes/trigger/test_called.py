"""trigger.called."""

from __future__ import annotations

from studio.nodes.trigger.called import Called


async def test_examples(examples) -> None:
    await examples(Called)
