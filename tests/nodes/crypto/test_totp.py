"""crypto.totp."""

from __future__ import annotations

import base64

import pytest

from studio.nodes.crypto.totp import Totp


async def test_examples(examples) -> None:
    await examples(Totp)


@pytest.mark.parametrize(
    ("at", "algorithm", "code"),
    [
        ("1970-01-01T00:00:59Z", "sha1", "94287082"), ("2005-03-18T01:58:29Z", "sha1", "07081804"),
        ("2005-03-18T01:58:31Z", "sha1", "14050471"), ("2009-02-13T23:31:30Z", "sha1", "89005924"),
        ("2033-05-18T03:33:20Z", "sha1", "69279037"), ("2603-10-11T11:33:20Z", "sha1", "65353130"),
        ("1970-01-01T00:00:59Z", "sha256", "46119246"), ("1970-01-01T00:00:59Z", "sha512", "90693936"),
    ],
)  # fmt: skip
async def test_the_vectors_of_rfc_6238(run, at, algorithm, code) -> None:
    size = {"sha1": 20, "sha256": 32, "sha512": 64}[algorithm]
    key = base64.b32encode((b"1234567890" * 7)[:size]).decode()
    out = await run(Totp, key=key, at=at, algorithm=algorithm, digits=8)
    assert out["code"] == code


async def test_what_is_no_moment(fails) -> None:
    await fails("crypto.bad_moment", Totp, key="GEZDGNBV", at="yesterday")
    await fails("crypto.bad_moment", Totp, key="GEZDGNBV", at="2026-01-01T00:00:00")
