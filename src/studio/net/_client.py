"""The HTTP client behind ``studio.contracts.http.HttpClient``."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import cast
from urllib.parse import urlencode, urljoin

import httpcore2
import msgspec

from studio.contracts.http import HttpRequest, HttpResponse
from studio.domain.errors import NodeError, ProviderError, classify_status
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.net._backend import PinnedBackend
from studio.net._breaker import CircuitBreaker
from studio.net._credentials import CredentialLookup, CredentialRefused, apply_credential, check_encrypted
from studio.net._decode import ACCEPT_ENCODING, bounded, too_large
from studio.net._errors import no_answer
from studio.net._headers import check_answer_headers, check_request_headers, portable, without_body
from studio.net._hosts import Target, parse_url
from studio.net._policy import EgressPolicy

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_LONGEST_WAIT = 24 * 3600.0


class _Exchange:
    """What is known of one request while it runs."""

    def __init__(self) -> None:
        self.sent = False
        self.connected = False

    async def trace(self, event: str, _info: object) -> None:
        if event.endswith("send_request_headers.started"):
            self.sent = True
        elif event.endswith("connect_tcp.started"):
            self.connected = True


class _Stream:
    """An open answer: ``studio.contracts.http.HttpStream``."""

    def __init__(self, raw: httpcore2.Response, target: Target, request: HttpRequest) -> None:
        self.status = raw.status
        self.url = target.url
        self.headers = check_answer_headers(raw.headers)
        self._raw = raw
        self._request = request

    def _first(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, decompressed, bounded by ``max_bytes``."""
        empty = self._request.method.upper() == "HEAD" or self.status in (204, 304)
        encoding = "" if empty else self._first("content-encoding")
        length = self._first("content-length")
        limit = self._request.max_bytes
        if not empty and not encoding and length.isdecimal() and int(length[:19]) > limit:
            raise too_large(limit)
        try:
            async for piece in bounded(cast(AsyncIterable[bytes], self._raw.stream), encoding, limit):
                yield piece
        except ProviderError as error:
            error.in_doubt = True  # the request arrived; what came of it is unreadable
            raise


