"""A real server as a process of its own, a real Chromium, and what tests of the interface do with both."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from playwright.async_api import Browser, BrowserContext, Page, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
]  # fmt: skip
FIRST = {"email": "ada@example.org", "name": "Ada Lovelace", "password": "correct horse battery"}
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
PATIENCE = 15_000
"""Milliseconds that something may take on a busy machine before a test gives up."""


class Server:
    """``studio up`` on a folder of its own; it can be killed and started again.

    Args:
        data: The data folder.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self.url = ""
        self.secret = ""
        self._process: subprocess.Popen[str] | None = None
        self._port = "0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "studio.cli.main", "up", "--data", str(self.data), "--port", self._port]
        # Tests click faster than people.
        environment = {**os.environ, "STUDIO_REQUESTS_PER_MINUTE": "0"}
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        )
        assert self._process.stdout is not None
        self.url = _url_in(self._process.stdout.readline())
        self._port = self.url.rpartition(":")[2]
        if not self.secret:
            self.secret = _url_in(self._process.stdout.readline()).partition("/setup#")[2]

    def kill(self) -> None:
        """End it as a power failure would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None


class Api:
    """The API as the signed-in person uses it, to prepare what a test needs and to look at what came of it."""

    def __init__(self, client: httpx2.AsyncClient, csrf: str) -> None:
        self._client = client
        self._headers = {"X-CSRF-Token": csrf, "Origin": str(client.base_url).rstrip("/")}

    async def get(self, path: str, **query: Any) -> Any:
        """The answer's body."""
        return _body(await self._client.get(f"/api/v1{path}", params=query))

    async def send(self, method: str, path: str, body: Any = None) -> Any:
        """Change something; the answer's body."""
        return _body(await self._client.request(method, f"/api/v1{path}", json=body, headers=self._headers))

    async def workflow(self, name: str, document: Mapping[str, Any]) -> str:
        """A new workflow with this draft; its id."""
        whole = {"studio": 1, "name": name, **document}
        made = await self.send("POST", "/workflows", {"document": whole})
        return str(made["id"])

    async def sample(self, name: str) -> str:
        """The id of a workflow by its name."""
        page = await self.get("/workflows", limit=100)
        return str(next(one["id"] for one in page["items"] if one["name"] == name))


@asynccontextmanager
async def signed_in(server: Server) -> AsyncGenerator[tuple[Api, list[dict[str, Any]]]]:
    """The first account of a fresh server: its API, and the cookies of its session."""
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as client:
        made = await client.post("/api/v1/setup", json={"secret": server.secret, **FIRST})
        assert made.status_code == 201, made.text
        cookies = [{"name": name, "value": value, "url": server.url} for name, value in client.cookies.items()]
        yield Api(client, made.json()["csrf"]), cookies


@asynccontextmanager
async def context_of(
    browser: Browser, server: Server, cookies: list[dict[str, Any]] | None = None, *, tour: bool = False, **options: Any
) -> AsyncGenerator[BrowserContext]:
    """A browser's window of its own. What a page reports as an error fails the test that caused it.

    ``tour`` leaves the tour of the editor to be seen, as it is by whoever comes for the first time.
    """
    whole: dict[str, Any] = {"base_url": server.url, "viewport": WIDE, "locale": "en-GB", **options}
    context = await browser.new_context(**whole)
    context.set_default_timeout(PATIENCE)
    if not tour:
        # A page that is still blank has no storage.
        await context.add_init_script("try { localStorage.setItem('studio.tour', 'seen') } catch { }")
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    if cookies:
        await context.add_cookies(cookies)  # type: ignore[arg-type]  # plain mappings of the same shape
    try:
        yield context
    finally:
        await context.close()
    assert wrong == []


async def choose_language(page: Page, language: str) -> None:
    """Speak another language, as somebody does who uses the menu."""
    await page.locator("[data-menu=language]").click()
    await page.locator(f"[role=menuitemradio][lang={language}]").click()
    await expect(page.locator("html")).to_have_attribute("lang", language)


def _url_in(line: str) -> str:
    found = re.search(r"https?://\S+", line)
    assert found is not None, line
    return found.group()


def _body(answer: httpx2.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None
