"""crypto.hex_decode."""

from __future__ import annotations

from studio.nodes.crypto.hex_decode import HexDecode


async def test_examples(examples) -> None:
    await examples(HexDecode)
