"""Credentials, variables, members, roles, keys, audit and settings, by mouse and keyboard as an Admin uses them."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Page, expect

from tests.e2e import kit


async def test_a_variable_and_a_secret_one(page: Page, api: kit.Api) -> None:
    await page.goto("/variables")
    await page.get_by_role("button", name="New variable").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("[name=name]").fill("region")
    await dialog.get_by_role("textbox", name="Value").fill('{"name": "eu-west"}')
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("vars.region")).to_be_visible()
    assert (await api.get("/variables/region"))["value"] == {"name": "eu-west"}
    await page.get_by_role("button", name="New variable").first.click()
    await dialog.locator("[name=name]").fill("token")
    await dialog.get_by_role("checkbox", name="Secret").check()
    await dialog.get_by_role("textbox", name="Value").fill("open-sesame-42")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("vars.token")).to_be_visible()
    assert "open-sesame-42" not in await page.content()
    await page.get_by_role("button", name="Delete region").click()
    await dialog.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("vars.region")).to_have_count(0)


async def test_what_is_refused_stays_as_it_was_typed(page: Page) -> None:
    await page.goto("/members")
    await page.get_by_role("tab", name="Invitations").click()
    await page.get_by_role("button", name="Invite").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("[name=email]").fill(kit.FIRST["email"])
    await dialog.get_by_role("button", name="Invite").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await expect(dialog.locator("[name=email]")).to_have_value(kit.FIRST["email"])


async def test_a_credential_is_made_and_never_shown(page: Page, api: kit.Api) -> None:
    await page.goto("/credentials")
    await page.get_by_role("button", name="New credential").first.click()
    dialog = page.get_by_role("dialog")
    types = (await api.get("/credential-types"))["items"]
    basic = next(one for one in types if any(field["secret"] for field in one["fields"]) and not one["sign_in"])
    await dialog.get_by_role("combobox", name="Type").or_(dialog.get_by_role("textbox", name="Type")).click()
    await page.get_by_role("option", name=basic["title"], exact=True).click()
    await dialog.locator("[name=name]").fill("Billing")
    for field in basic["fields"]:
        if field["kind"] == "text" and (field["required"] or field["secret"]):
            await dialog.locator(f"[name='field.{field['name']}']").fill("planted-secret-1")
        elif field["kind"] == "hosts":
            await dialog.locator(f"[name='field.{field['name']}']").fill("api.example.org")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("table").get_by_text("Billing")).to_be_visible()
    made = next(one for one in (await api.get("/credentials"))["items"] if one["name"] == "Billing")
    assert made["type"] == basic["id"]
    await page.get_by_role("button", name="Actions for Billing").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await dialog.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Billing")).to_have_count(0)


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(page: Page, server: kit.Server) -> None:
    await page.goto("/keys")
    await page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("[name=name]").fill("Shop")
    await dialog.get_by_role("button", name="Create").click()
    secret = (await page.locator("[data-secret]").inner_text()).strip()
    await page.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("table").get_by_text("Shop")).to_be_visible()
    assert secret not in await page.content()
    bearer = {"Authorization": f"Bearer {secret}"}
    request = page.context.request
    assert (await request.get(f"{server.url}/api/v1/keys/current", headers=bearer)).ok
    await page.get_by_role("button", name="Revoke Shop").click()
    await dialog.get_by_role("button", name="Revoke").click()
    await expect(page.get_by_text("Revoked").first).to_be_visible()
    fresh = await page.context.browser.new_context() if page.context.browser else page.context
    assert (await fresh.request.get(f"{server.url}/api/v1/keys/current", headers=bearer)).status == 401
    await fresh.close()


async def test_somebody_is_invited_joins_and_sees_less(page: Page, browser: Browser, server: kit.Server) -> None:
    await page.goto("/members")
    await page.get_by_role("tab", name="Invitations").click()
    await page.get_by_role("button", name="Invite").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("[name=email]").fill("viewer@example.org")
    await dialog.get_by_role("combobox", name="Role").or_(dialog.get_by_role("textbox", name="Role")).click()
    await page.get_by_role("option", name="Viewer").click()
    await dialog.get_by_role("button", name="Invite").click()
    link = (await page.locator("[data-secret]").inner_text()).strip()
    async with kit.context_of(browser, server) as context:
        theirs = await context.new_page()
        await theirs.goto(link.replace(re.split(r"/invitation", link)[0], server.url))
        await theirs.locator("[name=name]").fill("Vera Viewer")
        await theirs.locator("[name=password]").fill("only here to look at it")
        await theirs.get_by_role("button", name="Create an account and join").click()
        await expect(theirs.get_by_role("link", name="Workflows", exact=True)).to_be_visible()
        await expect(theirs.get_by_role("button", name="New workflow")).to_have_count(0)
        await expect(theirs.get_by_role("link", name="Audit")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("table").get_by_text("Vera Viewer")).to_be_visible()


async def test_the_audit_log_tells_and_verifies(page: Page, api: kit.Api) -> None:
    await api.send("PUT", "/variables/audited", {"value": 1})
    await page.goto("/audit")
    await page.get_by_placeholder("Action, such as").fill("variable.set")
    row = page.get_by_role("row").filter(has_text="audited").first
    await row.click()
    await expect(page.get_by_role("dialog").get_by_text("Ada Lovelace")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Verify").click()
    await expect(page.get_by_text("nothing missing or changed")).to_be_visible()


async def test_settings_are_kept(page: Page, api: kit.Api) -> None:
    await page.goto("/settings?tab=workspace")
    await page.locator("[name=name]").fill("Analytics")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("header").get_by_text("Analytics")).to_be_visible()
    await page.goto("/settings?tab=security")
    await expect(page.get_by_text("This one")).to_be_visible()
