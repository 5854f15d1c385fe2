"""json.validate."""

from __future__ import annotations

import pytest

from studio.nodes.json.validate import Validate
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Validate)


async def check(data, schema, **params):
    with NodeTester(Validate) as tester:
        return await tester.run(
            {"data": "{{ data }}", "schema": "{{ schema }}", **params}, scope={"data": data, "schema": schema}
        )


@pytest.mark.parametrize(
    ("data", "schema", "rules"),
    [
        ("é1", {"pattern": r"^\pL\d$"}, []),
        ("11", {"pattern": r"^\pL\d$"}, ["pattern"]),
        ({"x_1": "a", "y": 1}, {"patternProperties": {"^x_": {"type": "integer"}}}, ["type"]),
        ([1, 1.0], {"uniqueItems": True}, []),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1}], {"uniqueItems": True}, ["uniqueItems"]),
        ([1, True], {"uniqueItems": True}, []),
        ("2026-02-30", {"format": "date"}, ["format"]),
        ("::1", {"format": "ipv6"}, []),
        ({"a": {"a": {}}}, {"$defs": {"n": {"additionalProperties": {"$ref": "#/$defs/n"}}}, "$ref": "#/$defs/n"}, []),
        (5, False, [None]),
        (5, True, []),
        ({"a": 1, "b": "x"}, {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}, ["type", "type"]),
    ],
)
async def test_rules(data, schema, rules) -> None:
    result = await check(data, schema)
    assert result.error is None
    assert len(result.output["errors"]) == len(rules)
    assert [error["rule"] for error in result.output["errors"]] == [str(rule) for rule in rules]


async def test_limit() -> None:
    result = await check([1] * 50, {"items": {"type": "string"}}, limit=3)
    assert len(result.output["errors"]) == 3


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ({"type": 5}, "json.bad_schema"),
        ([], "json.bad_schema"),
        ({"$ref": "file:///etc/passwd"}, "json.schema_reference"),
        ({"$ref": "http://127.0.0.1:9/s"}, "json.schema_reference"),
        ({"$ref": "#/$defs/none"}, "json.schema_reference"),
        ({"$ref": "#"}, "json.schema_recursion"),
        ({"pattern": "(?=a)"}, "json.schema_pattern"),
        ({"patternProperties": {"(": {}}}, None),
    ],
)
async def test_hostile_schemas(schema, code) -> None:
    result = await check("a", schema)
    assert (result.error.code if result.error else None) == code


async def test_doubling_references_are_bounded(monkeypatch) -> None:
    monkeypatch.setattr("studio.nodes.json._schema._STEPS", 5_000)
    rules = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)} | {"d40": {}}
    result = await check(1, {"$defs": rules, "$ref": "#/$defs/d0"})
    assert result.error.code == "json.schema_too_costly"


async def test_slow_patterns_are_linear() -> None:
    result = await check("a" * 40_000 + "!", {"pattern": "^(a+)+$"})
    assert result.output["valid"] is False
    assert len(result.output["errors"][0]["message"]) < 400
