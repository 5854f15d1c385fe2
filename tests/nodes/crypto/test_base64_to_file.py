"""crypto.base64_to_file."""

from __future__ import annotations

from studio.nodes.crypto.base64_to_file import Base64ToFile


async def test_examples(examples) -> None:
    await examples(Base64ToFile)
