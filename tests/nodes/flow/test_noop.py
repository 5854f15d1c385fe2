"""flow.noop."""

from __future__ import annotations

from studio.nodes.flow.noop import Noop


async def test_examples(examples) -> None:
    await examples(Noop)
