"""crypto.hmac_verify."""

from __future__ import annotations

import pytest

from studio.nodes.crypto.hmac import Hmac
from studio.nodes.crypto.hmac_verify import HmacVerify


async def test_examples(examples) -> None:
    await examples(HmacVerify)


@pytest.mark.parametrize("signature", ["", "zz", "sha256=", "sha256=zz", "00" * 32])
async def test_what_is_no_signature_is_invalid(run, signature) -> None:
    assert await run(HmacVerify, text="x", key="k", signature=signature) == {"valid": False}


async def test_base64_signatures(run) -> None:
    made = await run(Hmac, text="é", key="6b", key_encoding="hex", algorithm="sha512", encoding="base64")
    params = {"text": "é", "key": "k", "algorithm": "sha512", "encoding": "base64"}
    assert await run(HmacVerify, signature=made["signature"], **params) == {"valid": True}
