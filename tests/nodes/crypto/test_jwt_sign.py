"""crypto.jwt_sign."""

from __future__ import annotations

from studio.nodes.crypto.jwt_sign import JwtSign


async def test_examples(examples) -> None:
    await examples(JwtSign)
