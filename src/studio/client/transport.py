"""Requests to a server: authorisation, repetition where that is harmless, and failures as errors.

What is asked again, up to four times with growing pauses:

- anything, where the server is too busy (429, 503): it has taken nothing on;
- anything, where no connection came about, if the server has answered before;
- what changes nothing, and what carries an idempotency key, where the connection was lost in between.

A request that takes an idempotency key is given one of its own where the caller gives none.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from studio.client.errors import ApiError, Unreachable, api_error, problem_of

if TYPE_CHECKING:
    import httpx2

_TRIES = 5
_FIRST_PAUSE = 0.25
_LONGEST_WAIT = 30.0
_TIMEOUT = 330.0
"""Seconds; a run may be waited for as long as five minutes."""
_BUSY = (429, 503)
_SAFE = ("GET", "HEAD")
_KEY = "Idempotency-Key"
_STILL_RUNNING = "request.idempotency_open"


class Part:
    """A part of the API over one connection."""

    def __init__(
        self, url: str, token: str | None = None, *, workspace: str | None = None, lang: str | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._headers = {"accept": "application/json", "user-agent": "studio-client"}
        for name, value in (("studio-workspace", workspace), ("accept-language", lang)):
            if value is not None:
                self._headers[name] = value
        if token is not None:
            self._headers["authorization"] = f"Bearer {token}"
        self._client: httpx2.AsyncClient | None = None
        self._answered = False

    @staticmethod
    def quote(value: object) -> str:
        """A value as one segment of a path."""
        return quote(str(value), safe="")

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        json: Any = None,
        content: bytes | None = None,
    ) -> Any:
        """Ask, and give what the answer holds: None where it is empty.

        Raises:
            ApiError: The server refused.
            Unreachable: It did not answer.
        """
        answer = await self._send(method, path, query=query, headers=headers, json=json, content=content)
        if not answer.content:
            return None
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text

    async def ask_bytes(self, method: str, path: str, **given: Any) -> bytes:
        """Ask, and give the answer as it came. Raises what ``ask`` does."""
        return (await self._send(method, path, **given)).content

    async def paged(self, path: str, query: Mapping[str, Any]) -> AsyncGenerator[Any]:
        """Every item of a list, page by page as they are needed. Raises what ``ask`` does."""
        cursor: str | None = None
        while True:
            page = await self.ask("GET", path, query={**query, "cursor": cursor})
            for one in page["items"]:
                yield one
            cursor = page.get("next")
            if cursor is None:
                return

    async def download(self, path: str, query: Mapping[str, Any] | None = None) -> AsyncGenerator[bytes]:
        """An answer piece by piece, however large. Raises what ``ask`` does."""
        async with self.opened("GET", path, query=query) as answer:
            async for piece in answer.aiter_bytes():
                yield piece

    @asynccontextmanager
    async def opened(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        silence: float = _TIMEOUT,
    ) -> AsyncGenerator[httpx2.Response]:
        """An answer whose body is not read yet.

        Args:
            method: GET, ...
            path: Below ``/api/v1``.
            query: What stands behind the question mark.
            headers: Beside those of every request.
            silence: Seconds without a byte after which the connection counts as lost.
        """
        import httpx2

        given: dict[str, Any] = {"params": _without_nothing(query), "headers": dict(headers or {})}
        timeout = httpx2.Timeout(30.0, read=silence)
        try:
            async with self._connected().stream(method, f"/api/v1{path}", timeout=timeout, **given) as answer:
                self._answered = True
                if answer.status_code >= 400:
                    raise _error(answer, await answer.aread())
                yield answer
        except httpx2.HTTPError as error:
            raise _unreachable(self.url, error) from error

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        json: Any = None,
        content: bytes | None = None,
    ) -> httpx2.Response:
        named = dict(headers or {})
        if _KEY in named and named[_KEY] is None:
            named[_KEY] = uuid.uuid4().hex
        given: dict[str, Any] = {"params": _without_nothing(query), "headers": _without_nothing(named)}
        if content is not None:
            given["content"] = content
        elif json is not None:
            given["json"] = json
        return await self._persistently(method, path, given, again=method in _SAFE or _KEY in named)

    async def _persistently(self, method: str, path: str, given: Mapping[str, Any], *, again: bool) -> httpx2.Response:
        """The answer, asked for again where it was lost or the server was busy."""
        import httpx2

        lost = False
        for attempt in range(1, _TRIES + 1):
            pause = _FIRST_PAUSE * 2**attempt
            try:
                answer = await self._connected().request(method, f"/api/v1{path}", **given)
            except httpx2.HTTPError as error:
                never_sent = self._answered and isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
                harmless = never_sent or (again and self._answered)
                if attempt == _TRIES or not harmless:
                    raise _unreachable(self.url, error) from error
                lost = True
            else:
                self._answered = True
                if answer.status_code < 400:
                    return answer
                error = _error(answer, answer.content)
                busy = error.status in _BUSY
                # What was asked before the connection was lost may still be on its way.
                under_way = lost and error.code == _STILL_RUNNING
                if attempt == _TRIES or not (busy or under_way):
                    raise error
                pause = max(pause, error.retry_after or 0.0) if busy else pause
            await asyncio.sleep(min(pause, _LONGEST_WAIT) * random.uniform(1.0, 1.3))  # noqa: S311 - spreads clients
        raise AssertionError("the last attempt returns or raises")

    def _connected(self) -> httpx2.AsyncClient:
        import httpx2

        if self._client is None:
            # Without TLS there is nothing to verify, and to read the system's authorities takes a tenth of a second.
            # No redirect is followed, to no other scheme either.
            verify = not self.url.startswith("http:")
            self._client = httpx2.AsyncClient(
                base_url=self.url, headers=self._headers, timeout=_TIMEOUT, verify=verify, follow_redirects=False
            )
        return self._client

    async def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _without_nothing(given: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (given or {}).items() if value is not None}


def _unreachable(url: str, error: Exception) -> Unreachable:
    return Unreachable(
        "client.unreachable", "The server {url} does not answer: {reason}.", url=url, reason=type(error).__name__
    )


def _error(answer: httpx2.Response, content: bytes) -> ApiError:
    said = answer.headers.get("retry-after", "")
    seconds = float(said) if said.isascii() and said.replace(".", "", 1).isdigit() else None
    return api_error(answer.status_code, problem_of(content, answer.status_code), retry_after=seconds)
