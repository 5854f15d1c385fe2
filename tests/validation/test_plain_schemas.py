"""What is decided about plain schemas is what the library would decide, and needs no library."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.validation._plain_schemas import fits, is_plain
from studio.validation._schemas import _mismatches, _unsound, schema_problems, violations

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=6,
)
_TYPES = st.sampled_from(["string", "number", "integer", "boolean", "null", "array", "object", "text"])
_RULES: dict[str, st.SearchStrategy[Any]] = {
    "type": _TYPES | _JSON,
    "enum": st.lists(st.text(max_size=2), max_size=3) | _JSON,
    "default": _JSON,
    "title": st.text(max_size=3) | _JSON,
    "minimum": st.integers(-5, 5) | st.floats(-5, 5) | _JSON,
    "exclusiveMaximum": st.integers(-5, 5) | _JSON,
    "minLength": st.integers(-1, 3) | _JSON,
    "maxItems": st.integers(-1, 3) | _JSON,
    "pattern": st.just("a"),
}
_SCHEMAS = st.recursive(
    st.fixed_dictionaries({}, optional=_RULES),
    lambda inner: st.fixed_dictionaries({"items": inner}, optional=_RULES),
    max_leaves=3,
)


@given(_SCHEMAS, _JSON)
def test_the_library_agrees(schema: dict[str, Any], value: Any) -> None:
    if is_plain(schema):
        assert _unsound(schema) == []
        if fits(schema, value):
            assert _mismatches(schema, value) == []


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "number", "default": 5}, 5),
        ({"type": "number", "minimum": 0, "maximum": 1}, 0.5),
        ({"type": "string", "enum": ["a", "b"], "description": "One of two"}, "b"),
        ({"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 2}, ["x"]),
        ({"type": "integer", "exclusiveMinimum": 3}, 4),
        ({"type": "boolean"}, False),
        ({"type": "object"}, {"any": 1}),
        ({}, None),
    ],
)
def test_plain(schema: dict[str, Any], value: Any) -> None:
    assert is_plain(schema)
    assert fits(schema, value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "number"}, True),
        ({"type": "integer"}, 5.0),
        ({"type": "array", "items": {"type": "string"}}, ["x", 1]),
        ({"type": "array", "minItems": 1}, []),
        ({"enum": ["a"]}, "b"),
        ({"minimum": 1}, float("nan")),
    ],
)
def test_what_does_not_certainly_fit_is_left_to_the_library(schema: dict[str, Any], value: Any) -> None:
    assert is_plain(schema)
    assert not fits(schema, value)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"]},
        {"type": "text"},
        {"minLength": -1},
        {"minLength": True},
        {"enum": [1]},
        {"format": "email"},
        {"$ref": "#/$defs/a"},
        {"title": 1},
        {"items": {"items": {"items": {"items": {"items": {"items": {"items": {"items": {}}}}}}}}},
    ],
)
def test_not_plain(schema: dict[str, Any]) -> None:
    assert not is_plain(schema)


def test_plain_schemas_are_checked_like_others() -> None:
    assert [found.code for _, found in schema_problems({"type": "number", "default": "x"})] == ["inputs.bad_default"]
    assert [found.code for _, found in violations({"type": "number"}, float("inf"))] == ["inputs.not_finite"]


def test_no_library_is_imported_for_them() -> None:
    program = (
        "import sys; from studio.validation._schemas import schema_problems, violations\n"
        "schema = {'type': 'number', 'default': 5}\n"
        "assert not schema_problems(schema) and not violations(schema, 6)\n"
        "assert not {'jsonschema', 'referencing', 'attrs'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
