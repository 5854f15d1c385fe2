"""trigger.error."""

from __future__ import annotations

from studio.nodes.trigger.error import Error


async def test_examples(examples) -> None:
    await examples(Error)
