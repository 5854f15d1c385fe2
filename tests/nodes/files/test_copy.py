"""files.copy."""

from __future__ import annotations

from studio.nodes.files.copy import Copy


async def test_examples(examples) -> None:
    await examples(Copy)
