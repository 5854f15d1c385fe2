"""crypto.password_verify."""

from __future__ import annotations

from studio.nodes.crypto.password_verify import PasswordVerify


async def test_examples(examples) -> None:
    await examples(PasswordVerify)
