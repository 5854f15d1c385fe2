"""What changed between two versions."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.diff import Change, diff, render
from studio.domain.workflow import Workflow

BASE: dict[str, Any] = {
    "studio": 1,
    "name": "x",
    "inputs": {"n": {"type": "number"}},
    "nodes": {
        "load": {"type": "f.read", "params": {"path": "a.json", "deep": {"k": [1, 2]}}},
        "strong": {"type": "l.filter", "params": {"items": "{{ load.data }}"}},
        "places": {
            "type": "f.map",
            "params": {"items": "{{ strong.items }}"},
            "body": {
                "nodes": {"place": {"type": "t.t", "params": {"text": "{{ item }}"}}},
                "output": "{{ place.text }}",
            },
        },
        "agent": {
            "type": "a.a",
            "slots": {"tools": [{"id": "s1", "type": "t.a"}], "model": {"id": "m", "type": "t.m"}},
        },
    },
    "edges": ["load -> strong", "strong.true -> places"],
    "output": "{{ places.results }}",
    "settings": {"timeout": "1m"},
    "canvas": {"positions": {"load": [0, 0]}},
}


WRITTEN_BODY = '{"nodes":{"place":{"type":"t.t","params":{"text":"{{ item }}"}}},"output":"{{ place.text }}"}'


def changed(edit: Any) -> list[Change]:
    after = copy.deepcopy(BASE)
    edit(after)
    return diff(Workflow.model_validate(BASE), Workflow.model_validate(after))


def lines(edit: Any) -> list[str]:
    return render(changed(edit)).splitlines()


def test_nothing_changed() -> None:
    assert lines(lambda _after: None) == []
    assert lines(lambda after: after.update(canvas=None)) == []


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda d: d.update(name="y"), ['~ name: "x" -> "y"']),
        (lambda d: d.update(description="y"), ['+ description: "y"']),
        (
            lambda d: d["settings"].update(timeout="2m", priority=3),
            ['~ settings.timeout: "1m" -> "2m"', "+ settings.priority: 3"],
        ),
        (lambda d: d.pop("settings"), ['- settings: {"timeout":"1m"}']),
        (lambda d: d["inputs"].update(m={"type": "string"}), ['+ inputs.m: {"type":"string"}']),
        (lambda d: d["inputs"]["n"].update(default=1), ["+ inputs.n.default: 1"]),
        (lambda d: d.update(output="y"), ['~ output: "{{ places.results }}" -> "y"']),
        (lambda d: d.pop("output"), ['- output: "{{ places.results }}"']),
        (lambda d: d["nodes"]["load"]["params"].update(path="b"), ['~ load.params.path: "a.json" -> "b"']),
        (lambda d: d["nodes"]["load"]["params"]["deep"].update(k=[1, 3]), ["~ load.params.deep.k[1]: 2 -> 3"]),
        (lambda d: d["nodes"]["load"]["params"]["deep"].update(k=[1]), ["~ load.params.deep.k: [1,2] -> [1]"]),
        (lambda d: d["nodes"]["load"]["params"]["deep"].update(k=[1, True]), ["~ load.params.deep.k[1]: 2 -> true"]),
        (lambda d: d["nodes"]["load"]["params"].pop("path"), ['- load.params.path: "a.json"']),
        (
            lambda d: d["nodes"]["load"].update(retry=3, type="f.get"),
            ['~ load.type: "f.read" -> "f.get"', "+ load.retry: 3"],
        ),
        (lambda d: d["nodes"].update(new={"type": "t.n"}), ["+ node new (t.n)"]),
        (lambda d: d["nodes"].pop("agent"), ["- node agent (a.a)"]),
        (lambda d: d["edges"].append("load -> places"), ["+ edge load -> places"]),
        (lambda d: d["edges"].append("load -> strong"), ["+ edge load -> strong"]),
        (lambda d: d["edges"].pop(), ["- edge strong.true -> places"]),
        (
            lambda d: d["edges"].append({"source": "a", "port": "x y", "target": "load"}),
            ["+ edge {'source': 'a', 'port': 'x y', 'target': 'load'}"],
        ),
        (
            lambda d: d["nodes"]["places"]["body"].update(output="y"),
            ['~ places.body.output: "{{ place.text }}" -> "y"'],
        ),
        (lambda d: d["nodes"]["places"]["body"]["nodes"].update(n={"type": "t.n"}), ["+ node places.body.n (t.n)"]),
        (
            lambda d: d["nodes"]["places"]["body"].update(edges=["place -> place"]),
            ["+ edge place -> place in places.body"],
        ),
        (lambda d: d["nodes"]["places"].update(catch={}), ["+ places.catch: {}"]),
        (lambda d: d["nodes"]["places"].pop("body"), [f"- places.body: {WRITTEN_BODY}"]),
        (lambda d: d["nodes"]["agent"]["slots"].pop("model"), ["- node agent.slots.model.m (t.m)"]),
        (
            lambda d: d["nodes"]["agent"]["slots"].update(memory={"id": "y", "type": "t.y"}),
            ["+ node agent.slots.memory.y (t.y)"],
        ),
        (
            lambda d: d["nodes"]["agent"]["slots"]["tools"][0].update(approval="always"),
            ['+ agent.slots.tools.s1.approval: "always"'],
        ),
        (
            lambda d: d["nodes"]["load"]["params"].update(path="p" * 500),
            ['~ load.params.path: "a.json" -> "' + "p" * 196 + "..."],
        ),
    ],
)
def test_each_change_by_itself(edit: Any, expected: list[str]) -> None:
    assert lines(edit) == expected


def test_a_renamed_node_takes_its_references_along() -> None:
    def edit(after: dict[str, Any]) -> None:
        nodes = after["nodes"]
        nodes["fetch"] = nodes.pop("load")
        nodes["strong"]["params"]["items"] = "{{ fetch.data }}"
        after["edges"][0] = "fetch -> strong"

    assert lines(edit) == ["~ node load is now fetch"]


def test_nodes_renamed_together() -> None:
    def edit(after: dict[str, Any]) -> None:
        nodes = after["nodes"]
        nodes["fetch"] = nodes.pop("load")
        nodes["many"] = nodes.pop("strong")
        nodes["many"]["params"]["items"] = "{{ fetch.data }}"
        nodes["places"]["params"]["items"] = "{{ many.items }}"
        nodes["places"]["body"]["nodes"]["spot"] = nodes["places"]["body"]["nodes"].pop("place")
        nodes["places"]["body"]["output"] = "{{ spot.text }}"
        after["edges"] = ["fetch -> many", "many.true -> places"]

    assert sorted(lines(edit)) == [
        "~ node load is now fetch",
        "~ node place is now places.body.spot",
        "~ node strong is now many",
    ]


def test_a_rename_that_is_not_clear_is_none() -> None:
    before = {"studio": 1, "name": "x", "nodes": {"a": {"type": "t.a"}, "b": {"type": "t.a"}}}
    after = {"studio": 1, "name": "x", "nodes": {"c": {"type": "t.a"}, "d": {"type": "t.a"}}}
    found = render(diff(Workflow.model_validate(before), Workflow.model_validate(after))).splitlines()
    assert sorted(found) == ["+ node c (t.a)", "+ node d (t.a)", "- node a (t.a)", "- node b (t.a)"]


def test_changes_are_data() -> None:
    (change,) = changed(lambda after: after["nodes"]["load"]["params"].update(path="b"))
    assert (change.kind, change.what, change.node, change.path) == ("changed", "value", "load", "params.path")
    assert (change.old, change.new) == ("a.json", "b")


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "{{ n0.x }}"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
FLOWS = st.dictionaries(
    st.sampled_from(["n0", "n1", "n2", "n3"]), st.dictionaries(st.sampled_from("xy"), TREES, max_size=2)
)


@given(FLOWS, FLOWS)
def test_there_are_changes_exactly_where_versions_differ(old: dict[str, Any], new: dict[str, Any]) -> None:
    from studio.domain.canonical import canonical

    before, after = (
        Workflow.model_validate(
            {"studio": 1, "name": "x", "nodes": {id: {"type": "t.a", "params": params} for id, params in nodes.items()}}
        )
        for nodes in (old, new)
    )
    changes = diff(before, after)
    if not changes:
        assert canonical(before) == canonical(after) or list(old) != list(new) or repr(old) != repr(new)
    if canonical(before) != canonical(after) and sorted(old) != sorted(new):
        assert changes
    assert all(str(change) for change in changes)
