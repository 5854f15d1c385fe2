"""ID tokens: whether one was made by this provider, for us, now, and for this sign-in."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, cast

from studio.services._clock import Clock
from studio.services.sso.discovery import Discovery, Reader, decoded
from studio.services.sso.errors import token_refused
from studio.services.sso.model import ALGORITHMS

SKEW = 60
"""Seconds that the provider's clock may differ from ours."""
OLDEST = 600
"""Seconds since a token was made: it was asked for just now."""
MOST_TOKEN = 128 * 1024
_MOST_HEADER = 8 * 1024
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


class Tokens:
    """Reads tokens of providers."""

    def __init__(self, discovery: Discovery, clock: Clock) -> None:
        self._discovery = discovery
        self._clock = clock

    async def signed(self, reader: Reader, token: str) -> tuple[dict[str, Any], str]:
        """Claims of a token with a good signature, for us and in time; and the algorithm.

        Raises:
            SignInRefused: It is none; names what is wrong.
        """
        claims, algorithm = await self._verified(reader, token)
        self._check_times(claims)
        if claims.get("iss") != reader.provider.issuer:
            raise token_refused("iss")
        self._check_audience(claims, reader.provider.client_id)
        return claims, algorithm

    async def id_token(self, reader: Reader, token: str, *, nonce: str, access_token: str | None) -> dict[str, Any]:
        """Claims of an ID token for one sign-in.

        Raises:
            SignInRefused: It is none; names what is wrong.
        """
        claims, algorithm = await self.signed(reader, token)
        given = claims.get("nonce")
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
            raise token_refused("nonce")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
            raise token_refused("sub")
        if "at_hash" in claims and not _same_hash(claims["at_hash"], access_token, algorithm):
            raise token_refused("at_hash")
        return claims

    async def _verified(self, reader: Reader, token: str) -> tuple[dict[str, Any], str]:
        from joserfc import jws
        from joserfc.errors import JoseError

        if len(token) > MOST_TOKEN:
            raise token_refused("size")
        registry = _registry(reader.provider.algorithms)
        try:
            header = jws.extract_compact(token.encode(), registry=registry).headers()
            algorithm, kid = header.get("alg"), header.get("kid")
            if algorithm not in ALGORITHMS or algorithm not in reader.provider.algorithms:
                raise token_refused("alg")
            key = await self._discovery.key(reader, kid if isinstance(kid, str) else None, str(algorithm))
            if key is None:
                raise token_refused("kid")
            found = jws.deserialize_compact(token, key, registry=registry)
        except (JoseError, ValueError, RecursionError) as error:
            raise token_refused("signature") from error
        return _claims(found.payload), str(algorithm)

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock() / 1e6
        made, ends, begins = (_seconds(claims.get(name)) for name in ("iat", "exp", "nbf"))
        if ends is None or ends <= now - SKEW:
            raise token_refused("exp")
        if made is None or not now - OLDEST - SKEW <= made <= now + SKEW:
            raise token_refused("iat")
        if "nbf" in claims and (begins is None or begins > now + SKEW):
            raise token_refused("nbf")

    @staticmethod
    def _check_audience(claims: dict[str, Any], client: str) -> None:
        given: Any = claims.get("aud")
        audience = cast("list[Any]", given) if isinstance(given, list) else [given]
        if client not in audience:
            raise token_refused("aud")
        if claims.get("azp", client) != client or (len(audience) > 1 and "azp" not in claims):
            raise token_refused("azp")


def _registry(algorithms: list[str]) -> Any:
    from joserfc.jws import JWSRegistry

    registry = JWSRegistry(algorithms=[one for one in algorithms if one in ALGORITHMS], strict_check_header=False)
    registry.max_header_length = _MOST_HEADER
    return registry


def _claims(payload: bytes | None) -> dict[str, Any]:
    found = decoded(payload or b"")
    if found is None:
        raise token_refused("payload")
    return found


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        return None
    return float(value)


def _same_hash(given: Any, access_token: str | None, algorithm: str) -> bool:
    if not isinstance(given, str) or access_token is None:
        return False
    # The hash of Ed25519 is SHA-512.
    digest = _HASHES.get(algorithm[-3:], hashlib.sha512)(access_token.encode()).digest()
    wanted = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    return hmac.compare_digest(given.encode(), wanted.encode())
