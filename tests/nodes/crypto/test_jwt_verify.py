"""crypto.jwt_verify."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from studio.nodes.crypto.jwt_sign import JwtSign
from studio.nodes.crypto.jwt_verify import JwtVerify
from studio.testing import NOW as START
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(JwtVerify)


NOW = int(START.timestamp())


def pem(private) -> tuple[str, str]:
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return secret, public.decode()


RSA = pem(rsa.generate_private_key(65537, 2048))
EC = pem(ec.generate_private_key(ec.SECP256R1()))
EC384 = pem(ec.generate_private_key(ec.SECP384R1()))


@pytest.mark.parametrize(
    ("algorithm", "private", "public"),
    [("HS256", "s", "s"), ("HS384", "s", "s"), ("HS512", "s", "s"), ("RS256", *RSA), ("ES256", *EC)],
)
async def test_every_algorithm(run, fails, algorithm, private, public) -> None:
    claims = {"sub": "é", "n": [1]}
    made = await run(JwtSign, claims=claims, algorithm=algorithm, key=private, headers={"kid": "1"}, expires_in=60)
    out = await run(JwtVerify, token=made["token"], algorithm=algorithm, key=public)
    assert out["claims"]["sub"] == "é"
    assert out["claims"]["exp"] - out["claims"]["iat"] == 60
    assert out["headers"] == {"alg": algorithm, "typ": "JWT", "kid": "1"}
    head, body, signature = made["token"].split(".")
    for broken in (f"{head}.{body}.{signature[:-6]}AAAAAA", f"{head}.{body}.", f"{head}.{body}x.{signature}"):
        await fails_somehow(broken, algorithm, public)


async def fails_somehow(token, algorithm, key) -> None:
    with NodeTester(JwtVerify) as tester:
        result = await tester.run({"token": token, "algorithm": algorithm, "key": key})
    assert result.error is not None
    assert result.error.code in ("crypto.jwt_signature", "crypto.jwt_part", "crypto.not_base64")


def made_by_hand(head: dict, claims: dict, signature: bytes = b"") -> str:
    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    return ".".join((part(json.dumps(head).encode()), part(json.dumps(claims).encode()), part(signature)))


async def test_attacks_on_the_algorithm(fails) -> None:
    for name in ("none", "None", "NONE", "", "HS512", None):
        token = made_by_hand({"alg": name}, {"admin": True})
        await fails("crypto.jwt_algorithm", JwtVerify, token=token, key="s")
    text = made_by_hand({"alg": "HS256"}, {"admin": True}).rpartition(".")[0]
    forged = hmac.new(RSA[1].encode(), text.encode(), hashlib.sha256).digest()
    token = f"{text}.{base64.urlsafe_b64encode(forged).rstrip(b'=').decode()}"
    await fails("crypto.jwt_algorithm", JwtVerify, token=token, algorithm="RS256", key=RSA[1])
    await fails("crypto.jwt_shared_key", JwtVerify, token=token, algorithm="HS256", key=RSA[1])
    await fails("crypto.jwt_algorithm", JwtVerify, token=made_by_hand({"alg": "HS256", "crit": ["x"]}, {}), key="s")


async def test_keys_that_do_not_go_with_the_algorithm(fails) -> None:
    await fails("crypto.jwt_key", JwtVerify, token=made_by_hand({"alg": "RS256"}, {}), algorithm="RS256", key=EC[1])
    await fails(
        "crypto.jwt_key",
        JwtVerify,
        token=made_by_hand({"alg": "ES256"}, {}, b"x" * 64),
        algorithm="ES256",
        key=EC384[1],
    )
    await fails(
        "crypto.jwt_signature", JwtVerify, token=made_by_hand({"alg": "ES256"}, {}), algorithm="ES256", key=EC[1]
    )
    await fails("crypto.not_pem", JwtVerify, token=made_by_hand({"alg": "RS256"}, {}), algorithm="RS256", key=RSA[0])
    await fails("crypto.jwt_key", JwtSign, claims={}, algorithm="RS256", key=EC[0])
    await fails("crypto.jwt_key", JwtSign, claims={}, algorithm="ES256", key=EC384[0])


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c.d", "é.b.c", "x" * 70_000, "eyJhIjoxfQ.W10.", "e30.e30.x"])
async def test_what_is_no_token(token) -> None:
    with NodeTester(JwtVerify) as tester:
        result = await tester.run({"token": token, "key": "s"})
    assert result.error is not None
    assert result.error.code.startswith("crypto.jwt_")


@pytest.mark.parametrize(
    ("claims", "params", "code"),
    [
        ({"exp": NOW - 61}, {}, "crypto.jwt_expired"), ({"exp": NOW - 30}, {}, None), ({"exp": None}, {}, None),
        ({"nbf": NOW + 61}, {}, "crypto.jwt_early"), ({"nbf": NOW + 30}, {}, None),
        ({"exp": "soon"}, {}, "crypto.jwt_time"), ({"nbf": True}, {}, "crypto.jwt_time"),
        ({"exp": NOW - 1}, {"leeway": 0}, "crypto.jwt_expired"), ({"aud": "a"}, {"audience": "a"}, None),
        ({"aud": ["b", "a"]}, {"audience": "a"}, None), ({"aud": "ab"}, {"audience": "a"}, "crypto.jwt_audience"),
        ({}, {"audience": "a"}, "crypto.jwt_audience"), ({"iss": "i"}, {"issuer": "i"}, None),
        ({}, {"issuer": "i"}, "crypto.jwt_issuer"),
    ],
)  # fmt: skip
async def test_times_and_addressees(run, claims, params, code) -> None:
    token = (await run(JwtSign, claims=claims, key="s"))["token"]
    with NodeTester(JwtVerify) as tester:
        result = await tester.run({"token": token, "key": "s", **params})
    assert (result.error.code if result.error else None) == code
