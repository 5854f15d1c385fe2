"""crypto.hex_encode."""

from __future__ import annotations

from studio.nodes.crypto.hex_encode import HexEncode


async def test_examples(examples) -> None:
    await examples(HexEncode)
