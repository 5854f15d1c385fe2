"""Every screen for everybody: axe finds nothing serious, nothing sticks out, in each language, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.e2e import kit

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = (
    "/workflows", "/credentials", "/variables", "/members", "/keys", "/audit", "/settings?tab=profile",
    "/settings?tab=security", "/settings?tab=workspace", "/settings?tab=notices", "/settings?tab=usage",
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "scheme", "size"),
    [("en", "light", kit.WIDE), ("ar", "dark", kit.NARROW), ("xx", "light", kit.NARROW)],
    ids=["english", "arabic-dark-narrow", "stretched-narrow"],
)
async def test_screens(
    browser: Browser, server: kit.Server, cookies: list[dict[str, Any]], language: str, scheme: Any, size: Any
) -> None:
    options = {"color_scheme": scheme, "viewport": size, "bypass_csp": True, "reduced_motion": "reduce"}
    async with kit.context_of(browser, server, cookies, **options) as context:
        page = await context.new_page()
        found: list[str] = []
        for screen in SCREENS:
            await page.goto(f"{screen}{'&' if '?' in screen else '?'}lang={language}")
            await expect(page.locator("h1")).to_be_visible()
            await expect(page.locator("[aria-busy=true]")).to_have_count(0)
            await page.add_script_tag(path=AXE)
            result = await page.evaluate("axe.run({resultTypes: ['violations']})")
            found += [
                f"{screen}: {one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['any'][:1]}"
                for one in result["violations"]
                if one["impact"] in ("serious", "critical")
            ]
            width = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if width > 0:
                found.append(f"{screen} is {width} pixels wider than the window")
        assert not found, "\n".join(found)
