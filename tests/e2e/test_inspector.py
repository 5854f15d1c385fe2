"""The inspector: params as forms and as expressions, data from what ran before, edits as steps."""

from __future__ import annotations

import time
from typing import Any

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.e2e import kit

PEOPLE = [{"name": "Ada", "born": 1815}, {"name": "Grace", "born": 1906}]
NODES: dict[str, Any] = {
    "rows": {"type": "flow.set", "params": {"values": {"list": PEOPLE, "town": "London"}}},
    "shout": {"type": "text.upper", "params": {"text": ""}},
    "old": {
        "type": "list.filter",
        "params": {"items": "{{ rows.values.list }}", "where": "{{ item.born < 1900 }}"},
    },
    "tick": {"type": "trigger.schedule", "params": {"cron": "0 8 * * mon-fri", "time_zone": "Europe/Paris"}},
    "fetch": {"type": "http.request", "params": {"url": "https://example.org"}},
}


@pytest_asyncio.fixture(loop_scope="session")
async def workflow(api: kit.Api, request: Any) -> str:
    """A workflow that has run once."""
    document = {"nodes": NODES, "edges": ["rows -> shout"], "output": "{{ old.items }}"}
    id = await api.workflow(f"Inspected by {request.node.name}", document)
    ran = await api.send("POST", "/executions", {"workflow": id, "which": "draft", "until": "old"})
    for _ in range(200):
        if (await api.get(f"/executions/{ran['id']}"))["status"] == "succeeded":
            return id
    raise AssertionError("The workflow did not run.")


async def remembered(page: Page, key: str, value: str) -> None:
    """What the browser kept from before. A document without an origin keeps nothing."""
    await page.add_init_script(f"try {{ localStorage.setItem('{key}', '{value}') }} catch {{}}")


async def opened(page: Page, workflow: str, node: str, width: int = 1000) -> Locator:
    """The inspector of a node."""
    await remembered(page, "studio.inspector.width", str(width))
    await page.goto(f"/workflows/{workflow}?node={node}")
    inspector = page.get_by_test_id("inspector")
    await expect(inspector.locator("[data-param]").first).to_be_visible()
    return inspector


async def params(api: kit.Api, workflow: str, node: str) -> Any:
    """The params of a node as the server has them."""
    return (await api.get(f"/workflows/{workflow}/draft"))["document"]["nodes"][node]["params"]


async def saved(page: Page) -> None:
    """Wait until the draft is kept."""
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()


async def test_an_expression_is_written_with_completion_and_preview(page: Page, api: kit.Api, workflow: str) -> None:
    inspector = await opened(page, workflow, "shout")
    field = inspector.locator("[data-param=text]")
    await field.locator("input").fill("Dear {{")
    editor = field.locator(".cm-content")
    await expect(editor).to_be_focused()
    # From names in scope, through what the last run has shown, to a method with its examples.
    await page.keyboard.type("rows.val")
    option = page.locator(".cm-tooltip-autocomplete li", has_text="values")
    await expect(option.first).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.type(".li")
    await expect(page.locator(".cm-tooltip-autocomplete li", has_text="list").first).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.type("[1].na")
    await expect(page.locator(".cm-tooltip-autocomplete li", has_text="name").first).to_be_visible()
    await page.keyboard.press("Enter")
    preview = field.get_by_test_id("preview")
    await expect(preview).to_have_attribute("data-state", "value")
    await expect(preview).to_contain_text("Dear Grace")
    # Wrong: underlined, in the words of the server, the last good value dimmed.
    await page.keyboard.type("x")
    await expect(preview).to_have_attribute("data-state", "problem")
    await expect(preview).to_contain_text("near: 'name'")
    await expect(preview.locator("[data-dimmed]")).to_contain_text("Dear Grace")
    await expect(editor.locator(".cm-lintRange-error")).to_be_visible()
    await page.keyboard.press("Backspace")
    await expect(preview).to_have_attribute("data-state", "value")
    # One visit of a field is one step of undo.
    steps = (await api.get(f"/workflows/{workflow}/draft/steps"))["undo"]
    await inspector.get_by_role("tab", name="Settings").click()
    await saved(page)
    assert (await params(api, workflow, "shout"))["text"] == "Dear {{ rows.values.list[1].name }}"
    assert (await api.get(f"/workflows/{workflow}/draft/steps"))["undo"] == steps + 1


async def test_a_preview_is_there_within_200_ms(page: Page, workflow: str) -> None:
    inspector = await opened(page, workflow, "shout")
    field = inspector.locator("[data-param=text]")
    await field.locator("input").fill("{{")
    await expect(field.locator(".cm-content")).to_be_focused()
    await page.keyboard.type("rows.values.town")
    preview = field.get_by_test_id("preview")
    await expect(preview).to_contain_text("London")
    best = 9.0
    for letter in "abcde":
        await page.keyboard.press("End")
        await page.keyboard.press("Control+Home")
        begun = time.perf_counter()
        await page.keyboard.type(letter)
        await page.wait_for_function(
            "(text) => document.querySelector('[data-testid=preview]')?.dataset.state === 'value'"
            " && document.querySelector('[data-testid=preview] pre')?.textContent.startsWith(text)",
            arg=letter,
        )
        best = min(best, time.perf_counter() - begun)
    # The best of five: what else a machine does at the time is not the interface's.
    assert best < 0.2, best


