"""One server and one browser for all tests of the interface that a process runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from studio.server.interface import interface_folder
from tests.e2e import kit

expect.set_options(timeout=kit.PATIENCE)
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser lives in one event loop, so its tests run in that one."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server with sample workflows."""
    if not kit.CHROMIUM:
        pytest.skip("Chromium is not installed: on Debian, apt-get install chromium fonts-noto-core")
    if interface_folder() is None:
        pytest.fail("The interface is not built: python tools/interface.py build")
    one = kit.Server(tmp_path_factory.mktemp("e2e") / "data")
    one.start()
    yield one
    one.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _account(server: kit.Server) -> AsyncIterator[tuple[kit.Api, list[dict[str, Any]]]]:
    async with kit.signed_in(server) as found:
        yield found


@pytest.fixture(scope="session")
def api(_account: tuple[kit.Api, list[dict[str, Any]]]) -> kit.Api:
    """The API in the name of the first account."""
    return _account[0]


@pytest.fixture(scope="session")
def cookies(_account: tuple[kit.Api, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What makes a browser the first account's."""
    return _account[1]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a screen."""
    if not kit.CHROMIUM:
        pytest.skip("Chromium is not installed: on Debian, apt-get install chromium fonts-noto-core")
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(executable_path=kit.CHROMIUM, args=kit.FLAGS)
        yield one
        await one.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, server: kit.Server, cookies: list[dict[str, Any]]) -> AsyncIterator[BrowserContext]:
    """A window of the first account."""
    async with kit.context_of(browser, server, cookies) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext) -> Page:
    """A page in it."""
    return await context.new_page()
