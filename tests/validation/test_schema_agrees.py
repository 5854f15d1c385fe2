"""The JSON Schema and the loader take the same documents."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any, cast

import jsonschema
import jsonschema.validators
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from studio.validation import load, workflow_schema

NODE: dict[str, Any] = {
    "type": "t.a",
    "title": "A",
    "version": 1,
    "params": {"p": [1]},
    "disabled": False,
    "notes": "n",
    "credential": {"dev": "one"},
    "retry": {"max_attempts": 2, "first_delay": "1s", "max_delay": 5, "factor": 2, "max_total": 1.5,
              "on": ["transient"]},
    "timeout": "10m",
    "on_error": "route",
    "fallback": [{"type": "t.b", "params": {}, "credential": "c", "version": 2}],
    "each": [1],
    "run_if": True,
    "join": "all",
    "cache": {"ttl": "1d"},
    "in_doubt": "rerun",
    "pool": "p",
    "region": "r",
    "slots": {"tools": [{"id": "t", "type": "t.c", "args": {}, "approval": "always"}],
              "model": {"id": "m", "type": "t.d"}},
    "inputs": {},
    "body": {"nodes": {"inner": {"type": "t.e"}}, "edges": ["inner -> inner2"], "output": 1, "next": 2},
    "catch": {},
    "finally": {},
}  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "studio": 1,
    "name": "x",
    "description": "d",
    "inputs": {"n": {"type": "number"}},
    "nodes": {"a": NODE, "b": {"type": "t.b"}},
    "edges": ["a.error -> b.x", {"source": "a", "port": "p", "target": "b", "param": "q"}],
    "output": "{{ a }}",
    "next": 1,
    "settings": {
        "timeout": "1m", "deadline": 5, "grace": "1s",
        "concurrency": {"limit": 2, "key": "k", "hold_while_waiting": True},
        "parallel": 3, "error_workflow": "e.yaml", "retention": "1d", "priority": 5, "tags": ["t"],
        "budget": {"node_runs": 1, "tokens": 2, "cost": 0.5}, "pool": "p", "region": "r", "time_zone": "UTC",
        "acknowledge": "node",
    },
    "canvas": {"positions": {"a": [0, 1.5]}, "notes": [1], "groups": [], "zoom": 2},
}  # fmt: skip

WORDS = st.sampled_from(
    ["", "a", "A", "a b", "1s", " 1h30m ", "1.0", "true", "null", "ask", "fail", "all", "any", "transient", "always",
     "a -> b", "a.x->b", "a => b", "t.a", "UTC", "class", "item", "x" * 65, "x" * 201, "é", "-1s", "١s", "01", "5"]
)  # fmt: skip
NUMBERS = st.integers(-2, 3) | st.sampled_from(
    [1.0, 2.0, -1.0, 0.5, 1.5, 1e300, 100.0, 101, 1000, 1001, 100_001, 3_162_240_000.0, 3_162_240_001, 2**63 - 1]
)
KEYS = st.sampled_from([*NODE, *DOCUMENT, *DOCUMENT["settings"], "finally_", "id", "ttl", "limit", "Ab", "class", "q"])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)
SCHEMA = workflow_schema()


def _pattern(_validator: Any, expression: str, value: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    """As ECMA 262 has it: ``$`` is the very end."""
    if isinstance(value, str) and not re.search(expression.removesuffix("$") + r"\Z", value):
        yield jsonschema.ValidationError("no match")


VALIDATOR = cast("Any", jsonschema.validators.extend)(jsonschema.Draft202012Validator, {"pattern": _pattern})(SCHEMA)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document that can be changed."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from places(inner, (*path, index))


PLACES = list(places(DOCUMENT))


def changed(data: st.DataObject) -> dict[str, Any]:
    """The document with a value replaced, taken out, renamed or added."""
    document = copy.deepcopy(DOCUMENT)
    *way, last = data.draw(st.sampled_from(PLACES))
    around: Any = document
    for key in way:
        around = around[key]
    action = data.draw(st.sampled_from(["replace", "replace", "swap", "drop", "add"]))
    if action == "replace":
        around[last] = data.draw(VALUES)
    elif action == "swap":
        other: Any = DOCUMENT
        for key in data.draw(st.sampled_from(PLACES)):
            other = other[key]
        around[last] = copy.deepcopy(other)
    elif action == "drop":
        del around[last]
    elif isinstance(around, dict):
        around[data.draw(KEYS)] = data.draw(VALUES)
    else:
        around.append(data.draw(VALUES))
    return document


@given(st.data())
@hypothesis_settings(max_examples=400, deadline=None)
def test_a_changed_document_is_taken_by_both_or_by_none(data: st.DataObject) -> None:
    document = changed(data)
    loaded = load(json.dumps(document), source="x.json")
    wanted = [] if loaded.workflow is not None else [str(each) for each in loaded.problems]
    refused = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in VALIDATOR.iter_errors(document)]
    assert bool(wanted) == bool(refused), (wanted, refused)


def test_the_whole_document_is_taken_by_both() -> None:
    assert VALIDATOR.is_valid(DOCUMENT)
    assert load(json.dumps(DOCUMENT), source="x.json").problems == []
