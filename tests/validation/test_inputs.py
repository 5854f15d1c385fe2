"""Values for a workflow's inputs, and the schemas that declare them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.errors import WorkflowInvalid
from studio.domain.workflow import Workflow
from studio.validation import coerce_inputs
from studio.validation._schemas import schema_problems, violations


def workflow(**inputs: Any) -> Workflow:
    return Workflow.model_validate({"studio": 1, "name": "x", "inputs": inputs})


def refused(declared: Workflow, given: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    with pytest.raises(WorkflowInvalid) as caught:
        coerce_inputs(declared, given)
    return [(problem.code, problem.param, problem.suggestion) for problem in caught.value.problems]


def test_values_and_defaults_in_the_declared_order() -> None:
    declared = workflow(
        b={"type": "string"},
        a={"type": "number", "default": 5},
        c={"type": ["string", "null"]},
        d={"enum": ["x", None]},
        e={"anyOf": [{"type": "string"}, True, {"oneOf": [{"type": "null"}]}]},
    )
    assert list(coerce_inputs(declared, {"b": "x"}).items()) == [
        ("b", "x"),
        ("a", 5),
        ("c", None),
        ("d", None),
        ("e", None),
    ]
    assert coerce_inputs(declared, {"b": "x", "a": 0, "c": "y", "d": "x"}) == {
        "b": "x", "a": 0, "c": "y", "d": "x", "e": None,
    }  # fmt: skip


def test_whole_numbers_written_with_a_point_are_whole() -> None:
    declared = workflow(
        i={"type": ["integer", "null"], "default": 7.0},
        n={"type": ["integer", "number"]},
        o={"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": {"type": "number"}},
        p={"type": "array", "prefixItems": [{}], "items": {"type": "integer"}},
    )
    got = coerce_inputs(declared, {"n": 5.0, "o": {"a": 5.0, "b": 5.0}, "p": [5.0, 5.0, -3.0]})
    assert repr(got) == "{'i': 7, 'n': 5.0, 'o': {'a': 5, 'b': 5.0}, 'p': [5.0, 5, -3]}"


def test_every_problem_is_told() -> None:
    declared = workflow(
        email={"type": "string", "format": "email"},
        count={"type": "integer", "minimum": 1},
        lines={"type": "array", "items": {"type": "object", "required": ["q"]}},
    )
    assert refused(declared, {"emial": "x", "count": 0, "lines": [{"q": 1}, {}]}) == [
        ("inputs.unknown", "emial", "email"),
        ("inputs.missing", "email", None),
        ("inputs.mismatch", "count", None),
        ("inputs.mismatch", "lines[1]", None),
    ]


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "string"}, 5, "should be a text, not the number 5"),
        ({"type": ["integer", "null"]}, 1.5, "should be a whole number or null, not the number 1.5"),
        ({"type": "boolean"}, 1, "should be true or false, not the number 1"),
        ({"type": "array"}, {}, "should be a list, not a mapping"),
        ({"enum": ["é", 1]}, 2, 'should be one of "é", 1, not the number 2'),
        ({"const": "a"}, "b", 'should be "a", not the text `b`'),
        ({"minimum": 3}, 2, "should be at least 3, not 2"),
        ({"maximum": 3}, 4, "should be at most 3, not 4"),
        ({"exclusiveMinimum": 3}, 3, "should be more than 3, not 3"),
        ({"exclusiveMaximum": 3}, 3, "should be less than 3, not 3"),
        ({"minLength": 2}, "a", "should have at least 2 characters, not 1"),
        ({"maxLength": 0}, "a", "should have at most 0 characters, not 1"),
        ({"minItems": 2}, [1], "should have at least 2 items, not 1"),
        ({"maxItems": 0}, [1], "should have at most 0 items, not 1"),
        ({"pattern": "^a+$"}, "ab", "the text `ab` does not match the pattern ^a+$"),
        ({"uniqueItems": True}, [{"a": 1}, {"a": 1}], "has the same item more than once"),
        ({"format": "date"}, "2024-02-30", "should have the format date"),
        ({"format": "date-time"}, "2024-01-01T10:00:00", "should have the format date-time"),
        ({"format": "date-time"}, "tomorrow", "should have the format date-time"),
        ({"format": "uri"}, "no address", "should have the format uri"),
        ({"properties": {"a": {"type": "string"}}}, {"a": 1}, "should be a text"),
        ({"required": ["a"]}, {}, "lacks `a`"),
        ({"additionalProperties": False}, {"a": 1}, "has what the schema does not name: `a`"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 5, "is the number 5, which fits none"),
        ({"oneOf": [{"minimum": 1}, {"minimum": 2}]}, 5, "or several"),
        ({"not": {"type": "string"}}, "a", "is the text `a`, which is excluded"),
        ({"contains": {"type": "string"}}, [1], "holds no item that fits"),
        ({"type": "number"}, float("nan"), "infinity, NaN"),
        ({}, [{"a": 2**63}], "infinity, NaN"),
        ({"$ref": "#"}, 1, "refers to itself without an end"),
        ({"$ref": "#/$defs/a"}, 1, "refers to /$defs/a, which it lacks"),
    ],
)
def test_what_does_not_fit(schema: dict[str, Any], value: Any, message: str) -> None:
    found = violations(schema, value)
    assert len(found) == 1
    assert message in found[0][1].message


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "pattern": "^(a+)+$"}, "a" * 5000),
        ({"type": "integer"}, 5),
        ({"type": "number"}, 5),
        ({"format": "date-time"}, "2024-01-01T10:00:00Z"),
        ({"format": "uri"}, "https://example.org/a"),
        ({"format": "uri"}, 5),
        ({"uniqueItems": True}, [1, "1", True]),
        ({"uniqueItems": False}, [1, 1]),
        ({"pattern": "^a"}, 5),
        ({"$defs": {"a/b": {"type": "string"}}, "$ref": "#/$defs/a~1b"}, "x"),
    ],
)
def test_what_fits(schema: dict[str, Any], value: Any) -> None:
    assert violations(schema, value) == []


def test_patterns_take_linear_time_and_items_are_compared_in_linear_time() -> None:
    assert violations({"pattern": "^(a+)+$"}, "a" * 50_000 + "b")
    assert violations({"uniqueItems": True}, [{"n": n} for n in range(20_000)] + [{"n": 0}])


def test_texts_stay_texts() -> None:
    assert refused(workflow(a={"type": "number"}), {"a": "5"}) == [("inputs.mismatch", "a", None)]


@pytest.mark.parametrize(
    ("schema", "code", "path"),
    [
        ({"type": "nubmer"}, "inputs.bad_schema", ("type",)),
        ({"properties": 3}, "inputs.bad_schema", ("properties",)),
        ({"type": "integer", "required": False}, "inputs.bad_schema", ("required",)),
        ({"typ": "string"}, "inputs.unknown_keyword", ("typ",)),
        ({"type": "number", "default": "x"}, "inputs.bad_default", ("default",)),
        ({"type": "array", "items": {"type": "string"}, "default": [1]}, "inputs.bad_default", ("default",)),
        ({"type": "string", "pattern": "(?=a)"}, "inputs.pattern", ("pattern",)),
        ({"items": {"pattern": "("}}, "inputs.pattern", ("items", "pattern")),
        ({"anyOf": [{"$ref": "https://example.org/schema"}]}, "inputs.reference", ("anyOf", 0, "$ref")),
        ({"$ref": "file:///etc/passwd"}, "inputs.reference", ("$ref",)),
        ({"$ref": "#/$defs/none"}, "inputs.no_definition", ("$ref",)),
        ({"patternProperties": {"(a+)+": {}}}, "inputs.pattern_properties", ("patternProperties",)),
        ({"enum": [[n] for n in range(10_000)]}, "inputs.schema_size", ()),
    ],
)
def test_schemas_that_are_refused(schema: dict[str, Any], code: str, path: tuple[str | int, ...]) -> None:
    found = schema_problems(schema)
    assert [(where, problem.code) for where, problem in found] == [(path, code)]
    assert found[0][1].message


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "string", "x-widget": "area"},
        {"$defs": {"a": {"type": "string"}}, "$ref": "#/$defs/a"},
        {"$anchor": "top", "$ref": "#top"},
        {"type": "object", "properties": {"self": {"$ref": "#"}}},
    ],
)
def test_schemas_that_are_sound(schema: dict[str, Any]) -> None:
    assert [
        problem.code for _path, problem in schema_problems(schema) if problem.code != "inputs.unknown_keyword"
    ] == []


SCHEMAS = st.recursive(
    st.sampled_from([{}, {"type": "string"}, {"type": "integer"}, {"$ref": "#"}, {"$ref": "#/x"}, {"pattern": "["}, 5]),
    lambda inner: st.dictionaries(
        st.sampled_from(
            ["type", "items", "properties", "anyOf", "enum", "default", "required", "$defs", "not", "minimum"]
        ),
        inner | st.lists(inner, max_size=2) | st.text(max_size=3) | st.integers(),
        max_size=3,
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.just("a"), SCHEMAS.filter(lambda schema: isinstance(schema, dict))),
    st.none() | st.text() | st.integers(),
)
@settings(max_examples=200, deadline=None)
def test_any_schema_is_sound_or_refused(inputs: dict[str, Any], value: Any) -> None:
    for schema in inputs.values():
        if not schema_problems(schema):
            violations(schema, value)
