"""From the set-up link to the first screen; signing in and out; languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e import kit


async def test_the_set_up_link_leads_to_the_workflows(browser: Browser, tmp_path: Path) -> None:
    server = kit.Server(tmp_path / "data")
    server.start()
    try:
        async with kit.context_of(browser, server) as context:
            page = await context.new_page()
            await page.goto(f"/setup#{server.secret}")
            await expect(page).to_have_url(f"{server.url}/setup")
            await page.locator("[name=name]").fill("Grace Hopper")
            await page.locator("[name=email]").fill("grace@example.org")
            await page.locator("[name=password]").fill("a ship in port is safe")
            await page.locator("[name=again]").fill("something else")
            await page.get_by_role("button", name="Create the account").click()
            await expect(page.get_by_text("The two passwords differ.")).to_be_visible()
            await page.locator("[name=again]").fill("a ship in port is safe")
            await page.get_by_role("button", name="Create the account").click()
            await expect(page.get_by_text("Quake report")).to_be_visible()
            await page.goto(f"/setup#{server.secret}")
            await page.locator("[name=name]").fill("Eve")
            await page.locator("[name=email]").fill("eve@example.org")
            await page.locator("[name=password]").fill("a ship in port is safe")
            await page.locator("[name=again]").fill("a ship in port is safe")
            await page.get_by_role("button", name="Create the account").click()
            await expect(page.get_by_role("alert")).to_be_visible()
    finally:
        server.stop()


async def test_signing_in_and_out(browser: Browser, server: kit.Server, api: kit.Api) -> None:
    async with kit.context_of(browser, server) as context:
        page = await context.new_page()
        await page.goto("/workflows")
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        await page.locator("[name=email]").fill(kit.FIRST["email"])
        await page.locator("[name=password]").fill("wrong")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await page.locator("[name=password]").fill(kit.FIRST["password"])
        await page.get_by_role("button", name="Sign in").click()
        await expect(page).to_have_url(f"{server.url}/workflows")
        await page.get_by_role("button", name=f"Account of {kit.FIRST['name']}").click()
        await page.get_by_role("menuitem", name="Sign out").click()
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        await page.goto("/workflows")
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_the_language_changes_without_a_reload(page: Page) -> None:
    await page.goto("/workflows")
    await expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    await page.evaluate("window.stayed = true")
    await kit.choose_language(page, "ar")
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await expect(page.get_by_role("heading", name="سير العمل", exact=True)).to_be_visible()
    await kit.choose_language(page, "fr")
    await expect(page.locator("html")).to_have_attribute("dir", "ltr")
    await kit.choose_language(page, "en")
    assert await page.evaluate("window.stayed")


async def test_an_address_that_leads_nowhere(page: Page) -> None:
    await page.goto("/nowhere/at/all")
    await expect(page.get_by_text("There is nothing here")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/workflows"])
async def test_the_page_allows_nothing_foreign(page: Page, server: kit.Server, path: str) -> None:
    answer = await page.goto(path)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    refused: list[Any] = await page.evaluate(
        """() => new Promise((done) => {
          document.addEventListener('securitypolicyviolation', (event) => done([event.violatedDirective]));
          const script = document.createElement('script');
          script.textContent = 'window.broken = true';
          document.body.append(script);
        })"""
    )
    assert refused[0].startswith("script-src")
    assert not await page.evaluate("window.broken")


async def test_a_tour_of_the_editor_that_can_be_skipped(
    browser: Browser, server: kit.Server, api: kit.Api, cookies: list[dict[str, Any]]
) -> None:
    quakes = await api.sample("Strong quakes")
    async with kit.context_of(browser, server, cookies, tour=True) as context:
        page = await context.new_page()
        await page.goto(f"/workflows/{quakes}")
        card = page.get_by_role("dialog", name="A short tour")
        for name in ("canvas", "run", "palette", "drawers"):
            await expect(card).to_have_attribute("data-tour", name)
            await card.get_by_role("button", name="Next").or_(card.get_by_role("button", name="Start")).click()
        await expect(card).to_have_count(0)
        await page.reload()
        await expect(page.locator(".react-flow__node").first).to_be_visible()
        await expect(card).to_have_count(0)
        await page.evaluate("localStorage.removeItem('studio.tour')")
        await page.reload()
        await card.get_by_role("button", name="Skip").click()
        await expect(card).to_have_count(0)
