"""crypto.base64_decode."""

from __future__ import annotations

from studio.nodes.crypto.base64_decode import Base64Decode


async def test_examples(examples) -> None:
    await examples(Base64Decode)
