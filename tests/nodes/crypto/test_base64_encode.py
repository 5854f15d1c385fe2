"""crypto.base64_encode."""

from __future__ import annotations

from studio.nodes.crypto.base64_encode import Base64Encode


async def test_examples(examples) -> None:
    await examples(Base64Encode)
