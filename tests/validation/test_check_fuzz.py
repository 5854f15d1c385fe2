"""Whatever a workflow holds, checking it raises nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from studio.catalog import Catalog
from studio.domain.workflow import Workflow
from studio.validation import check, load, save
from tests.validation.kit import HEAD, QUAKES, SLOTS

FRAGMENTS = [
    "{{", "}}", "{{ item }}", "{{ places.results[0].x }}", "a", "-> ", "places", "flow.map", "body:", "next: 1",
    "as: strong", "[", "]", "{}", "null", "5", "on_error: route", "each: [1]", "type: flow.try", "\n", "  ", "load",
    "join: all", "run_if: 1", "slots: {}", "inputs: {a: 1}", "disabled: true", "version: 9",
    "fallback: [{type: a.b}]",
]  # fmt: skip


@given(st.data())
@hypothesis_settings(max_examples=150, deadline=None)
def test_a_mutated_workflow_is_checked_without_an_exception(catalog: Catalog, data: st.DataObject) -> None:
    lines = (HEAD + QUAKES + SLOTS.removeprefix("nodes:\n")).split("\n")
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(2, len(lines) - 1))
        action = data.draw(st.sampled_from(["drop", "swap", "insert", "replace"]))
        line = lines[at]
        if action == "drop":
            del lines[at]
        elif action == "swap":
            other = data.draw(st.integers(2, len(lines) - 1))
            lines[at], lines[other] = lines[other], line
        else:
            place = data.draw(st.integers(0, len(line)))
            cut = data.draw(st.integers(0, 8)) if action == "replace" else 0
            lines[at] = line[:place] + data.draw(st.sampled_from(FRAGMENTS)) + line[place + cut :]
    for problem in check(load("\n".join(lines)), catalog, resolve_call=lambda _name: None):
        assert str(problem)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([*FRAGMENTS, "{{ a.x }}", "{{ b }} {{ input }}", "row"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["as", "items", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)
TYPES = st.sampled_from(
    ["flow.map", "flow.if", "flow.while", "flow.try", "flow.reduce", "flow.call", "probe.agent", "probe.ways",
     "probe.pay", "text.slugify", "trigger.webhook", "no.such", "absent.thing"]
)  # fmt: skip
IDS = st.sampled_from(["a", "b", "c", "len", "row"])
PARAMS = st.dictionaries(
    st.sampled_from(["as", "items", "text", "condition", "state", "max", "workflow", "ways", "amount", "path", "nope"]),
    VALUES,
    max_size=4,
)
FIELDS: dict[str, Any] = {
    "params": PARAMS, "run_if": VALUES, "each": VALUES, "inputs": VALUES, "disabled": st.booleans(),
    "join": st.sampled_from(["any", "all"]), "on_error": st.sampled_from(["fail", "route", "continue"]),
    "version": st.integers(-1, 4), "cache": st.booleans(), "retry": st.integers(-1, 3),
    "credential": st.sampled_from(["a", "{{ b }}"]),
    "fallback": st.lists(st.fixed_dictionaries({"type": TYPES}), max_size=1),
}  # fmt: skip
EDGES = st.sampled_from(["a -> b", "b.true -> c", "c.error -> a.text", "a.x -> c.items", "zz -> a", "a -> a"])
SLOT = st.fixed_dictionaries({"id": IDS, "type": TYPES}, optional={"params": PARAMS, "approval": VALUES})
SLOTS_OF = st.dictionaries(st.sampled_from(["model", "tools", "zz"]), SLOT | st.lists(SLOT, max_size=2), max_size=2)


def graphs(fields: dict[str, Any]) -> st.SearchStrategy[Any]:
    node = st.fixed_dictionaries({"type": TYPES}, optional=fields)
    return st.fixed_dictionaries(
        {"nodes": st.dictionaries(IDS, node, max_size=4)},
        optional={"edges": st.lists(EDGES, max_size=4), "output": VALUES, "next": VALUES},
    )


INNER = graphs(FIELDS)
GRAPHS = graphs({**FIELDS, "body": INNER, "catch": INNER, "finally": INNER, "slots": SLOTS_OF})


@given(GRAPHS)
@hypothesis_settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_tree_of_the_right_shape_is_checked_without_an_exception(catalog: Catalog, tree: dict[str, Any]) -> None:
    workflow = Workflow.model_validate({"studio": 1, "name": "x", "inputs": {"n": {"type": "number"}}, **tree})
    for types_too in (True, False):
        for problem in check(workflow, catalog, types=types_too, resolve_call=lambda _name: workflow):
            assert str(problem)
    assert load(save(workflow)).workflow == workflow
