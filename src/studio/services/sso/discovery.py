"""What a provider says about itself: endpoints and keys, read under the egress policy and kept for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import msgspec

from studio.contracts.http import HttpRequest, HttpResponse
from studio.domain.errors import NodeError, StudioError
from studio.domain.ids import INSTANCE
from studio.net import EgressPolicy, parse_url
from studio.services.sso.errors import unusable
from studio.services.sso.model import IdentityProvider

if TYPE_CHECKING:
    from joserfc.jwk import Key

KEPT = 3600.0
"""Seconds for which discovery and keys are kept."""
KEYS_AGAIN = 30.0
"""Seconds between two reads of the keys because of one that is not known, so that nobody can make us read all day."""
MOST_BYTES = 512 * 1024
MOST_KEYS = 100
_LEAST_RSA, _MOST_RSA = 2048, 8192

AllowedHosts: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]
"""Private hosts that a workspace, or the instance, may reach."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What discovery says."""

    authorize: str
    token: str
    keys: str
    userinfo: str | None
    end_session: str | None
    names_issuer: bool
    """Whether answers to the browser say which issuer they are from (RFC 9207)."""


@dataclass(slots=True)
class _Known:
    endpoints: Endpoints
    read_at: float
    keys: list[Key]
    keys_at: float = float("-inf")