async def test_fields_are_dragged_and_picked(page: Page, api: kit.Api, workflow: str) -> None:
    inspector = await opened(page, workflow, "shout")
    field = inspector.locator("[data-param=text]")
    await inspector.locator("[data-panel='0'] [data-path=values]").click()
    await page.keyboard.press("ArrowRight")
    town, people = (inspector.locator(f"[data-panel='0'] [data-path='values/{one}']") for one in ("town", "list"))
    await expect(town).to_be_visible()
    # Dropped on an empty param it is all of it.
    await town.drag_to(field.locator("input"))
    await expect(field.locator(".cm-content")).to_have_text("{{ rows.values.town }}")
    await expect(field.get_by_test_id("preview")).to_contain_text("London")
    # By keyboard: into the param, to the caret; then Enter on a field.
    await field.locator(".cm-content").click()
    await page.keyboard.press("Control+Home")
    await page.keyboard.type("In ")
    await town.click()
    await page.keyboard.press("Enter")
    await expect(field.locator(".cm-content")).to_have_text("In {{ rows.values.town }}{{ rows.values.town }}")
    # A list asks how it is meant; each lets the node run once per row.
    await people.drag_to(field.locator(".cm-content"))
    menu = page.get_by_role("menu")
    await expect(menu.get_by_role("menuitem")).to_have_count(3)
    await page.keyboard.press("Escape")
    await field.locator(".cm-content").click()
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Delete")
    await people.drag_to(field.locator(".cm-content"))
    await menu.get_by_role("menuitem", name="once per row").click()
    await saved(page)
    node = (await api.get(f"/workflows/{workflow}/draft"))["document"]["nodes"]["shout"]
    assert (node["each"], node["params"]["text"]) == ("{{ rows.values.list }}", "{{ item }}")


async def test_params_per_item_are_previewed_item_by_item(page: Page, workflow: str) -> None:
    inspector = await opened(page, workflow, "old")
    where = inspector.locator("[data-param=where]")
    preview = where.get_by_test_id("preview")
    await expect(preview).to_contain_text("true")
    await expect(preview).to_contain_text("1 / 2")
    await preview.get_by_role("button", name="Next item").click()
    await expect(preview).to_contain_text("2 / 2")
    await expect(preview).to_contain_text("false")


async def test_forms_literals_and_expressions(page: Page, api: kit.Api, workflow: str) -> None:
    inspector = await opened(page, workflow, "fetch", 520)
    await inspector.get_by_role("textbox", name="Search params").fill("certificate")
    await expect(inspector.locator("[data-param=verify_tls]")).to_be_visible()
    await expect(inspector.locator("[data-param=url]")).to_have_count(0)
    await inspector.get_by_role("textbox", name="Search params").fill("")
    headers = inspector.locator("[data-param=headers]")
    await headers.get_by_role("button", name="Add").click()
    await page.keyboard.type("Accept")
    await page.keyboard.press("Tab")
    await page.keyboard.type("text/plain")
    await inspector.locator("[data-param=url] input").click()
    await saved(page)
    assert (await params(api, workflow, "fetch"))["headers"] == {"Accept": "text/plain"}
    # To an expression and back: what can be kept is kept.
    await headers.get_by_role("button", name="Headers: Write an expression").click()
    await expect(headers.locator(".cm-content")).to_have_text("{{ {'Accept': 'text/plain'} }}")
    await headers.get_by_role("button", name="Headers: Use a fixed value").click()
    await expect(headers.locator("input").first).to_have_value("Accept")
    await saved(page)
    assert (await params(api, workflow, "fetch"))["headers"] == {"Accept": "text/plain"}


async def test_a_schedule_says_when_it_fires(page: Page, api: kit.Api, workflow: str) -> None:
    inspector = await opened(page, workflow, "tick", 520)
    cron = inspector.locator("[data-param=cron]")
    await expect(cron.get_by_text("Fires next (Europe/Paris)")).to_be_visible()
    await expect(cron.locator("time")).to_have_count(4)
    await cron.locator("label", has_text="Fri").click()
    await saved(page)
    assert (await params(api, workflow, "tick"))["cron"] == "0 8 * * mon,tue,wed,thu"


async def test_a_node_is_renamed_and_becomes_another_type(page: Page, api: kit.Api, workflow: str) -> None:
    inspector = await opened(page, workflow, "rows", 520)
    await inspector.get_by_role("button", name="Rename the id").click()
    await page.get_by_role("textbox", name="Id").fill("people")
    await page.get_by_role("button", name="Rename", exact=True).click()
    await saved(page)
    assert (await params(api, workflow, "old"))["items"] == "{{ people.values.list }}"
    await page.goto(f"/workflows/{workflow}?node=shout")
    await inspector.get_by_role("button", name="Change the type").click()
    await page.get_by_role("textbox", name="Search node types").fill("lower case")
    await page.locator(".mantine-Popover-dropdown button", has_text="text.lower").click()
    await expect(inspector.get_by_text("Lower case")).to_be_visible()
    await saved(page)
    found = (await api.get(f"/workflows/{workflow}/draft"))["document"]
    assert (found["nodes"]["shout"]["type"], found["edges"]) == ("text.lower", ["people -> shout"])


async def test_the_inspector_in_arabic_on_a_telephone(page: Page, workflow: str) -> None:
    await page.set_viewport_size(kit.NARROW)  # type: ignore[arg-type]  # a plain mapping of the same shape
    await remembered(page, "studio.language", "ar")
    inspector = await opened(page, workflow, "old", 400)
    await expect(inspector.get_by_role("tab")).to_have_count(4)
    await expect(inspector.get_by_role("tab", name="المعاملات")).to_have_attribute("aria-selected", "true")
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= kit.NARROW["width"]
