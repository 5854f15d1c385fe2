"""crypto.hash."""

from __future__ import annotations

import base64
import hashlib

import pytest

from studio.nodes.crypto.hash import Hash


async def test_examples(examples) -> None:
    await examples(Hash)


async def test_one_source(fails) -> None:
    await fails("node.param_invalid", Hash)


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "sha384", "sha1", "md5", "sha3_256", "blake2b"])
async def test_algorithms_and_encodings(run, algorithm) -> None:
    expected = hashlib.new(algorithm, "é".encode()).digest()
    assert await run(Hash, text="é", algorithm=algorithm) == {"hash": expected.hex()}
    out = await run(Hash, text="é", algorithm=algorithm, encoding="base64url")
    assert out["hash"] == base64.urlsafe_b64encode(expected).rstrip(b"=").decode()
