"""The canvas in a real browser: what each gesture does to the draft, by mouse and keyboard, and how it is undone."""

from __future__ import annotations

from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.e2e import kit

CHAIN: dict[str, Any] = {
    "nodes": {
        "load": {"type": "files.read_json", "params": {"path": "a.json"}},
        "strong": {"type": "list.filter", "params": {"items": "{{ load.data }}", "where": "{{ item.mag > 5 }}"}},
        "top": {"type": "list.take", "params": {"items": "{{ strong.items }}", "count": 3}},
        "gate": {"type": "flow.if", "params": {"condition": "{{ len(top.items) > 0 }}"}},
        "quiet": {"type": "text.template", "params": {"template": "Nothing."}},
    },
    "edges": ["gate.false -> quiet"],
    "canvas": {"positions": {
        "load": [0, 0], "strong": [320, 0], "top": [640, 0], "gate": [960, 0], "quiet": [1280, 160],
    }},
}  # fmt: skip
NONE: dict[str, Any] = {"nodes": {}}


def node(page: Page, path: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{path}"]')


def port(page: Page, path: str, handle: str) -> Locator:
    return node(page, path).locator(f'.react-flow__handle[data-handleid="{handle}"]')


async def opened(page: Page, workflow: str) -> None:
    await page.goto(f"/workflows/{workflow}")
    await expect(page.locator(".react-flow__node").first).to_be_visible()
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    # What the nodes take and give is there, and so are their ports.
    await expect(page.locator('.react-flow__handle[data-handleid^="o:"]').first).to_be_attached()


async def saved(page: Page, api: kit.Api, workflow: str) -> dict[str, Any]:
    """The draft once everything is saved."""
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    return (await api.get(f"/workflows/{workflow}/draft"))["document"]


async def middle(one: Locator) -> tuple[float, float]:
    box = await one.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    await page.mouse.move(*start)
    await page.mouse.down()
    await page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    await page.mouse.move(*end, steps=4)
    await page.mouse.up()


async def test_a_drag_is_one_step_that_survives_a_reload(page: Page, api: kit.Api) -> None:
    workflow = await api.workflow("Dragging", CHAIN)
    await opened(page, workflow)
    x, y = await middle(node(page, "quiet"))
    await drag(page, (x, y), (x - 60, y + 120))
    after = await saved(page, api, workflow)
    assert after["canvas"]["positions"]["quiet"] != [1280, 160]
    await page.reload()
    await expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    await node(page, "load").click()
    await page.keyboard.press("Control+z")
    await expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    assert (await saved(page, api, workflow))["canvas"]["positions"]["quiet"] == [1280, 160]
    await page.keyboard.press("Control+Shift+z")
    await expect(page.get_by_role("button", name="Redo")).to_be_disabled()
    assert await saved(page, api, workflow) == after


async def test_a_wire_let_go_in_empty_space_asks_for_what_fits(page: Page, api: kit.Api) -> None:
    workflow = await api.workflow("Pulling", CHAIN)
    await opened(page, workflow)
    await page.evaluate(
        """() => {
          addEventListener('pointerup', () => { globalThis.released = performance.now() }, true)
          addEventListener('mouseup', () => { globalThis.released = performance.now() }, true)
          new MutationObserver(() => {
            if (globalThis.took === undefined && document.querySelector('#studio-picker [role=option]'))
              requestAnimationFrame(() => { globalThis.took ??= performance.now() - globalThis.released })
          }).observe(document.body, { childList: true, subtree: true })
        }"""
    )
    start = await middle(port(page, "top", "o:items"))
    picker = page.get_by_role("dialog", name="Add a node")
    took: list[float] = []
    for _ in range(3):
        if took:
            await page.keyboard.press("Escape")
            await expect(picker).to_have_count(0)
        await page.evaluate("delete globalThis.took")
        await drag(page, start, (start[0] + 40, start[1] + 200))
        await expect(picker).to_be_visible()
        await page.wait_for_function("globalThis.took !== undefined")
        took.append(await page.evaluate("globalThis.took"))
    # Whatever else the machine does can only add to it.
    assert min(took) < 100, f"the picker came after {took} ms"
    first = picker.get_by_role("option").first
    await expect(first).to_have_attribute("aria-selected", "true")
    await expect(first).to_have_attribute("data-type", "list.filter")
    await page.keyboard.type("sort list")
    await expect(first).to_have_attribute("data-type", "list.sort")
    await page.keyboard.press("Enter")
    await expect(node(page, "sort")).to_be_visible()
    await expect(page.get_by_role("complementary", name="Inspector")).to_be_visible()
    document = await saved(page, api, workflow)
    assert document["nodes"]["sort"]["params"]["items"] == "{{ top.items }}"
    await expect(page.locator(".react-flow__node:focus")).to_have_attribute("data-id", "sort")
    await page.keyboard.press("Control+z")
    await expect(node(page, "sort")).to_have_count(0)
    # The view returns as well.
    await expect(node(page, "load")).to_be_visible()
    assert (await saved(page, api, workflow))["nodes"].keys() == CHAIN["nodes"].keys()


async def test_a_node_on_a_wire_goes_into_it_and_a_deleted_one_heals(page: Page, api: kit.Api) -> None:
    loose: dict[str, Any] = {**CHAIN, "nodes": {**CHAIN["nodes"], "flat": {"type": "list.unique"}}}
    loose["canvas"] = {"positions": {**CHAIN["canvas"]["positions"], "flat": [400, 240]}}
    workflow = await api.workflow("Healing", loose)
    await opened(page, workflow)
    out, into = await middle(port(page, "strong", "o:items")), await middle(port(page, "top", "p:items"))
    x, _ = await middle(node(page, "flat"))
    box = await node(page, "flat").bounding_box()
    assert box is not None
    zoom = box["width"] / 240
    head = (x, box["y"] + 28 * zoom)
    await drag(page, head, ((out[0] + into[0]) / 2, (out[1] + into[1]) / 2))
    document = await saved(page, api, workflow)
    assert document["nodes"]["flat"]["params"]["items"] == "{{ strong.items }}"
    assert document["nodes"]["top"]["params"]["items"] == "{{ flat.items }}"
    await page.keyboard.press("Control+z")
    await expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    assert (await saved(page, api, workflow))["nodes"]["top"] == CHAIN["nodes"]["top"]

    await node(page, "strong").click()
    await page.keyboard.press("Delete")
    await expect(node(page, "strong")).to_have_count(0)
    healed = (await saved(page, api, workflow))["nodes"]["top"]["params"]["items"]
    assert healed == "{{ load.data }}"
    await node(page, "top").click()
    await page.keyboard.press("Delete")
    # `len(top.items)` reads what nobody gives now: it is told, and listed.
    await expect(page.get_by_text("1 reference leads nowhere now")).to_be_visible()
    problem = page.get_by_role("list", name="Problems").locator('[data-node="gate"]').first
    await problem.click()
    await expect(page.get_by_role("complementary", name="Inspector")).to_be_visible()


async def test_a_wrong_wire_is_refused_with_the_reason(page: Page, api: kit.Api) -> None:
    more: dict[str, Any] = {**CHAIN, "nodes": {**CHAIN["nodes"], "word": {"type": "text.slugify"}}}
    more["canvas"] = {"positions": {**CHAIN["canvas"]["positions"], "word": [900, 300]}}
    workflow = await api.workflow("Refusing", more)
    await opened(page, workflow)
    await drag(page, await middle(port(page, "strong", "o:items")), await middle(port(page, "word", "p:text")))
    await expect(page.get_by_role("alert").filter(has_text="Gives list, wanted is text.")).to_be_visible()
    await drag(page, await middle(port(page, "top", "o:items")), await middle(port(page, "strong", "p:items")))
    await expect(page.get_by_role("alert").filter(has_text="This would be a loop")).to_be_visible()
    assert (await saved(page, api, workflow))["nodes"]["word"] == {"type": "text.slugify"}
    await drag(page, await middle(port(page, "strong", "o:items")), await middle(port(page, "word", "p:text")))
    await page.get_by_role("button", name="Once per row").click()
    word = (await saved(page, api, workflow))["nodes"]["word"]
    assert word == {"type": "text.slugify", "each": "{{ strong.items }}", "params": {"text": "{{ item }}"}}


async def test_eight_nodes_only_by_keyboard(page: Page, api: kit.Api) -> None:
    workflow = await api.workflow("Keys", NONE)
    await page.goto(f"/workflows/{workflow}")
    await expect(page.get_by_text("Start with a node")).to_be_visible()
    wanted = ["read json", "filter list", "sort list", "take list", "if", "template", "slugify", "log"]
    ids: list[str] = []
    for at, words in enumerate(wanted):
        await page.keyboard.press("n")
        await expect(page.get_by_role("dialog", name="Add a node")).to_be_visible()
        await page.keyboard.type(words)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog", name="Add a node")).to_have_count(0)
        await expect(page.locator(".react-flow__node-card:focus")).to_have_count(1)
        ids = list((await saved(page, api, workflow))["nodes"])
        assert len(ids) == at + 1
    # Another wire, drawn by keyboard; a node moved, renamed and switched off.
    await page.keyboard.press("w")
    form = page.get_by_role("dialog", name="Draw a wire")
    await form.get_by_label("To the node").fill(ids[5])
    await page.keyboard.press("Enter")
    await expect(form.get_by_role("alert")).to_contain_text("loop")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    # The form gives the focus back to the node where it was opened.
    await expect(page.locator(".react-flow__node-card:focus")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("F2")
    await page.keyboard.type("Write it down")
    await page.keyboard.press("Enter")
    await page.keyboard.press("d")
    document = await saved(page, api, workflow)
    last = document["nodes"][ids[7]]
    assert (last["title"], last["disabled"]) == ("Write it down", True)
    assert document["nodes"][ids[1]]["params"]["items"] == f"{{{{ {ids[0]}.data }}}}"
    assert document["nodes"][ids[2]]["params"]["items"] == f"{{{{ {ids[1]}.items }}}}"


async def test_from_the_palette_into_a_container(page: Page, api: kit.Api) -> None:
    other = await api.workflow("Called one", NONE)
    key = (await api.get(f"/workflows/{other}"))["key"]
    loop: dict[str, Any] = {
        "nodes": {"each": {"type": "flow.map", "body": {"nodes": {}}}},
        "canvas": {"positions": {"each": [0, 0]}},
    }
    workflow = await api.workflow("Palette", loop)
    await opened(page, workflow)
    palette = page.get_by_role("complementary", name="Nodes to add")
    await palette.get_by_label("Search nodes").fill("slgify")
    entry = palette.locator('[data-type="text.slugify"]')
    await expect(entry).to_be_visible()
    await entry.drag_to(node(page, "each").get_by_role("button", name="Add the first node"))
    await expect(node(page, "each.body.slugify")).to_be_visible()
    await palette.get_by_text("Workflows", exact=True).click()
    await palette.get_by_label("Search nodes").fill("Called")
    await palette.get_by_text("Called one").dblclick()
    await expect(node(page, "each.body.called_one")).to_be_visible()
    body = (await saved(page, api, workflow))["nodes"]["each"]["body"]["nodes"]
    assert body["called_one"] == {"type": "flow.call", "title": "Called one", "params": {"workflow": key}}
    await node(page, "each.body.called_one").dblclick()
    await expect(page.get_by_role("textbox", name="Name of the workflow")).to_have_value("Called one")
    await (
        page.get_by_role("navigation", name="Where this workflow is called").get_by_role("link", name="Palette").click()
    )
    await expect(node(page, "each.body.slugify")).to_be_visible()
    await page.get_by_role("button", name="Close the container").click()
    await expect(node(page, "each.body.slugify")).to_have_count(0)
    await page.get_by_role("button", name="Open: 2 nodes inside").click()
    await expect(node(page, "each.body.slugify")).to_be_visible()


async def test_copied_from_one_workflow_to_another(page: Page, api: kit.Api) -> None:
    one, other = await api.workflow("From", CHAIN), await api.workflow("To", CHAIN)
    await opened(page, one)
    await node(page, "strong").click()
    await node(page, "top").click(modifiers=["Shift"])
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.keyboard.press("Control+c")
    await opened(page, other)
    await page.mouse.move(700, 600)
    await page.keyboard.press("Control+v")
    await expect(node(page, "strong_2")).to_be_visible()
    nodes = (await saved(page, api, other))["nodes"]
    assert nodes["top_2"]["params"]["items"] == "{{ strong_2.items }}"
    assert nodes["strong_2"]["params"]["items"] == "{{ load.data }}"


async def test_two_at_once(page: Page, context: BrowserContext, api: kit.Api) -> None:
    workflow = await api.workflow("Together", CHAIN)
    other = await context.new_page()
    await opened(page, workflow)
    await opened(other, workflow)
    await expect(page.get_by_role("img", name="1 other person is here")).to_be_visible()
    await other.keyboard.press("n")
    await other.keyboard.type("slugify")
    await other.keyboard.press("Enter")
    await expect(node(page, "slugify")).to_be_visible()
    await other.keyboard.press("1")
    # Cut off, one goes on; what was done is sent when the server is there again.
    await context.route("**/draft/operations", lambda route: route.abort())
    await node(page, "quiet").click()
    await page.keyboard.press("d")
    await expect(page.get_by_text("Not saved: trying again")).to_be_visible()
    await context.unroute("**/draft/operations")
    assert (await saved(page, api, workflow))["nodes"]["quiet"]["disabled"] is True
    await expect(node(other, "quiet").locator("[data-disabled]")).to_have_count(1)


async def test_frames_while_a_node_of_500_is_dragged(page: Page, api: kit.Api) -> None:
    nodes: dict[str, Any] = {}
    for at in range(500):
        text = "x" if at % 25 == 0 else f"{{{{ n{at - 1}.text }}}}"
        nodes[f"n{at}"] = {"type": "text.upper", "params": {"text": text}}
    positions = {f"n{at}": [at % 25 * 300, at // 25 * 160] for at in range(500)}
    workflow = await api.workflow("Many", {"nodes": nodes, "canvas": {"positions": positions}})
    await opened(page, workflow)
    await expect(page.locator(".react-flow__node")).to_have_count(500)
    await page.keyboard.press("0")
    # Only what is seen is there.
    await expect(page.locator(".react-flow__node")).not_to_have_count(500)
    await expect(node(page, "n262")).to_be_visible()
    x, y = await middle(node(page, "n262"))
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.evaluate(
        """() => {
          globalThis.rendered = 0
          new MutationObserver((all) => {
            globalThis.rendered += new Set(all.map((one) => one.target.closest?.('.react-flow__node')?.dataset.id)).size
          }).observe(document.querySelector('.react-flow__nodes'), { attributes: true, childList: true, subtree: true })
        }"""
    )
    for step in range(30):
        await page.mouse.move(x + step * 3, y + step * 2)
    touched = await page.evaluate("globalThis.rendered")
    await page.mouse.up()
    # Each frame touches the node that moves, and no other.
    assert touched <= 60, f"{touched} nodes were drawn anew in 30 moves"
    assert (await saved(page, api, workflow))["canvas"]["positions"]["n262"] != positions["n262"]
