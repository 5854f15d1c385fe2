"""Requests to a server: authorisation, repetition where that is harmless, and failures as errors."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from studio.domain.errors import StudioError

if TYPE_CHECKING:
    import httpx2

_TRIES = 5
_LONGEST_WAIT = 30.0
_TIMEOUT = 330.0
"""Seconds; a run may be waited for as long as five minutes."""
_BUSY = (429, 503)


class ApiError(StudioError):
    """The server refused a request, or failed. ``status`` is the HTTP status, ``problem`` the whole answer."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        # The sentence comes in the language that was asked for: it is not looked up again.
        super().__init__(str(problem.get("code", "server.answer")), "{detail}", detail=problem.get("detail", status))
        self.status = status
        self.problem = problem
        self.param = problem.get("param")


class Unreachable(StudioError):
    """The server does not answer."""


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
        given: dict[str, Any] = {
            "params": {name: value for name, value in (query or {}).items() if value is not None},
            "headers": {name: value for name, value in (headers or {}).items() if value is not None},
        }
        if content is not None:
            given["content"] = content
        elif json is not None:
            given["json"] = json
        attempt = 1
        while (answer := await self._once(method, path, given)).status_code in _BUSY and attempt < _TRIES:
            # A busy server has taken nothing on yet, so whatever was asked may be asked again.
            await asyncio.sleep(_wait(answer.headers.get("retry-after", "1")))
            attempt += 1
        if answer.status_code >= 400:
            raise ApiError(answer.status_code, _problem(answer))
        return answer

    async def _once(self, method: str, path: str, given: Mapping[str, Any]) -> httpx2.Response:
        import httpx2

        try:
            return await self._connected().request(method, f"/api/v1{path}", **given)
        except httpx2.HTTPError as error:
            raise Unreachable(
                "client.unreachable", "The server {url} does not answer: {reason}.",
                url=self.url, reason=type(error).__name__,
            ) from error  # fmt: skip

    def _connected(self) -> httpx2.AsyncClient:
        import httpx2

        if self._client is None:
            self._client = httpx2.AsyncClient(base_url=self.url, headers=self._headers, timeout=_TIMEOUT)
        return self._client

    async def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _wait(asked: str) -> float:
    seconds = float(asked) if asked.replace(".", "", 1).isdigit() else 1.0
    return min(seconds, _LONGEST_WAIT) * random.uniform(1.0, 1.3)  # noqa: S311 - spreads clients, nothing else


def _problem(answer: httpx2.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if isinstance(found, dict):
        return cast("Mapping[str, Any]", found)
    return {"code": "client.answer", "detail": f"HTTP {answer.status_code}"}
