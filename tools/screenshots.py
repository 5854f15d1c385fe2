"""Pictures of the interface for the documentation: ``python tools/screenshots.py [FOLDER]``, by default docs/images.

A fresh server with its sample workflows, a real Chromium, a real run. The pictures that the pages show are committed;
with ``--all`` every screen is taken, light, dark, Arabic and narrow, to be looked at before a release.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.async_api import Browser, Page, async_playwright, expect  # noqa: E402

from tests.e2e import kit  # noqa: E402

Cookies = list[dict[str, Any]]
FIT = re.compile("Show all|عرض الكل")
SCREENS = ("workflows", "executions", "credentials", "variables", "members", "keys", "audit", "settings")
LOOKS: dict[str, dict[str, Any]] = {
    "light": {}, "dark": {"color_scheme": "dark"}, "arabic": {"locale": "ar"},
    "narrow": {"viewport": kit.NARROW},
    "arabic-narrow": {"locale": "ar", "viewport": kit.NARROW, "color_scheme": "dark"},
}  # fmt: skip


def main(argv: list[str]) -> int:
    """Take the pictures; returns an exit code."""
    every = "--all" in argv
    folders = [one for one in argv if not one.startswith("--")]
    folder = Path(folders[0]) if folders else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        server = kit.Server(Path(data) / "data")
        server.start()
        try:
            asyncio.run(_take(server, folder, every))
        finally:
            server.stop()
    return 0


async def _take(server: kit.Server, folder: Path, every: bool) -> None:
    async with kit.signed_in(server) as (api, cookies), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=kit.CHROMIUM, args=kit.FLAGS)
        workflow = await api.sample("Strong quakes")
        looks = LOOKS if every else {"light": {}, "dark": {"color_scheme": "dark"}}
        for name, options in looks.items():
            await _editor(browser, server, cookies, workflow, folder / f"editor-{name}.png", options)
            if every:
                for screen in SCREENS:
                    await _screen(browser, server, cookies, screen, folder / f"{screen}-{name}.png", options)
        await browser.close()


async def _editor(
    browser: Browser,
    server: kit.Server,
    cookies: list[dict[str, Any]],
    workflow: str,
    path: Path,
    options: dict[str, Any],
) -> None:
    async with kit.context_of(browser, server, cookies, **options) as context:
        page = await context.new_page()
        await page.goto(f"/workflows/{workflow}{_language(options)}")
        await expect(page.locator(".react-flow__node").first).to_be_visible()
        if options.get("viewport") != kit.NARROW:
            await page.locator("[data-run-bar] button").first.click()
            await expect(page.locator("[data-node-state=succeeded]").nth(3)).to_be_visible()
            await page.locator(".react-flow__node").nth(1).dblclick()
            await page.get_by_role("button", name=FIT).click()
        await _settled(page)
        await page.screenshot(path=path)


async def _screen(
    browser: Browser,
    server: kit.Server,
    cookies: list[dict[str, Any]],
    screen: str,
    path: Path,
    options: dict[str, Any],
) -> None:
    async with kit.context_of(browser, server, cookies, **options) as context:
        page = await context.new_page()
        await page.goto(f"/{screen}{_language(options)}")
        await expect(page.locator("h1")).to_be_visible()
        await _settled(page)
        await page.screenshot(path=path)


def _language(options: dict[str, Any]) -> str:
    return f"?lang={options['locale']}" if "locale" in options else ""


async def _settled(page: Page) -> None:
    """Wait until nothing is on its way and what slides in has arrived."""
    await page.mouse.move(2, 2)
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(600)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
