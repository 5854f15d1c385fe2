"""A pack in the data folder as its author tries it: forms, wrong params, triggers of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

SHOP = Path(__file__).parent.parent / "server" / "packs" / "shop"

FEED = '''
"""feed.watch."""

from __future__ import annotations

from typing import Any

from studio.sdk import Example, NodeContext, NodeModel, Param, TriggerEvent, TriggerNode


class Watch(TriggerNode):
    """Watch a feed."""

    type = "feed.watch"
    source = "poll"

    class Input(NodeModel):
        url: str = Param(description="Its address")

    class Event(NodeModel):
        title: str

    examples = (Example(input={"url": "x"}, output={"events": [{"title": "first"}, {"title": "second"}]}),)

    async def activate(self, input: Input, ctx: NodeContext) -> None:
        await ctx.state.set(["first"])

    async def poll(self, input: Input, ctx: NodeContext) -> Any:
        titles = [*await ctx.state.get([]), "second", "first"]
        return [TriggerEvent({"title": one}, id=one) for one in titles]
'''


@pytest.fixture(autouse=True)
def packs(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "packs"
    shutil.copytree(SHOP, folder / "shop")
    (folder / "feed").mkdir()
    (folder / "feed" / "watch.py").write_text(FEED)
    (folder / "feed" / "manifest.toml").write_text(
        'id = "feed"\ntitle = "Feed"\ncategory = "triggers"\ndescription = "Feeds"\nowners = ["tests"]\n'
    )


def test_a_form_is_shown(cli: Any) -> None:
    shown = cli("nodes", "show", "shop.orders").out
    assert "Shop (chosen from a list that depends on address, region)" in " ".join(shown.split())
    assert "kind: basic | bearer | null" in shown
    assert "liste qui dépend de address, region" in cli("nodes", "show", "shop.orders", "--lang", "fr").out


def orders(**params: Any) -> dict[str, Any]:
    return {
        "text": {
            "type": "flow.set",
            "params": {"values": {"kind": "{{ 'bea' + 'rer' }}", "number": "{{ default(null, 3) }}"}},
        },
        "orders": {"type": "shop.orders", "params": {"address": "a", "shop": "s", **params}},
    }


@pytest.mark.parametrize(
    ("auth", "param", "says"),
    [
        ({"kind": "bearer"}, "auth.account", "`account` is missing"),
        ({"kind": "nope"}, "auth", "of no known kind"),
        ({"kind": "bearer", "account": "{{ 5 }}"}, "auth.account", "takes a text; this expression gives a whole"),
        ({"kind": "bearer", "acount": "{{ text.values.kind }}"}, "auth.acount", "did you mean `account`?"),
        ({"kind": "{{ text.values.kind }}"}, "auth.account", "`account` is missing"),
        ("{{ 5 }}", "auth", "takes an object or null"),
    ],
)
def test_what_is_wrong_inside_a_union_is_named(cli: Any, workflow: Any, auth: Any, param: str, says: str) -> None:
    problems = cli("validate", workflow(orders(auth=auth)), "--json", code=2).json["files"][0]["problems"]
    assert param in [one["param"] for one in problems]
    assert any(says in one["message"] for one in problems), problems


def test_a_kind_that_is_known_late(cli: Any, workflow: Any) -> None:
    good = orders(auth={"kind": "{{ text.values.kind }}", "account": "a"})
    assert cli("run", workflow(good), "--json").json["status"] == "succeeded"
    bad = orders(auth={"kind": "{{ text.values.kind }}", "account": "{{ text.values.number }}"})
    error = cli("run", workflow(bad), "--json", code=1).json["error"]
    assert "Param auth.account of shop.orders: should be a text" in error["message"]


def test_a_trigger_of_a_pack(cli: Any, workflow: Any) -> None:
    assert cli("nodes", "check", "feed").code == 0
    nodes = {
        "watch": {"type": "feed.watch", "params": {"url": "x"}, "inputs": {"it": "{{ event.title }}"}},
        "hand": {"type": "trigger.manual", "inputs": {"it": "{{ workflow.name + now[4] }}"}},
        "say": {"type": "flow.set", "params": {"values": {"got": "{{ inputs.it }}"}}},
    }
    file = workflow(nodes, output="{{ say.values.got }}", inputs={"it": {"type": "string"}})
    assert cli("run", file, "--trigger", "watch", "--event", '{"title": "x"}').out == "x\n"
    assert cli("run", file, "--trigger", "hand").out == "Test-\n"
    assert "triggers here are: watch, hand." in cli("run", file, "--trigger", "none", code=2).err
