"""Executions: the list with its filters, and one of them as a graph, a timeline and a log."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.e2e import kit

BIG = {
    "inputs": {"word": {"type": "string", "x-secret": True, "default": "hush hush"}},
    "nodes": {
        "nums": {"type": "list.range", "params": {"stop": 100_000}},
        "told": {"type": "text.template", "params": {"template": "It is {{ inputs.word }}: {{ len(nums.items) }}"}},
    },
    "output": {"all": "{{ nums.items }}", "told": "{{ told.text }}"},
}
ASKS = {
    "nodes": {
        "ask": {"type": "flow.approval", "params": {"message": "Well?"}},
        "yes": {"type": "text.template", "params": {"template": "yes"}},
    },
    "edges": ["ask.approved -> yes"],
}
FAILS = {"nodes": {"stop": {"type": "flow.fail", "params": {"message": "no more"}}}}


async def started(api: kit.Api, name: str, document: dict[str, object]) -> str:
    """An execution of a new draft; its id."""
    workflow = await api.workflow(name, document)
    made = await api.send("POST", "/executions", {"workflow": workflow, "which": "draft"})
    return str(made["id"])


async def test_a_large_value_opens_at_once_and_secrets_stay_masked(page: Page, api: kit.Api) -> None:
    await page.goto(f"/executions/{await started(api, 'Big', BIG)}")
    tree = page.get_by_role("tree")
    await expect(tree.get_by_role("treeitem").first).to_contain_text("100,000 items")
    await tree.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("End")
    # The last rows of a hundred thousand are there; what lies between was never fetched, and never drawn.
    await expect(tree.locator("[data-path='all/99999']")).to_be_visible()
    assert await tree.get_by_role("treeitem").count() < 200
    await page.get_by_role("textbox", name="Search in it").fill("99998")
    await expect(page.get_by_role("button", name="all[99998]")).to_be_visible()
    await page.locator("[data-node=told]").click()
    item = page.get_by_role("tree").get_by_role("treeitem")
    await expect(item).to_contain_text("It is •••: 100000")
    await page.get_by_role("button", name="Show what is masked").click()
    await expect(item).to_contain_text("It is hush hush: 100000")


async def test_an_approval_is_answered_and_the_run_is_shown_again(page: Page, api: kit.Api) -> None:
    await page.goto(f"/executions/{await started(api, 'Asks', ASKS)}")
    await page.get_by_role("button", name="Approve").click()
    await expect(page.locator("[data-status=succeeded]")).to_be_visible()
    node = page.locator("[data-node=yes]")
    await expect(node).to_have_attribute("data-state", "succeeded")
    await page.get_by_role("slider", name="Moment").focus()
    await page.keyboard.press("Home")
    await expect(node).to_have_attribute("data-state", "pending")
    await page.get_by_role("button", name="Play").click()
    await expect(node).to_have_attribute("data-state", "succeeded")
    await page.get_by_role("button", name="Back to how it ended").click()
    await expect(node).to_have_attribute("data-state", "succeeded")
    await page.get_by_text("Timeline", exact=True).click()
    await expect(page.locator("[data-bar=ask][data-critical=true]")).to_be_visible()
    await page.get_by_text("Log", exact=True).click()
    await expect(page.locator("[data-event=ended]")).to_be_visible()


async def test_the_list_is_narrowed_and_acts_on_many(page: Page, api: kit.Api) -> None:
    failed = await started(api, "Fails", FAILS)
    await page.goto("/executions?status=failed")
    row = page.locator(f"[data-row='{failed}']")
    await expect(row).to_contain_text("Fails")
    await row.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(row).to_have_count(0)
    await page.goto("/executions?error=nothing.like.it")
    await expect(page.get_by_text("Nothing fits these filters.")).to_be_visible()