class Reader:
    """Asks one provider. Connections go to its host even at a private address where the operator allows that."""

    def __init__(self, provider: IdentityProvider, allow_hosts: Sequence[str]) -> None:
        from studio.net import EgressClient

        target = parse_url(provider.issuer)
        own = (target.netloc if ":" in target.netloc else f"{target.host}:{target.port}",) if provider.internal else ()
        self._policy = EgressPolicy((*allow_hosts, *own))
        self._client = EgressClient(self._policy)
        self.provider = provider

    async def ask(self, method: str, url: str, **more: Any) -> HttpResponse:
        """Send a request, never in clear but to hosts that an exception names, and never on to another address.

        Raises:
            ProviderUnusable: There is no answer, or a redirect.
            AccessRefused: The egress policy does not let it go there.
        """
        request = HttpRequest(method=method, url=url, timeout=15, follow_redirects=False, max_bytes=MOST_BYTES, **more)
        try:
            answer = await self._client.send_secret(request, self.provider.name)
        except NodeError as error:
            raise unusable(self.provider.name, error.code) from error
        if 300 <= answer.status < 400:
            raise unusable(self.provider.name, "redirect")
        return answer

    async def document(self, url: str, **more: Any) -> dict[str, Any]:
        """A JSON object.

        Raises:
            ProviderUnusable: It is none.
        """
        answer = await self.ask("GET", url, **more)
        if answer.status != 200:
            raise unusable(self.provider.name, str(answer.status))
        found = decoded(answer.body)
        if found is None:
            raise unusable(self.provider.name, "json")
        return found

    def check_page(self, url: str) -> None:
        """Make sure that people may be sent to an address: encrypted, or where an exception names the host.

        Raises:
            ProviderUnusable: They may not.
        """
        try:
            target = parse_url(url)
        except StudioError as error:
            raise unusable(self.provider.name, "authorization_endpoint") from error
        try:
            address = ip_address(target.host)
        except ValueError:
            address = None
        if target.scheme != "https" and not self._policy.excepts(target.host, target.port, address):
            raise unusable(self.provider.name, "authorization_endpoint")

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def decoded(body: bytes) -> dict[str, Any] | None:
    """A JSON object, None for everything else, however deep."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


class Discovery:
    """Endpoints and keys by issuer, kept for an hour.

    Args:
        allowed: Exceptions of the egress policy.
    """

    def __init__(self, allowed: AllowedHosts) -> None:
        self._allowed = allowed
        self._known: dict[tuple[str, bool], _Known] = {}
        self._turns: dict[tuple[str, bool], asyncio.Lock] = {}

    async def reader(self, provider: IdentityProvider) -> Reader:
        """Asks the provider, which belongs to the instance and to no workspace; close it in the end."""
        return Reader(provider, await self._allowed(INSTANCE))

    async def endpoints(self, reader: Reader) -> Endpoints:
        """What discovery says.

        Raises:
            ProviderUnusable: It says nothing, or is another issuer's.
        """
        return (await self._of(reader)).endpoints

    async def key(self, reader: Reader, kid: str | None, algorithm: str) -> Key | None:
        """The key that a token says it is signed with. One that is not known has the keys read again, once.

        Raises:
            ProviderUnusable: The keys cannot be read.
        """
        known = await self._of(reader)
        age = time.monotonic() - known.keys_at
        if age < KEPT:
            found = _fitting(known.keys, kid, algorithm)
            if found is not None or age < KEYS_AGAIN:
                return found
        async with self._turn(reader.provider):
            if time.monotonic() - known.keys_at >= min(age, KEYS_AGAIN):
                known.keys = _keys(await reader.document(known.endpoints.keys), reader.provider.name)
                known.keys_at = time.monotonic()
        return _fitting(known.keys, kid, algorithm)

    def forget(self) -> None:
        """Read everything anew at the next sign-in."""
        self._known.clear()

    def _turn(self, provider: IdentityProvider) -> asyncio.Lock:
        return self._turns.setdefault((provider.issuer, provider.internal), asyncio.Lock())

    async def _of(self, reader: Reader) -> _Known:
        provider = reader.provider
        at = (provider.issuer, provider.internal)
        async with self._turn(provider):
            known = self._known.get(at)
            if known is None or time.monotonic() - known.read_at > KEPT:
                endpoints = await _discovered(reader)
                known = self._known[at] = _Known(endpoints, time.monotonic(), [])
            return known


async def _discovered(reader: Reader) -> Endpoints:
    provider = reader.provider
    found = await reader.document(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise unusable(provider.name, "issuer")

    def address(name: str) -> str | None:
        value = found.get(name)
        return value if isinstance(value, str) and len(value) <= 2000 else None

    authorize, token, keys = (address(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
    if authorize is None or token is None or keys is None:
        raise unusable(provider.name, "discovery")
    reader.check_page(authorize)
    return Endpoints(
        authorize=authorize, token=token, keys=keys, userinfo=address("userinfo_endpoint"),
        end_session=address("end_session_endpoint"),
        names_issuer=found.get("authorization_response_iss_parameter_supported") is True,
    )  # fmt: skip


def _keys(document: Mapping[str, Any], provider: str) -> list[Key]:
    """The keys for signatures; those that are not understood are left out (RFC 7517, section 5)."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    given: Any = document.get("keys")
    if not isinstance(given, list) or len(cast("list[Any]", given)) > MOST_KEYS:
        raise unusable(provider, "jwks")
    out: list[Key] = []
    for one in cast("list[Any]", given):
        if not isinstance(one, dict) or not _for_signatures(cast("dict[str, Any]", one)):
            continue
        try:
            out.append(import_key({name: cast("Any", one)[name] for name in _PARTS if name in one}))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    if not out:
        raise unusable(provider, "jwks")
    return out


_PARTS = ("kty", "kid", "alg", "use", "n", "e", "crv", "x", "y")


def _for_signatures(key: dict[str, Any]) -> bool:
    if key.get("kty") not in ("RSA", "EC", "OKP") or key.get("use", "sig") != "sig":
        return False
    modulus = key.get("n", "")
    # Judged by its length before it is computed with: base 64 has six bits a letter, and an "A" in front is nothing.
    return key["kty"] != "RSA" or (
        isinstance(modulus, str) and _LEAST_RSA <= len(modulus.lstrip("A")) * 6 <= _MOST_RSA + 48
    )


def _fitting(keys: list[Key], kid: str | None, algorithm: str) -> Key | None:
    kind = {"R": "RSA", "P": "RSA"}.get(algorithm[0], "OKP" if algorithm.startswith("Ed") else "EC")
    fitting = [
        one for one in keys
        if one.key_type == kind and one.get("alg") in (None, algorithm) and (kid is None or one.get("kid") == kid)
    ]  # fmt: skip
    # Without a name it must be clear which one is meant.
    return fitting[0] if len(fitting) == 1 or (fitting and kid is not None) else None
