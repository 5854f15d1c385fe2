"""files.read_text."""

from __future__ import annotations

from studio.nodes.files.read_text import ReadText


async def test_examples(examples) -> None:
    await examples(ReadText)
