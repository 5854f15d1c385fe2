"""JSON Web Tokens in compact form (RFC 7515, 7518, 7519): HMAC, RSA and ECDSA signatures; never unsigned ones.

The algorithm is the caller's choice, never the token's, and each goes with one kind of key, so that a public key can
not be passed off as a shared secret.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Literal, cast

import orjson
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from studio.nodes.crypto._keys import encode, from_base64
from studio.sdk import Phrase, UserError

Algorithm = Literal["HS256", "HS384", "HS512", "RS256", "ES256"]
_HMAC = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
_LONGEST = 64 * 1024
_COORDINATE = 32


def sign(claims: dict[str, Any], algorithm: Algorithm, key: str, headers: dict[str, Any]) -> str:
    """A signed token.

    Raises:
        UserError: The key does not go with the algorithm, or the claims are not JSON.
    """
    try:
        head = orjson.dumps({**headers, "alg": algorithm, "typ": headers.get("typ", "JWT")})
        text = f"{encode(head, 'base64url')}.{encode(orjson.dumps(claims), 'base64url')}"
    except orjson.JSONEncodeError as error:
        raise UserError(
            "crypto.jwt_claims", "The claims cannot be written as JSON: {reason}.", reason=str(error)
        ) from error
    return f"{text}.{encode(_signature(text.encode(), algorithm, key), 'base64url')}"


def verify(token: str, algorithm: Algorithm, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token whose signature is valid. Times are not checked here.

    Raises:
        UserError: It is no token, names another algorithm, or its signature is not valid.
    """
    parts = token.strip().split(".")
    if len(parts) != 3 or len(token) > _LONGEST or not token.isascii():
        raise UserError("crypto.jwt_malformed", "That is no signed token: expected three parts with dots between.")
    head, claims = _part(parts[0]), _part(parts[1])
    if head.get("alg") != algorithm or "crit" in head:
        raise UserError(
            "crypto.jwt_algorithm", "The token says {found}; expected {expected}.",
            found=str(head.get("alg"))[:20], expected=algorithm,
        )  # fmt: skip
    signed = f"{parts[0]}.{parts[1]}".encode()
    if not _valid(signed, from_base64(parts[2], "signature"), algorithm, key):
        raise UserError("crypto.jwt_signature", "The token's signature is not valid.")
    return head, claims


def _part(text: str) -> dict[str, Any]:
    try:
        value = orjson.loads(from_base64(text, "token"))
    except (orjson.JSONDecodeError, UserError) as error:
        raise UserError("crypto.jwt_part", "A part of the token is not JSON in base64.") from error
    if not isinstance(value, dict):
        raise UserError("crypto.jwt_part", "A part of the token is not JSON in base64.")
    return cast("dict[str, Any]", value)


def _signature(text: bytes, algorithm: Algorithm, key: str) -> bytes:
    if algorithm in _HMAC:
        return hmac.new(_shared(key), text, _HMAC[algorithm]).digest()
    private = _load(key, private=True)
    if algorithm == "RS256" and isinstance(private, rsa.RSAPrivateKey):
        return private.sign(text, padding.PKCS1v15(), hashes.SHA256())
    if algorithm == "ES256" and isinstance(private, ec.EllipticCurvePrivateKey) and private.key_size == 256:
        first, second = decode_dss_signature(private.sign(text, ec.ECDSA(hashes.SHA256())))
        return first.to_bytes(_COORDINATE, "big") + second.to_bytes(_COORDINATE, "big")
    raise _wrong_key(algorithm)


def _valid(text: bytes, signature: bytes, algorithm: Algorithm, key: str) -> bool:
    if algorithm in _HMAC:
        return hmac.compare_digest(hmac.new(_shared(key), text, _HMAC[algorithm]).digest(), signature)
    public = _load(key, private=False)
    try:
        if algorithm == "RS256" and isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
            return True
        if algorithm == "ES256" and isinstance(public, ec.EllipticCurvePublicKey) and public.key_size == 256:
            if len(signature) != 2 * _COORDINATE:
                return False
            pair = (int.from_bytes(signature[:_COORDINATE], "big"), int.from_bytes(signature[_COORDINATE:], "big"))
            public.verify(encode_dss_signature(*pair), text, ec.ECDSA(hashes.SHA256()))
            return True
    except InvalidSignature:
        return False
    raise _wrong_key(algorithm)


def _shared(key: str) -> bytes:
    if "-----BEGIN" in key:
        raise UserError("crypto.jwt_shared_key", "A PEM key cannot be a shared secret; choose RS256 or ES256.")
    return key.encode()


def _load(key: str, *, private: bool) -> Any:
    try:
        if private:
            return serialization.load_pem_private_key(key.encode(), None)
        return serialization.load_pem_public_key(key.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        kind = Phrase("crypto.private", "private") if private else Phrase("crypto.public", "public")
        raise UserError("crypto.not_pem", "The key is no {kind} key in PEM without a password.", kind=kind) from error


def _wrong_key(algorithm: str) -> UserError:
    return UserError("crypto.jwt_key", "The key does not go with {algorithm}.", algorithm=algorithm)
