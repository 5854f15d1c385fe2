"""Problems found before anything runs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from studio.domain.values import BlobRef, FileRef, ItemsRef, TableRef
from studio.expressions import SKIPPED, check, compile_expression, compile_template, type_from_schema
from studio.expressions.types import (
    ANY,
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    FILE,
    FLOAT,
    INT,
    NULL,
    STR,
    TABLE,
    DictType,
    ListType,
    ObjectType,
    Type,
    accepts,
    may_be_null,
    merged,
    optional,
    parse_type,
    type_of,
    union,
    without_null,
)

from .attacks import Pages


def record(**fields: Type) -> ObjectType:
    return ObjectType(fields=fields, required=frozenset(fields))


QUAKE = record(mag=FLOAT, place=STR)
TYPES: dict[str, Type] = {
    "load": record(data=record(features=ListType(item=QUAKE), count=INT)),
    "inputs": DictType(),
    "quiet": optional(record(text=STR)),
    "h": ObjectType(fields={"x-id": INT, "x": INT}, open=True),
    "dashed": record(**{"x-id": INT}),
    "name": STR,
    "n": INT,
    "any_": ANY,
    "none": NULL,
    "when": DATETIME,
    "day": DATE,
    "pause": DURATION,
    "file": FILE,
    "table": TABLE,
    "texts": ListType(item=STR),
    "counts": DictType(value=INT),
    "mixed": union(INT, STR),
}

KINDS: list[tuple[str, str]] = [
    ("load.data.features[0].mag", "float"),
    ("load.data.count + 1", "int"),
    ("load.data.count / 2", "float"),
    ("2 ** n", "int | float"),
    ("n * 1.5", "float"),
    ("name + 'x'", "text"),
    ("name * 2", "text"),
    ("texts + [1]", "list[text | int]"),
    ("texts[0]", "text"),
    ("texts[n]", "text"),
    ("texts[1:]", "list[text]"),
    ("name[1:]", "text"),
    ("name[0]", "text"),
    ("counts.a", "int"),
    ("counts[name]", "int"),
    ("h['y']", "any"),
    ("h[name]", "any"),
    ("dashed[name]", "int"),
    ("any_.a.b[0]", "any"),
    ("any_[n] + 1", "any"),
    ("inputs.a", "any"),
    ("n > 1 and name", "bool | text"),
    ("quiet or name", "object{text: text} | text"),
    ("not n", "bool"),
    ("-n", "int"),
    ("-true", "int"),
    ("1 < n < 3", "bool"),
    ("n if name else name", "int | text"),
    ("f'{n}{name}'", "text"),
    ("[n, name]", "list[int | text]"),
    ("[]", "list[any]"),
    ("[*texts, n]", "list[text | int]"),
    ("{'a': n, 'b': [name]}", "object{a: int, b: list[text]}"),
    ("{**load.data, 'z': 1}.z", "int"),
    ("{**load.data}.count", "int"),
    ("{**any_}.x", "any"),
    ("{name: 1}.x", "any"),
    ("[f.mag for f in load.data.features]", "list[float]"),
    ("[c for c in name]", "list[text]"),
    ("[k for k in counts]", "list[text]"),
    ("[v for k, v in any_]", "list[any]"),
    ("[v for k, v in zip(texts, texts)]", "list[any]"),
    ("{f.place: f.mag for f in load.data.features}", "object[float]"),
    ("{f.place: f.mag for f in load.data.features}.x", "float"),
    ("{f.place for f in load.data.features}", "list[text]"),
    ("sum(f.mag for f in load.data.features)", "int | float"),
    ("map(lambda f: f.place.upper(), load.data.features)", "list[text]"),
    ("map(load.data.features, lambda f: f.mag)", "list[float]"),
    ("map(upper, texts)", "list[any]"),
    ("filter(lambda f: f.mag > 1, load.data.features)[0].place", "text"),
    ("sorted(load.data.features, key=lambda f: f.mag)[0].mag", "float"),
    ("first(load.data.features)", "object{mag: float, place: text} | null"),
    ("group_by(load.data.features, 'place').x[0].mag", "float"),
    ("index_by(load.data.features, 'place').x.mag", "float"),
    ("values(counts)", "list[int]"),
    ("sorted(name)", "list[text]"),
    ("reversed(any_)", "list[any]"),
    ("union([1], [name])", "list[any]"),
    ("values(dashed)", "list[int]"),
    ("keys(counts)", "list[text]"),
    ("reduce(lambda a, x: a + x, texts)", "any"),
    ("default(quiet.text, 'x')", "text"),
    ("default(none, 1)", "int"),
    ("default(none)", "null"),
    ("coalesce(quiet.text, n)", "text | int"),
    ("date(name)", "date"),
    ("date(name) + days(1)", "date"),
    ("'2024-01-01' + days(1)", "datetime"),
    ("'2024-01-01' - days(1)", "datetime"),
    ("when - day", "duration"),
    ("'2024-01-01' - day", "duration"),
    ("pause * 2", "duration"),
    ("2 * pause", "duration"),
    ("pause / pause", "float"),
    ("pause / 2", "duration"),
    ("pause + pause - pause", "duration"),
    ("day - pause", "date"),
    ("when.year", "int"),
    ("pause.hours", "float"),
    ("file.name", "text"),
    ("file.size", "int"),
    ("table.columns[0]", "text"),
    ("table.rows", "int"),
    ("add_months(day, 1)", "date"),
    ("add_months(name, 1)", "datetime"),
    ("name.split(',')[0]", "text"),
    ("any_.get('a')", "any"),
    ("any_.index(1)", "int"),
    ("name.find('a')", "int"),
    ("mixed + 1", "int"),
    ("mixed.upper()", "text"),
    ("when.isoformat() + day.isoformat()", "text"),
    ("pause.total_seconds()", "int | float"),
    ("type_of(n) == 'int'", "bool"),
    ("name in 'abc' or n in [1] or name in counts or any_ in any_", "bool"),
    ("when > '2024-01-01' and name < name and [1] < [2] and pause < pause", "bool"),
]


@pytest.mark.parametrize(("source", "kind"), KINDS, ids=[source for source, _ in KINDS])
def test_kind(source: str, kind: str) -> None:
    result = check(source, TYPES)
    assert [problem.code for problem in result.problems if problem.severity == "error"] == []
    assert str(result.type) == kind


PROBLEMS: list[tuple[str, str, int, int, str | None]] = [
    ("lod.data", "expression.unknown_name_near", 0, 3, "load"),
    ("zzz", "expression.unknown_name", 0, 3, None),
    ("load.data.feature", "expression.check.missing_key", 0, 17, "features"),
    ("load.data.features[0].magnitud", "expression.check.missing_key", 0, 30, "mag"),
    ("load.data.zzz", "expression.check.missing_key", 0, 13, None),
    ("[f.plac for f in load.data.features]", "expression.check.missing_key", 1, 7, "place"),
    ("map(lambda f: f.plac, load.data.features)", "expression.check.missing_key", 14, 20, "place"),
    ("load.data.features.mag", "expression.list_key", 0, 22, "load.data.features[0].mag"),
    ("load.data.features.length", "expression.list_key", 0, 25, "len(x)"),
    ("dashed.x-n", "expression.missing_key_dashed", 0, 8, "dashed['x-id']"),
    ("name.first_name", "expression.no_keys", 0, 15, None),
    ("name.length", "expression.no_keys", 0, 11, "len(x)"),
    ("n.a", "expression.no_keys", 0, 3, None),
    ("file.blob", "expression.no_keys", 0, 9, None),
    ("n[name]", "expression.check.no_items", 0, 7, None),
    ("n[1:]", "expression.slice_kind", 0, 5, None),
    ("[x for x in n]", "expression.not_a_list", 12, 13, None),
    ("[*n]", "expression.not_a_list", 2, 3, None),
    ("name + 1", "expression.operands", 0, 8, "f'...{value}...'"),
    ("none + 1", "expression.operands", 0, 8, "default(value, 0)"),
    ("texts - texts", "expression.operands", 0, 13, None),
    ("1.5 << 1", "expression.operands", 0, 8, None),
    ("texts * texts", "expression.operands", 0, 13, None),
    ("name / 2", "expression.operands", 0, 8, None),
    ("-name", "expression.operand", 0, 5, None),
    ("name < 1", "expression.operands", 0, 8, None),
    ("1 in name", "expression.operands", 0, 9, None),
    ("1 in n", "expression.operands", 0, 6, None),
    ("uper(name)", "expression.unknown_function_near", 0, 4, "upper"),
    ("upper(n)", "expression.argument", 6, 7, None),
    ("upper(when)", "expression.argument", 6, 10, None),
    ("sum(n)", "expression.argument", 4, 5, None),
    ("keys(texts)", "expression.argument", 5, 10, None),
    ("round(name)", "expression.argument", 6, 10, None),
    ("upper()", "expression.arguments", 0, 5, "upper(x)"),
    ("upper(zzz, 1)", "expression.arguments", 11, 12, "upper(x)"),
    ("name.uper()", "expression.unknown_method_near", 5, 9, "upper"),
    ("n.upper()", "expression.method_kind", 2, 7, None),
    ("name.upper(1)", "expression.arguments", 11, 12, "upper()"),
    ("texts.map(1)", "expression.foreign", 6, 9, "[f(x) for x in items]"),
    ("JSON.parse(name)", "expression.foreign", 0, 10, "json_parse(text)"),
    ("name ? 1 : 2", "expression.foreign", 5, 6, "a if condition else b"),
    ("lambda x: zzz", "expression.unknown_name", 10, 13, None),
    ("[lambda x: 1]", "expression.lambda_place", 1, 12, None),
    ("1 +", "expression.incomplete", 3, 3, None),
]


@pytest.mark.parametrize(("source", "code", "start", "end", "suggestion"), PROBLEMS, ids=[case[0] for case in PROBLEMS])
def test_problem(source: str, code: str, start: int, end: int, suggestion: str | None) -> None:
    problems = [problem for problem in check(source, TYPES).problems if problem.severity == "error"]
    assert (code, start, end, suggestion) in [(each.code, each.start, each.end, each.suggestion) for each in problems]


def test_all_problems_are_found_at_once() -> None:
    result = check("a {{ lod.x }} b {{ load.dta + zz }} {{ upper(n) }}", TYPES)
    assert [(problem.code, problem.start) for problem in result.problems] == [
        ("expression.unknown_name_near", 5),
        ("expression.check.missing_key", 19),
        ("expression.unknown_name", 30),
        ("expression.argument", 45),
    ]
    assert result.type == STR


def test_compiled_and_written_forms_are_checked_alike() -> None:
    source = "{{ load.dta }}"
    found = check(source, TYPES)
    assert check(compile_template(source), TYPES) == found
    assert check(compile_expression(source), TYPES) == found
    assert [problem.start for problem in found.problems] == [3]
    assert check("no braces {{{{", TYPES).type == STR
    assert check("{{ n }}", TYPES).type == INT
    assert check("{{ n }} ", TYPES).type == STR
    assert check("{{ [lambda x: 1] }}", TYPES).problems[0].code == "expression.lambda_place"


def test_what_may_be_null_is_a_warning_unless_caught() -> None:
    result = check("quiet.text + first(load.data.features).place", TYPES)
    assert [(problem.code, problem.severity) for problem in result.problems] == [
        ("expression.check.may_be_null", "warning"),
        ("expression.check.may_be_null", "warning"),
    ]
    assert check("default(quiet.text, '')", TYPES).problems == []


def test_nesting_too_deep_for_the_walk_is_no_problem_of_the_check() -> None:
    assert check("(" * 39 + "n" + ")" * 39, TYPES).type == INT


class Place(BaseModel):
    name: str
    tags: list[str] = []


class Report(BaseModel):
    place: Place
    mag: float | None
    count: int = 0
    others: dict[str, Place]
    parent: Report | None = None
    kind: Any = None


def test_types_from_pydantic() -> None:
    kind = type_from_schema(Report.model_json_schema())
    types = {"r": kind}
    assert isinstance(kind, ObjectType)
    assert str(check("r.place.tags[0]", types).type) == "text"
    assert str(check("r.mag", types).type) == "float | null"
    assert str(check("r.others.x.name", types).type) == "text"
    assert str(check("r.parent.place", types).type) == "any"
    assert check("r.plce.name", types).problems[0].suggestion == "place"
    assert check("r.place.nam", types).problems[0].suggestion == "name"


SCHEMAS: list[tuple[Any, str]] = [
    (True, "any"),
    ({}, "any"),
    ({"type": "string"}, "text"),
    ({"type": ["integer", "null"]}, "int | null"),
    ({"enum": [1, "a"]}, "int | text"),
    ({"const": None}, "null"),
    ({"type": "array"}, "list[any]"),
    ({"type": "array", "items": {"type": "boolean"}}, "list[bool]"),
    ({"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}]}, "list[float | text]"),
    ({"type": "object"}, "object[any]"),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, "object[int]"),
    ({"type": "object", "additionalProperties": False}, "object{}"),
    ({"properties": {"a": {"type": "string"}}, "additionalProperties": True}, "object{a: text, ...}"),
    ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "text | int"),
    ({"anyOf": [{"type": "string"}, {}]}, "any"),
    ({"allOf": [{"type": "string"}]}, "text"),
    (
        {
            "allOf": [
                {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
                {"type": "object", "properties": {"b": {"type": "integer"}}},
            ]
        },
        "object{a: text, b: int}",
    ),
    ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "any"),
    ({"type": "object", "x-studio": "file"}, "file"),
    ({"type": "object", "x-studio": "table"}, "table"),
    ({"type": "array", "x-studio": "items", "items": {}}, "list[any]"),
    ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "array", "items": {"$ref": "#/$defs/A"}}}}, "list[any]"),
    ({"$ref": "#/$defs/B", "$defs": {}}, "any"),
    ({"$ref": "https://x.org/schema"}, "any"),
    ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "null"}}}, "null"),
]


@pytest.mark.parametrize(("schema", "kind"), SCHEMAS, ids=[str(schema) for schema, _ in SCHEMAS])
def test_type_from_schema(schema: Any, kind: str) -> None:
    assert str(type_from_schema(schema)) == kind


def test_a_schema_too_deep_is_any() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(60):
        schema = {"type": "array", "items": schema}
    assert "any" in str(type_from_schema(schema))


ACCEPTED: list[tuple[Type, Type, bool]] = [
    (ANY, INT, True),
    (INT, ANY, True),
    (INT, INT, True),
    (FLOAT, INT, True),
    (INT, FLOAT, False),
    (STR, INT, False),
    (STR, DATETIME, True),
    (FLOAT, DURATION, True),
    (INT, optional(INT), True),
    (INT, NULL, False),
    (optional(INT), NULL, True),
    (union(INT, STR), union(BOOL, NULL), True),
    (ListType(item=INT), ListType(), True),
    (ListType(item=INT), ListType(item=STR), False),
    (ListType(), STR, False),
    (DictType(), record(a=INT), True),
    (DictType(value=STR), record(a=INT), False),
    (DictType(), DictType(), True),
    (DictType(), INT, False),
    (record(a=INT), record(a=INT), True),
    (record(a=INT), record(a=STR), False),
    (record(a=INT), record(b=INT), False),
    (record(a=INT), record(a=INT, b=INT), False),
    (ObjectType(fields={"a": INT}, open=True), record(a=INT, b=INT), True),
    (record(a=INT), DictType(), True),
    (record(a=INT), INT, False),
    (record(a=INT), ObjectType(open=True), True),
    (ObjectType(), ObjectType(fields={"a": INT}), True),
    (FILE, record(name=STR), False),
    (TABLE, TABLE, True),
]


@pytest.mark.parametrize(("expected", "actual", "fits"), ACCEPTED)
def test_accepts(expected: Type, actual: Type, fits: bool) -> None:
    assert accepts(expected, actual) is fits


def test_types_of_values() -> None:
    blob = BlobRef("b", 1, b"d")
    assert str(type_of({"a": [1, 2.5, None], "b": {}})) == "object{a: list[int | float | null], b: object{}}"
    assert str(type_of([{"a": 1, "b": 2}, {"a": "x"}])) == "list[object{a: int | text, b: int}]"
    assert type_of([]) == ListType()
    assert type_of(SKIPPED("n")) == NULL
    assert type_of(FileRef(blob, "a")) == FILE
    assert type_of(TableRef(blob, 1, ())) == TABLE
    assert type_of(ItemsRef(0, ())) == ListType()
    assert type_of(Pages(2)) == ListType(item=INT)
    assert type_of([[[1]]], depth=1) == ListType(item=ANY)
    assert type_of(object()) == ANY
    assert type_of(True) == BOOL
    assert merged([]) == ANY
    assert hash(record(a=INT)) == hash(record(a=STR))


def test_notation_and_helpers() -> None:
    assert str(parse_type("list[dict[text?]]")) == "list[object[text | null]]"
    assert parse_type("x", {"x": INT}) == INT
    with pytest.raises(KeyError):
        parse_type("zzz")
    assert may_be_null(optional(INT))
    assert not may_be_null(NULL)
    assert without_null(optional(INT)) == INT
    assert without_null(NULL) == NULL
    assert union() == ANY
    wide = record(**{f"k{n}": INT for n in range(20)})
    assert str(wide).endswith("...}")
