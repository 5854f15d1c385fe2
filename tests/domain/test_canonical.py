"""The canonical form and the content hash."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.canonical import canonical, content_hash, plain_workflow, written_edge
from studio.domain.workflow import Edge, Workflow

DOCUMENT: dict[str, Any] = {
    "studio": 1,
    "name": "x",
    "description": "d",
    "inputs": {"b": {"type": "string", "default": "a"}, "a": {"type": "number"}},
    "nodes": {
        "one": {
            "type": "t.a",
            "params": {"x": 1, "cases": {"z": 1, "a": 2}},
            "retry": {"max_attempts": 2, "factor": 3},
        },
        "loop": {
            "type": "t.m",
            "body": {"nodes": {"q": {"type": "t.b"}, "p": {"type": "t.b"}}, "edges": ["q -> p"], "output": "{{ p.x }}"},
            "finally": {"nodes": {}},
        },
        "agent": {
            "type": "t.c",
            "slots": {
                "tools": [{"id": "s2", "type": "t.d", "args": {"b": 1, "a": 2}}, {"id": "s1", "type": "t.d"}],
                "model": {"id": "m", "type": "t.e"},
            },
            "fallback": [{"type": "t.f", "params": {"b": 1, "a": 2}}],
            "credential": {"b": "x", "a": "y"},
        },
    },
    "edges": ["one -> loop", "loop.x -> agent.p"],
    "output": {"b": 1, "a": 2},
    "settings": {"timeout": "10m", "tags": ["b", "a"], "concurrency": {"limit": 3}},
    "canvas": {"positions": {"one": [1, 2]}},
}
MODELS = ("nodes", "inputs", "settings", "retry", "slots", "body", "credential", "args", "params")


def load(document: dict[str, Any]) -> Workflow:
    return Workflow.model_validate(document)


def shuffled(value: Any, order: random.Random, name: str = "document") -> Any:
    """The document with its keys in another order, except inside the values of params."""
    if isinstance(value, list):
        return [shuffled(each, order, name) for each in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    order.shuffle(keys)
    deep = name not in ("params", "output", "credential", "args")
    return {key: shuffled(value[key], order, key) if deep else value[key] for key in keys}


@given(st.integers())
def test_the_order_of_keys_and_edges_makes_no_difference(seed: int) -> None:
    order = random.Random(seed)
    other = shuffled(DOCUMENT, order)
    other["output"] = DOCUMENT["output"]
    order.shuffle(other["edges"])
    assert canonical(load(other)) == canonical(load(DOCUMENT))


@pytest.mark.parametrize(
    "change",
    [
        {"canvas": None},
        {"canvas": {"positions": {"one": [9, 9]}, "zoom": 3}},
        {"edges": [{"source": "loop", "port": "x", "target": "agent", "param": "p"}, "one -> loop"]},
        {"settings": {**DOCUMENT["settings"], "priority": 0, "grace": "10s", "time_zone": "UTC"}},
    ],
)
def test_what_changes_nothing(change: dict[str, Any]) -> None:
    assert content_hash(load({**DOCUMENT, **change})) == content_hash(load(DOCUMENT))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "y"},
        {"output": {"a": 2, "b": 1}},
        {"output": {"b": 1.0, "a": 2}},
        {"output": {"b": True, "a": 2}},
        {"edges": ["one -> loop"]},
        {"settings": {**DOCUMENT["settings"], "tags": ["a", "b"]}},
        {"nodes": {**DOCUMENT["nodes"], "one": {"type": "t.a", "params": {"x": 1, "cases": {"a": 2, "z": 1}}}}},
        {"nodes": {**DOCUMENT["nodes"], "one": {**DOCUMENT["nodes"]["one"], "disabled": True}}},
    ],
)
def test_what_changes_the_hash(change: dict[str, Any]) -> None:
    assert content_hash(load({**DOCUMENT, **change})) != content_hash(load(DOCUMENT))


def test_the_form_of_hash_and_bytes() -> None:
    digest = content_hash(load(DOCUMENT))
    assert digest.startswith("sha256:")
    assert len(digest) == 7 + 64
    read = json.loads(canonical(load(DOCUMENT)))
    assert list(read) == sorted(read)
    assert list(read["nodes"]) == ["agent", "loop", "one"]
    assert list(read["nodes"]["one"]["params"]) == ["cases", "x"]
    assert list(read["nodes"]["one"]["params"]["cases"]) == ["z", "a"]
    assert read["nodes"]["one"]["retry"] == {"factor": 3.0, "max_attempts": 2}
    assert [tool["id"] for tool in read["nodes"]["agent"]["slots"]["tools"]] == ["s2", "s1"]
    assert "canvas" not in read
    assert canonical(load({"studio": 1, "name": "x"})) == b'{"name":"x","studio":1}'


def test_the_plain_tree_is_what_one_would_write() -> None:
    plain = plain_workflow(load(DOCUMENT))
    assert load(plain) == load(DOCUMENT)
    assert list(plain) == ["studio", "name", "description", "inputs", "nodes", "edges", "output", "settings", "canvas"]
    assert plain["edges"] == ["one -> loop", "loop.x -> agent.p"]
    assert plain["nodes"]["loop"]["finally"] == {}


def test_edges_that_have_no_written_form() -> None:
    assert written_edge(Edge(source="a", port="x", target="b")) == "a.x -> b"
    assert written_edge(Edge(source="a", port="x y", target="b")) == {"source": "a", "port": "x y", "target": "b"}
    assert written_edge(Edge(source="a", port="", target="b")) == {"source": "a", "port": "", "target": "b"}
