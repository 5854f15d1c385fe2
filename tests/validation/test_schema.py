"""The published JSON Schema and the small parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from studio.validation import Problem, load, workflow_schema
from studio.validation._events import yaml_events
from studio.validation._problems import nearest, problem, warning
from tests.validation.kit import HEAD, QUAKES
from tests.validation.test_document import BAD, GOOD

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "workflow.schema.json"


def test_the_published_schema_is_current() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == workflow_schema()


def test_the_schema_accepts_what_is_sound_and_refuses_what_is_not() -> None:
    schema = workflow_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for text in (GOOD, HEAD + QUAKES):
        assert list(validator.iter_errors(load(text).raw)) == []
    edge = {"source": "a", "target": "b", "port": "c", "param": "d"}
    assert validator.is_valid({"studio": 1, "name": "x", "edges": [edge, "a.b->c.d"]})
    assert not validator.is_valid(load(BAD).raw)
    for wrong in (
        {"edges": ["a - b"]},
        {"nodes": {"A": {"type": "t.a"}}},
        {"studio": 2},
        {"nodes": {"a": {}}},
        {"q": 1},
    ):
        assert not validator.is_valid({"studio": 1, "name": "x", **wrong})


def test_every_property_has_no_idle_title() -> None:
    node = workflow_schema()["$defs"]["Node"]
    assert "title" in node["properties"]
    assert "title" not in node
    assert "title" not in node["properties"]["type"]


@pytest.mark.parametrize(
    "text", [GOOD, BAD, HEAD + QUAKES, "a: [b, {c: 'd'}]\n? e\n: |\n  x\n  y\n", '- "a\n\n  b"\n- >\n c\n d\r\n']
)
def test_events_are_those_of_the_library(text: str) -> None:
    from ruamel.yaml import YAML

    def facts(event: object) -> tuple[object, ...]:
        names = ("value", "style", "tag", "anchor", "flow_style", "implicit")
        marks = [getattr(event, name) for name in ("start_mark", "end_mark")]
        return (
            type(event).__name__,
            *(getattr(event, name, None) for name in names),
            *((mark.index, mark.line, mark.column) for mark in marks),
        )

    plain = YAML(typ="safe", pure=True)
    assert [facts(event) for event in yaml_events(text)] == [facts(event) for event in plain.parse(text)]


def test_problems_read_well() -> None:
    found = problem("a.b", "the {thing} is wrong", thing="door")
    assert found.message == "the door is wrong"
    assert str(found) == "error: the door is wrong [a.b]"
    placed = Problem(code="a.b", template="x", node="n", param="p", line=3, column=4, suggestion="y")
    assert str(placed) == "3:4: error: n.p: x, did you mean `y`? [a.b]"
    assert warning("a.b", "x").severity == "warning"
    french = {"a.b": "la {thing} ne va pas", "problem.did_you_mean": "{message} ; vouliez-vous dire {suggestion} ?"}
    near = Problem(code="a.b", template="x", arguments={"thing": "porte"}, suggestion="portail")
    rendered = near.text(lambda code, _template, arguments: french[code].format(**arguments))
    assert rendered == "la porte ne va pas ; vouliez-vous dire portail ?"


def test_near_names() -> None:
    assert nearest("paramz", ["params", "type"]) == "params"
    assert nearest("Params", ["params", "PARAMS"]) == "params"
    assert nearest("zzz", ["params"]) is None
    assert nearest("p" * 200, ["p" * 200]) is None
    assert nearest("a", []) is None


@pytest.mark.parametrize(
    ("place", "value", "good"),
    [
        *((("nodes", "a", "retry"), value, value in (3, True)) for value in (3, True, "3", 1.5)),
        *((("nodes", "a", "disabled"), value, value is True) for value in (True, "yes", 1)),
        *((("nodes", "a", "cache"), value, False) for value in ("yes", {"ttl": "x"})),
        *((("nodes", "a", "version"), value, False) for value in ("1", True)),
        *((("nodes", "a", "timeout"), value, True) for value in ("10m", "10", "1h30m", " 1.5 H ", 0, 2.5)),
        *((("nodes", "a", "timeout"), value, False) for value in ("", "ten", "-1s", "1.2.3s", "١s", -1, 1e12, True)),
        (("settings", "concurrency"), True, False),
        (("settings", "priority"), "5", False),
        (("studio",), True, False),
        (("inputs",), {"a-b": {}}, False),
        (("inputs",), {"Ab_1": {}}, True),
        *(
            (("nodes",), {id: {"type": "flow.noop"}}, id in ("merge", "item_1"))
            for id in ("if", "item", "merge", "item_1")
        ),
    ],
)
def test_schema_and_loader_agree(place: tuple[str, ...], value: Any, good: bool) -> None:
    document: dict[str, Any] = {"studio": 1, "name": "x", "nodes": {"a": {"type": "flow.noop"}}}
    around = document
    for key in place[:-1]:
        around = around.setdefault(key, {})
    around[place[-1]] = value
    assert jsonschema.Draft202012Validator(workflow_schema()).is_valid(document) is good
    assert (load(json.dumps(document), source="x.json").workflow is not None) is good
