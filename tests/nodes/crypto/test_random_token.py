"""crypto.random_token."""

from __future__ import annotations

from studio.nodes.crypto.random_token import RandomToken


async def test_examples(examples) -> None:
    await examples(RandomToken)


async def test_length_and_alphabet(run) -> None:
    codes = {(await run(RandomToken, length=6, alphabet="digits"))["token"] for _ in range(20)}
    assert len(codes) > 10
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    readable = (await run(RandomToken, length=4096, alphabet="readable"))["token"]
    assert not set("0O1lI") & set(readable)
