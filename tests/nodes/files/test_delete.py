"""files.delete."""

from __future__ import annotations

from studio.nodes.files.delete import Delete


async def test_examples(examples) -> None:
    await examples(Delete)
