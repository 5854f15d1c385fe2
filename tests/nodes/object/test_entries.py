"""object.entries."""

from __future__ import annotations

from studio.nodes.object.entries import Entries


async def test_examples(examples) -> None:
    await examples(Entries)
