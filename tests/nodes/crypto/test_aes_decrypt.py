"""crypto.aes_decrypt."""

from __future__ import annotations

from studio.nodes.crypto.aes_decrypt import AesDecrypt


async def test_examples(examples) -> None:
    await examples(AesDecrypt)