class EgressClient:
    """Sends requests under the egress policy. No environment proxies, no cookies kept between requests.

    Args:
        policy: Decides which addresses may be reached.
        workspace: Whose credentials requests may name.
        credentials: Looks a credential up; None where there are none.
        refused: Told where a service does not accept a credential (status 401); whether to send once more.
        ssl_context: Which certificates to trust; the system's by default.
        breaker: Shared circuit breaker.
        max_connections: Open at the same time, all hosts together.
    """

    def __init__(
        self,
        policy: EgressPolicy,
        *,
        workspace: str = DEFAULT_WORKSPACE,
        credentials: CredentialLookup | None = None,
        refused: CredentialRefused | None = None,
        ssl_context: ssl.SSLContext | None = None,
        breaker: CircuitBreaker | None = None,
        max_connections: int = 200,
    ) -> None:
        self._policy = policy
        self._workspace = workspace
        self._credentials = credentials
        self._refused = refused
        self._ssl_context = ssl_context
        self._breaker = breaker or CircuitBreaker()
        self._max_connections = max_connections
        self._pools: dict[bool, httpcore2.AsyncConnectionPool] = {}

    def for_workspace(self, workspace: str, credentials: CredentialLookup | None = None) -> EgressClient:
        """The same connections and policy for another workspace's credentials, or with another way to look them up."""
        other = EgressClient(
            self._policy, workspace=workspace, credentials=credentials or self._credentials, refused=self._refused,
            ssl_context=self._ssl_context, breaker=self._breaker, max_connections=self._max_connections,
        )  # fmt: skip
        other._pools = self._pools
        return other

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send and read the whole answer, whatever its status. ``request.timeout`` bounds it all.

        Raises:
            AccessRefused: The policy refuses the address; names the flag that would allow it.
            ProviderError: No answer. ``in_doubt`` where the request may have arrived.
            UserError: The URL or a header is malformed, or the body is longer than ``max_bytes``.
        """
        started = time.perf_counter()
        exchange = _Exchange()
        try:
            async with asyncio.timeout(request.timeout), self._open(request, exchange) as answer:
                body = b"".join([piece async for piece in answer.pieces()])
                return HttpResponse(
                    status=answer.status,
                    url=answer.url,
                    headers=answer.headers,
                    body=body,
                    seconds=time.perf_counter() - started,
                )
        except TimeoutError as error:
            raise cast(NodeError, no_answer(error, parse_url(request.url).host, sent=exchange.sent)) from error

    async def send_secret(self, request: HttpRequest, alias: str) -> HttpResponse:
        """``send`` for a request that itself holds a secret of a credential: never in clear to where that may be read.

        Raises:
            AccessRefused: The connection would not be encrypted, and no exception names the host.
        """
        check_encrypted(alias, parse_url(request.url), self._policy)
        return await self.send(request)

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncGenerator[_Stream]:
        """Send and read the body while it comes. ``request.timeout`` bounds each wait, ``whole_timeout`` all of it.

        Raises:
            ProviderError: As ``send``; ``net.whole_timeout`` where the end did not come in time.
        """
        whole = asyncio.timeout(request.whole_timeout)
        try:
            async with whole, self._open(request, _Exchange()) as answer:
                yield answer
        except TimeoutError as error:
            if not whole.expired():
                raise
            raise ProviderError(
                "net.whole_timeout", "What {host} sends did not end within {limit} s.",
                host=parse_url(request.url).host, limit=request.whole_timeout, in_doubt=True,
            ) from error  # fmt: skip

    async def aclose(self) -> None:
        """Close all connections."""
        pools = list(self._pools.values())
        self._pools.clear()
        for pool in pools:
            await pool.aclose()

    @asynccontextmanager
    async def _open(self, request: HttpRequest, exchange: _Exchange) -> AsyncGenerator[_Stream]:
        """Follow redirects to the final answer; turn the transport's errors into ours; tell the circuit breaker."""
        request = msgspec.structs.replace(request, headers=check_request_headers(request.headers))
        target = parse_url(request.url)
        key = (target.origin, self._workspace, request.credential)
        self._breaker.enter(key, target.host)
        verdict = self._breaker.left
        raw: httpcore2.Response | None = None
        try:
            raw, target = await self._follow(request, target, exchange)
            transient = raw.status >= 500 and classify_status(raw.status).retryable
            verdict = self._breaker.failed if transient else self._breaker.succeeded
            yield _Stream(raw, target, request)
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            verdict = self._breaker.failed
            raise no_answer(error, target.host, sent=exchange.sent) or error from error
        except ProviderError as error:
            if raw is None:
                verdict = self._breaker.failed
                error.in_doubt = error.in_doubt or exchange.sent
            raise
        except asyncio.CancelledError:
            # The total time-out arrives as a cancellation; a silent host counts as failing once bytes were sent.
            verdict = self._breaker.failed if exchange.sent and raw is None else verdict
            raise
        finally:
            verdict(key)
            if raw is not None:
                await raw.aclose()

    async def _follow(
        self, request: HttpRequest, target: Target, exchange: _Exchange
    ) -> tuple[httpcore2.Response, Target]:
        origin = target.origin
        hops = 0
        refused = self._refused
        while True:
            ready = await apply_credential(request, target, self._workspace, self._credentials, self._policy)
            raw = await self._round_trip(ready, _with_params(target, ready.params), exchange)
            if raw.status == 401 and request.credential is not None and refused is not None:
                ask, refused = refused, None  # not a second time
                try:
                    again = await ask(self._workspace, request.credential, ready)
                except BaseException:
                    await raw.aclose()
                    raise
                if again:
                    await raw.aclose()
                    continue
            # What is shown and what redirects start from is the URL without the credential's additions.
            target = _with_params(target, request.params)
            location = _location(raw) if request.follow_redirects else None
            if location is None:
                return raw, target
            await raw.aclose()
            if hops == request.max_redirects:
                raise ProviderError(
                    "net.too_many_redirects",
                    "{host} redirects more than {limit} times.",
                    status=raw.status,
                    host=target.host,
                    limit=hops,
                )
            hops += 1
            target = parse_url(urljoin(target.url, location))
            request = _redirected(request, raw.status, same_origin=target.origin == origin)

    async def _round_trip(self, request: HttpRequest, target: Target, exchange: _Exchange) -> httpcore2.Response:
        """One request on one connection; once more on a new one where a kept connection turns out to be dead."""
        pool = self._pool(request.verify)
        method = request.method.upper()
        for last in (False, True):
            exchange.connected = False
            try:
                return await pool.handle_async_request(_core_request(request, method, target, exchange))
            except (httpcore2.RemoteProtocolError, httpcore2.ReadError, httpcore2.WriteError):
                if last or exchange.connected or method not in _REPEATABLE:
                    raise
        raise AssertionError("unreachable")

    def _pool(self, verify: bool) -> httpcore2.AsyncConnectionPool:
        pool = self._pools.get(verify)
        if pool is None:
            context = (self._ssl_context or _verified()) if verify else _unverified()
            pool = httpcore2.AsyncConnectionPool(
                ssl_context=context,
                max_connections=self._max_connections,
                max_keepalive_connections=min(self._max_connections, 50),
                keepalive_expiry=10.0,
                network_backend=PinnedBackend(self._policy),
            )
            self._pools[verify] = pool
        return pool


