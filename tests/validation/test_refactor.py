"""Renaming nodes."""

from __future__ import annotations

from typing import Any

import pytest

from studio.catalog import Catalog
from studio.domain.errors import Conflict, ExpressionError, NotFound
from studio.domain.workflow import Workflow
from studio.validation import check, load, rename_node, save

TEXT = """\
studio: 1
name: x
nodes:
  load: {type: text.slugify, params: {text: a}, run_if: "{{ true }}"}
  user:
    type: text.slugify
    params:
      text: "{{ load.slug }} and load {{ 'load' + load.slug + vars.load }}"
      list: ["{{ [load for load in load.x] }}"]
    run_if: "{{ load.slug != '' }}"
    each: "{{ [load.slug] }}"
    fallback: [{type: text.upper, params: {text: "{{ load.slug }}"}}]
  outer:
    type: flow.map
    params: {items: "{{ [load.slug] }}"}
    body:
      nodes:
        inner: {type: text.upper, params: {text: "{{ load.slug }}"}}
        deep:
          type: flow.map
          params: {items: "{{ [load.slug] }}", as: load}
          body: {nodes: {}, output: "{{ load }}"}
        shadow:
          type: flow.map
          params: {items: [1]}
          body: {nodes: {load: {type: flow.noop}}, output: "{{ load.x }}"}
      edges: [inner -> deep]
      output: "{{ inner.text + load.slug }}"
  tries:
    type: flow.try
    body: {nodes: {}, output: "{{ load.slug }}"}
    catch: {nodes: {}, output: "{{ load.slug }}"}
    finally: {nodes: {last_one: {type: flow.noop, params: {a: "{{ load.slug }}"}}}}
  agent:
    type: probe.agent
    params: {prompt: p}
    slots:
      model: {id: model, type: flow.noop, params: {a: "{{ load.slug }}"}}
      tools:
        - {id: search, type: flow.noop, params: {a: "{{ load.slug }}"}, approval: "{{ load.slug == '' }}"}
        - id: other
          type: flow.map
          params: {items: []}
          body: {nodes: {within: {type: flow.noop}}, output: "{{ within.x }}"}
  hook: {type: trigger.manual, inputs: {a: "{{ event.load }}"}}
edges: [load -> user, load.slug -> outer.items]
output: {a: ["{{ load.slug }}", 1]}
canvas: {positions: {load: [1, 2], outer: [0, 0], outer.body.inner: [3, 4], loader: [5, 6]}}
"""


def loaded() -> Workflow:
    workflow = load(TEXT).workflow
    assert workflow is not None
    return workflow


def test_everything_that_refers_to_a_node_follows() -> None:
    renamed = rename_node(loaded(), "load", "read_it")
    text = save(renamed)
    expected = TEXT.replace("load.slug", "read_it.slug").replace("  load: {type: text", "  read_it: {type: text")
    expected = expected.replace("load -> user", "read_it -> user").replace("{load: [1, 2]", "{read_it: [1, 2]")
    expected = expected.replace("for load in load.x", "for load in read_it.x")
    assert save(load(expected).workflow or loaded()) == text


def test_nodes_inside_containers_and_slots() -> None:
    inner = rename_node(loaded(), "outer.body.inner", "renamed")
    body = inner.nodes["outer"].body
    assert body is not None
    assert list(body.nodes) == ["renamed", "deep", "shadow"]
    assert str(body.edges[0]) == "renamed -> deep"
    assert body.output == "{{ renamed.text + load.slug }}"
    assert inner.canvas is not None
    assert inner.canvas.positions["outer.body.renamed"] == (3, 4)
    outer = rename_node(loaded(), "outer", "renamed")
    assert outer.canvas is not None
    assert "renamed.body.inner" in outer.canvas.positions
    slots: Any = rename_node(loaded(), "agent.slots.tools.search", "find").nodes["agent"].slots
    assert [tool.id for tool in slots["tools"]] == ["find", "other"]
    model: Any = rename_node(loaded(), "agent.slots.model.model", "brain").nodes["agent"].slots["model"]
    assert model.id == "brain"
    within: Any = rename_node(loaded(), "agent.slots.tools.other.body.within", "renamed").nodes["agent"].slots
    assert within["tools"][1].body.output == "{{ renamed.x }}"
    last: Any = rename_node(loaded(), "tries.finally.last_one", "final_one").nodes["tries"].finally_
    assert list(last.nodes) == ["final_one"]


@pytest.mark.parametrize(
    ("path", "new", "error", "code"),
    [
        ("nowhere", "a", NotFound, "workflow.no_node"),
        ("outer.body.nowhere", "a", NotFound, "workflow.no_node"),
        ("load", "Load", Conflict, "workflow.bad_id"),
        ("load", "class", Conflict, "workflow.bad_id"),
        ("load", "item", Conflict, "workflow.bad_id"),
        ("load", "len", Conflict, "workflow.id_is_function"),
        ("load", "user", Conflict, "workflow.id_taken"),
        ("load", "inner", Conflict, "workflow.id_taken"),
        ("load", "search", Conflict, "workflow.id_taken"),
        ("user", "load", Conflict, "workflow.id_taken"),
    ],
)
def test_names_that_cannot_be(path: str, new: str, error: type[Exception], code: str) -> None:
    with pytest.raises(error) as caught:
        rename_node(loaded(), path, new)
    assert getattr(caught.value, "code", None) == code


def test_names_of_items_and_variables_are_in_the_way() -> None:
    workflow = load(TEXT.replace("as: load", "as: row").replace('"{{ load }}"', '"{{ row }}"')).workflow
    assert workflow is not None
    with pytest.raises(Conflict) as caught:
        rename_node(workflow, "load", "row")
    assert caught.value.code == "workflow.id_is_item"
    text = "studio: 1\nname: x\nnodes: {a: {type: flow.noop}}\noutput: '{{ [b + a.x for b in a.y] }}'\n"
    captured = load(text).workflow
    assert captured is not None
    with pytest.raises(ExpressionError):
        rename_node(captured, "a", "b")


def test_the_same_name_changes_nothing_and_no_canvas_is_fine() -> None:
    assert rename_node(loaded(), "load", "load") == loaded()
    plain = Workflow.model_validate({"studio": 1, "name": "x", "nodes": {"a": {"type": "flow.noop"}}})
    assert list(rename_node(plain, "a", "b").nodes) == ["b"]


def test_a_sound_workflow_stays_sound(catalog: Catalog) -> None:
    text = """\
studio: 1
name: x
nodes:
  a: {type: text.slugify, params: {text: x}}
  b: {type: text.slugify, params: {text: "{{ a.slug }}"}}
  m: {type: flow.map, params: {items: "{{ [b.slug] }}"}, body: {nodes: {}, output: "{{ a.slug + item }}"}}
output: "{{ m.results }}"
"""
    workflow = load(text).workflow
    assert workflow is not None
    assert check(workflow, catalog) == []
    assert check(rename_node(workflow, "a", "z9"), catalog) == []


def test_only_what_refers_to_the_node_is_made_anew() -> None:
    """Among thousands of nodes the others cost nothing: neither here nor for whoever compares."""
    before = loaded()
    after = rename_node(before, "load", "read")
    assert after.nodes["read"] is before.nodes["load"]
    assert after.nodes["user"] is not before.nodes["user"]
    other = rename_node(before, "user", "person")
    assert other.nodes["load"] is before.nodes["load"]
    assert other.nodes["outer"] is before.nodes["outer"]
