"""files.read_bytes."""

from __future__ import annotations

from studio.nodes.files.read_bytes import ReadBytes


async def test_examples(examples) -> None:
    await examples(ReadBytes)