@cache
def _verified() -> ssl.SSLContext:
    """One in a process: to read the system's authorities takes a tenth of a second."""
    return ssl.create_default_context()


def _core_request(request: HttpRequest, method: str, target: Target, exchange: _Exchange) -> httpcore2.Request:
    names = {name.lower() for name, _value in request.headers}
    headers = [("Host", target.netloc)]
    headers += [
        (name, value)
        for name, value in (("User-Agent", "Studio"), ("Accept", "*/*"), ("Accept-Encoding", ACCEPT_ENCODING))
        if name.lower() not in names
    ]
    headers += request.headers
    if request.body is not None or method in ("POST", "PUT", "PATCH"):
        headers.append(("Content-Length", str(len(request.body or b""))))
    wait = min(request.timeout, _LONGEST_WAIT)
    waits = {"connect": request.connect_timeout, "read": wait, "write": wait, "pool": request.connect_timeout}
    return httpcore2.Request(
        method,
        httpcore2.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
        ),
        headers=[(name.encode("ascii"), value.encode("latin-1")) for name, value in headers],
        content=request.body or b"",
        extensions={"timeout": waits, "trace": exchange.trace},
    )


def _with_params(target: Target, params: list[tuple[str, str]]) -> Target:
    if not params:
        return target
    joint = "&" if "?" in target.path else "?"
    return target._replace(path=f"{target.path}{joint}{urlencode(params)}")


def _location(raw: httpcore2.Response) -> str | None:
    if raw.status not in _REDIRECTS:
        return None
    found = next((value for name, value in raw.headers if name.lower() == b"location"), None)
    return None if found is None else found.decode("utf-8", "replace")


def _redirected(request: HttpRequest, status: int, *, same_origin: bool) -> HttpRequest:
    """The next hop's request: method and body by status (RFC 9110, section 15.4), secrets only within the origin."""
    method = request.method.upper()
    to_get = (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST")
    headers = list(request.headers) if same_origin else portable(request.headers)
    return msgspec.structs.replace(
        request,
        method="GET" if to_get else request.method,
        body=None if to_get else request.body,
        headers=without_body(headers) if to_get else headers,
        params=[],
        credential=request.credential if same_origin else None,
    )


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
