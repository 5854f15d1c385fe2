"""crypto.aes_encrypt."""

from __future__ import annotations

import base64

from studio.nodes.crypto.aes_decrypt import AesDecrypt
from studio.nodes.crypto.aes_encrypt import AesEncrypt


async def test_examples(examples) -> None:
    await examples(AesEncrypt)


async def test_what_is_sealed_opens_with_the_same_key_only(run, fails) -> None:
    key = "00112233445566778899aabbccddeeff"
    one = await run(AesEncrypt, text="été", key=key, key_encoding="hex", context="a")
    two = await run(AesEncrypt, text="été", key=key, key_encoding="hex", context="a")
    assert one != two
    params = {"sealed": one["sealed"], "key_encoding": "hex", "context": "a"}
    assert await run(AesDecrypt, **params, key=key) == {"text": "été"}
    await fails("crypto.does_not_open", AesDecrypt, **params, key=key[::-1])
    changed = base64.b64encode(base64.b64decode(one["sealed"])[:-1] + b"x").decode()
    await fails("crypto.does_not_open", AesDecrypt, **{**params, "sealed": changed}, key=key)
    await fails("crypto.not_sealed", AesDecrypt, **{**params, "key_encoding": "password"}, key=key)


async def test_passwords(run, fails) -> None:
    sealed = (await run(AesEncrypt, text="", key="pässword"))["sealed"]
    assert await run(AesDecrypt, sealed=sealed, key="pässword") == {"text": ""}
    await fails("crypto.does_not_open", AesDecrypt, sealed=sealed, key="password")


async def test_keys_of_all_kinds(run, fails) -> None:
    for size in (16, 24, 32):
        await run(AesEncrypt, text="x", key=base64.b64encode(bytes(size)).decode(), key_encoding="base64")
    await fails(
        "crypto.aes_key_size", AesEncrypt, text="x", key=base64.b64encode(bytes(15)).decode(), key_encoding="base64"
    )
    error = await fails("crypto.not_hex", AesEncrypt, text="x", key="s3cret", key_encoding="hex")
    assert "s3cret" not in error.message
    await fails("crypto.not_base64", AesEncrypt, text="x", key="*", key_encoding="base64")
    await fails("crypto.no_key", AesEncrypt, text="x")
