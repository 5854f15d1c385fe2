"""The live debugger: data that moves along the edges, errors that lead to a param, breakpoints, lost connections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.e2e import kit

FLOWS = {
    "nodes": {
        "nums": {"type": "list.range", "params": {"stop": 300}},
        "some": {"type": "flow.if", "params": {"condition": "{{ len(nums.items) > 3 }}"}},
        "each": {
            "type": "flow.map",
            "params": {"items": "{{ nums.items }}", "as": "n"},
            "body": {
                "nodes": {
                    "up": {"type": "text.template", "params": {"template": "n {{ n }}"}},
                    "low": {"type": "text.upper", "params": {"text": "{{ up.text }}"}},
                },
                "output": "{{ low.text }}",
            },
        },
        "few": {"type": "text.template", "params": {"template": "few"}},
    },
    "edges": ["some.true -> each", "some.false -> few"],
}
BREAKS = {
    "nodes": {
        "first": {"type": "flow.set", "params": {"values": {"n": 0}}},
        "second": {"type": "flow.set", "params": {"values": {"share": "{{ 10 / first.values.n }}"}}},
        "third": {"type": "flow.set", "params": {"values": {"x": "{{ second.values.share }}"}}},
    }
}
CHAIN = {
    "nodes": {
        "a": {"type": "flow.set", "params": {"values": {"n": 1}}},
        "b": {"type": "flow.set", "params": {"values": {"n": "{{ a.values.n + 1 }}"}}},
        "c": {"type": "flow.set", "params": {"values": {"n": "{{ b.values.n + 1 }}"}}},
    },
    "output": "{{ c.values.n }}",
}
SLOW = {
    "nodes": {
        "before": {"type": "flow.set", "params": {"values": {"n": 1}}},
        "gate": {"type": "flow.approval", "params": {"message": "Go on with {{ before.values.n }}?"}},
        "after": {"type": "flow.set", "params": {"values": {"n": "{{ gate.decision }}"}}},
    },
    "edges": ["gate.approved -> after"],
}
WATCH = """() => {
  window.moved = new Set();
  new MutationObserver(() => {
    for (const one of document.querySelectorAll('[data-edge]')) {
      if (one.dataset.moving !== 'no') window.moved.add(`${one.dataset.moving} ${one.dataset.edge}`);
    }
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-moving'] });
}"""


async def opened(page: Page, workflow: str) -> None:
    """The editor of a workflow, with its nodes."""
    await page.goto(f"/workflows/{workflow}")
    await expect(page.locator(".react-flow__node").first).to_be_visible()
    await expect(page.locator(".react-flow__edge").first).to_be_attached()


async def run(page: Page, status: str = "succeeded") -> None:
    """Run the draft, until it stands like this."""
    await page.locator("[data-run-bar]").get_by_role("button", name="Run", exact=True).click()
    await expect(page.locator(f"[data-run-status={status}]")).to_be_visible()


async def passed(page: Page, edges: int) -> dict[str, int]:
    """How many values went over each edge, when some have gone over so many edges."""
    await expect(page.locator("[data-edge]:not([data-passed='0'])")).to_have_count(edges)
    found: list[Any] = await page.evaluate(
        "[...document.querySelectorAll('[data-edge]')].map((one) => [one.dataset.edge, Number(one.dataset.passed)])"
    )
    return {edge: count for edge, count in found if count}


async def test_dots_move_on_the_edges_of_the_sample(page: Page, api: kit.Api) -> None:
    await opened(page, await api.sample("Quake report"))
    await page.evaluate(WATCH)
    await run(page)
    edges = {
        "ref load.data -> strong.items", "ref load.data -> report.template", "ref strong.items -> regions.items",
        "ref strong.items -> report.template", "ref regions.groups -> figures.items",
        "ref figures.items -> ranked.items", "ref ranked.items -> report.template", "ref report.text -> write.text",
    }  # fmt: skip
    assert await passed(page, len(edges)) == dict.fromkeys(edges, 1)
    assert set(await page.evaluate("[...window.moved]")) == {f"dots {one}" for one in edges}
    label = page.locator('[data-edge-label="ref strong.items -> regions.items"]')
    await expect(label).to_have_text("85 items")
    await expect(page.locator('[data-edge-label="ref load.data -> strong.items"]')).to_contain_text("kB")


async def test_many_items_are_a_flow_with_a_counter_and_a_branch_not_taken_stays_still(
    page: Page, api: kit.Api
) -> None:
    await opened(page, await api.workflow("Flows", FLOWS))
    await page.evaluate(WATCH)
    await run(page)
    inner = "ref each.body.up.text -> each.body.low.text"
    assert await passed(page, 4) == {
        "some.true -> each": 1, "ref nums.items -> some.condition": 1, "ref nums.items -> each.items": 1, inner: 300,
    }  # fmt: skip
    moved = set(await page.evaluate("[...window.moved]"))
    assert f"flow {inner}" in moved
    assert not any("few" in one for one in moved)
    await expect(page.locator(f'[data-edge-label="{inner}"]')).to_have_text("300 values")
    await expect(page.locator('.react-flow__node[data-id="few"] [data-node-state]')).to_have_attribute(
        "data-node-state", "skipped"
    )


async def test_a_failed_node_leads_to_its_param(page: Page, api: kit.Api) -> None:
    await opened(page, await api.workflow("Breaks", BREAKS))
    await run(page, "failed")
    failed = page.locator('.react-flow__node[data-id="second"] button[data-node-state=failed]')
    await expect(failed).to_be_visible()
    where = await page.locator(".react-flow__viewport").get_attribute("style")
    await failed.click()
    # The inspector stands at the param that the error names, and nothing was panned.
    param = page.locator('[data-param="values"]').first
    await expect(param).to_be_visible()
    assert await page.locator(".react-flow__viewport").get_attribute("style") == where
    # On the screen of the execution the error, the param and the resolved input are seen together.
    await page.get_by_role("link", name="Everything about this execution").click()
    await page.get_by_role("button", name="Show second").click()
    error = page.locator("[data-error='expression.zero_division']")
    await expect(error).to_contain_text("values")
    await expect(page.get_by_role("tree")).to_be_visible()
    await error.get_by_role("button", name="Fix it in the draft").click()
    await expect(page.locator('[data-param="values"]').first).to_be_visible()
    await expect(page.locator("[data-run-status=failed]")).to_be_visible()


async def test_a_breakpoint_holds_steps_and_takes_other_data(page: Page, api: kit.Api) -> None:
    await opened(page, await api.workflow("Chain", CHAIN))
    node = page.locator('.react-flow__node[data-id="b"]')
    await node.hover()
    await node.locator("button[aria-pressed]").click()
    bar = page.locator("[data-run-bar]")
    await run(page, "waiting")
    await expect(node.locator("[data-node-state]")).to_have_attribute("data-node-state", "paused")
    await bar.get_by_role("button", name="Look at its data and change it").click()
    written = page.get_by_role("dialog").get_by_role("textbox")
    await expect(written).to_have_value('{\n  "values": {\n    "n": 2\n  }\n}')
    await written.fill('{"values": {"n": 40}}')
    await page.get_by_role("dialog").get_by_role("button", name="Run with this").click()
    await bar.get_by_role("button", name="Step").click()
    after = page.locator('.react-flow__node[data-id="c"] [data-node-state]')
    await expect(after).to_have_attribute("data-node-state", "paused")
    await bar.get_by_role("button", name="Continue").click()
    await expect(page.locator("[data-run-status=succeeded]")).to_be_visible()
    execution = (await bar.get_by_role("link").get_attribute("href") or "").rpartition("/")[2]
    assert (await api.get(f"/executions/{execution}/values"))["value"] == 41


async def test_what_changed_runs_again_and_the_rest_is_reused(page: Page, api: kit.Api) -> None:
    workflow = await api.workflow("Reuse", CHAIN)
    await opened(page, workflow)
    await run(page)
    # Run one node alone, as the inspector does: what came before is taken from the run that was.
    await page.locator('.react-flow__node[data-id="c"]').dblclick()
    await page.get_by_role("tab", name="Output").click()
    await page.get_by_role("button", name="Run this node").click()
    reused = page.locator('.react-flow__node[data-id="b"] [data-cached=true]')
    await expect(reused).to_be_visible()
    await expect(page.locator("[data-run-status=succeeded]")).to_be_visible()


async def test_a_watched_execution_outlives_the_server(browser: Browser, tmp_path: Path) -> None:
    server = kit.Server(tmp_path / "data")
    server.start()
    try:
        async with kit.signed_in(server) as (api, cookies), kit.context_of(browser, server, cookies) as context:
            page = await context.new_page()
            await opened(page, await api.workflow("Slow", SLOW))
            await run(page, "waiting")
            execution = (await page.locator("[data-run-bar] a").get_attribute("href") or "").rpartition("/")[2]
            server.kill()
            await expect(page.locator("[data-connection=lost]")).to_be_visible()
            server.start()
            await api.send("POST", f"/executions/{execution}/approvals", {"path": "gate", "decision": "approve"})
            await expect(page.locator("[data-run-status=succeeded]")).to_be_visible(timeout=40_000)
            await expect(page.locator("[data-connection]")).to_have_count(0)
            # Nothing was lost, and nothing came twice.
            assert await passed(page, 3) == {
                "gate.approved -> after": 1,
                "ref before.values -> gate.message": 1,
                "ref gate.decision -> after.values": 1,
            }
            await page.goto(f"/executions/{execution}")
            await page.get_by_text("Log", exact=True).click()
            events = page.locator("[data-event=succeeded]")
            await expect(events).to_have_count(3)
    finally:
        server.stop()
