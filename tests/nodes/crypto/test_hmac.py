"""crypto.hmac."""

from __future__ import annotations

from studio.nodes.crypto.hmac import Hmac


async def test_examples(examples) -> None:
    await examples(Hmac)
