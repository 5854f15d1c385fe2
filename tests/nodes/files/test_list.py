"""files.list."""

from __future__ import annotations

from studio.nodes.files.list import List


async def test_examples(examples) -> None:
    await examples(List)
