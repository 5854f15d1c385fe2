"""What is refused, where, and with which help."""

from __future__ import annotations

import pytest

from studio.domain.errors import ExpressionError
from studio.expressions import compile_expression
from studio.expressions._compiler import python_error

from .helpers import refused

SCOPE = {
    "quake": {"properties": {"mag": 5, "x-id": 1, "items": [1]}},
    "xs": [1, 2],
    "name": "Ada",
    "n": 5,
    "none": None,
    "now": "2024-05-31T12:00:00Z",
}

AT_COMPILE: list[tuple[str, str, int, int]] = [
    ("", "expression.empty", 0, 0),
    ("1 +", "expression.incomplete", 3, 3),
    ("1 2", "expression.unexpected", 2, 3),
    ("a 'b'", "expression.unexpected", 2, 5),
    ("a f'b'", "expression.unexpected", 2, 6),
    ("(1", "expression.not_closed", 0, 1),
    ("[1)", "expression.not_closed", 0, 1),
    ("1)", "expression.unbalanced", 1, 2),
    ("f'}'", "expression.unbalanced", 2, 3),
    ("'abc", "expression.open_string", 0, 1),
    ("f'abc", "expression.open_string", 0, 2),
    ("f'abc\\", "expression.open_string", 0, 2),
    ("f'{n", "expression.no_end", 3, 4),
    ("f'{}'", "expression.empty", 3, 3),
    ("f'{n!r}'", "expression.conversion", 4, 5),
    ("f'{n=}'", "expression.conversion", 4, 5),
    ("f'{n:{n}}'", "expression.format", 3, 5),
    ("'\\q'", "expression.escape", 1, 3),
    ("'\\ud800'", "expression.escape", 1, 7),
    ("b'a'", "expression.bytes", 0, 2),
    ("007", "expression.number", 0, 3),
    ("1abc", "expression.number", 0, 2),
    ("1e999", "expression.number", 0, 5),
    ("f'\\{n}'", "expression.escape", 2, 4),
    ("xs.0", "expression.foreign", 2, 4),
    ("a, b", "expression.comma", 1, 2),
    ("a = b", "expression.foreign", 2, 3),
    ("x is 5", "expression.foreign", 2, 4),
    ("x is not y", "expression.foreign", 2, 4),
    ("f(1)(2)", "expression.not_callable", 0, 5),
    ("(lambda x: x)(1)", "expression.not_callable", 1, 14),
    ("lambda x: x", "expression.lambda_place", 0, 11),
    ("[lambda x: x]", "expression.lambda_place", 1, 12),
    ("lambda if: 1", "expression.reserved", 7, 9),
    ("lambda 1: 1", "expression.unexpected", 7, 8),
    ("[1 for true in xs]", "expression.reserved", 7, 11),
    ("map(lambda: 1, xs)", "expression.lambda_arity", 4, 13),
    ("map(lambda a, b: 1, xs)", "expression.lambda_arity", 4, 18),
    ("map(xs, xs)", "expression.function_expected", 4, 6),
    ("map(sorted_by, xs)", "expression.function_expected", 4, 13),
    ("map(replace, xs)", "expression.function_argument", 4, 11),
    ("map(map, xs)", "expression.function_argument", 4, 7),
    ("uper('a')", "expression.unknown_function_near", 0, 4),
    ("qqqqqqq(1)", "expression.unknown_function", 0, 7),
    ("isalpha('a')", "expression.method_alone", 0, 7),
    ("now()", "expression.not_a_function", 0, 3),
    ("[len(1) for len in xs]", "expression.not_a_function", 1, 4),
    ("name.uper()", "expression.unknown_method_near", 5, 9),
    ("name.qqqqqq()", "expression.unknown_method", 5, 11),
    ("name.upper(1)", "expression.arguments", 11, 12),
    ("upper()", "expression.arguments", 0, 5),
    ("upper('a', 'b')", "expression.arguments", 11, 14),
    ("upper('a', x='b')", "expression.arguments", 13, 16),
    ("upper(y='b')", "expression.arguments", 0, 5),
    ("round(x=1, 2)", "expression.argument_order", 11, 12),
    ("max(*xs)", "expression.foreign", 4, 5),
    ("max(**xs)", "expression.foreign", 4, 6),
    ("default(1, 2, 3)", "expression.arguments", 14, 15),
    ("default(value=1)", "expression.arguments", 0, 7),
    ("xs[]", "expression.unexpected", 3, 4),
    ("xs[1, 2]", "expression.unexpected", 4, 5),
    ("xs[1:2:3:4]", "expression.unexpected", 8, 9),
    ("xs[1 2]", "expression.unexpected", 5, 6),
    ("{1: 2, 3}", "expression.unexpected", 8, 9),
    ("{name}", "expression.foreign", 0, 5),
    ("x.", "expression.incomplete", 2, 2),
    ("x.'a'", "expression.unexpected", 2, 5),
    ("1 if 2", "expression.incomplete", 6, 6),
    ("a\x00b", "expression.character", 1, 2),
    ("a\u200bb", "expression.character", 1, 2),
    ("{{ a }} b", "expression.one_expected", 7, 9),
    ("{{ a", "expression.no_end", 2, 4),
]


@pytest.mark.parametrize(("source", "code", "start", "end"), AT_COMPILE, ids=[case[0] for case in AT_COMPILE])
def test_refused_when_compiled(source: str, code: str, start: int, end: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source)
    assert (caught.value.code, caught.value.start, caught.value.end) == (code, start, end)


WHEN_RUN: list[tuple[str, str, int, int]] = [
    ("qake.properties", "expression.unknown_name_near", 0, 4),
    ("zzz", "expression.unknown_name", 0, 3),
    ("1 + len", "expression.function_name", 4, 7),
    ("undefined", "expression.foreign", 0, 9),
    ("quake.properties.magn", "expression.missing_key_near", 0, 21),
    ("quake.properties.zzz", "expression.missing_key", 0, 20),
    ("quake.properties.length", "expression.missing_key_hint", 0, 23),
    ("quake.properties.x-id", "expression.missing_key_dashed", 0, 18),
    ("quake['propertie']", "expression.missing_key_near", 0, 18),
    ("quake[name]", "expression.missing_key", 0, 11),
    ("[q.mag for q in [quake]]", "expression.missing_key", 1, 6),
    ("[q.properties.a.b for q in [quake]]", "expression.missing_key", 1, 15),
    ("xs[2]", "expression.missing_index", 0, 5),
    ("xs[n]", "expression.missing_index", 0, 5),
    ("xs.mag", "expression.list_key", 0, 6),
    ("xs['mag']", "expression.list_key", 0, 9),
    ("xs.length", "expression.foreign", 0, 9),
    ("name.first", "expression.foreign", 0, 10),
    ("name.zzz", "expression.no_keys", 0, 8),
    ("now.year", "expression.text_time", 0, 8),
    ("n.a", "expression.no_keys", 0, 3),
    ("1..real", "expression.no_keys", 0, 7),
    ("none.a", "expression.null_path", 0, 6),
    ("none[0]", "expression.null_path", 0, 7),
    ("[1][0].a", "expression.no_keys", 0, 8),
    ("xs[1.5]", "expression.key_type", 3, 7),
    ("xs[true]", "expression.key_type", 3, 8),
    ("{[1]: 2}", "expression.result_key", 1, 4),
    ("len({[1]: 2})", "expression.key_type", 5, 8),
    ("{1: 2}", "expression.result_key", 1, 2),
    ("{x: 1 for x in xs}", "expression.result_key", 1, 2),
    ("[{1: 2}][0]", "expression.result_key", 0, 11),
    ("{**xs}", "expression.not_an_object", 0, 6),
    ("[*n]", "expression.not_a_list", 0, 4),
    ("[x for x in n]", "expression.not_a_list", 12, 13),
    ("[x for x in none]", "expression.not_a_list", 12, 16),
    ("[a for a, b in xs]", "expression.unpack", 15, 17),
    ("name + 1", "expression.operands_text", 0, 8),
    ("1 + 2 + name", "expression.operands_text", 0, 12),
    ("none + 1", "expression.operands_null", 0, 8),
    ("xs + 1", "expression.operands", 0, 6),
    ("xs - 1", "expression.operands", 0, 6),
    ("xs * xs", "expression.operands", 0, 7),
    ("xs / 1", "expression.operands", 0, 6),
    ("xs // 1", "expression.operands", 0, 7),
    ("xs % 1", "expression.operands", 0, 6),
    ("xs ** 1", "expression.operands", 0, 7),
    ("1 << name", "expression.operands", 0, 9),
    ("1 >> name", "expression.operands", 0, 9),
    ("1 << -1", "expression.shift", 0, 7),
    ("1 >> -1", "expression.shift", 0, 7),
    ("1 & name", "expression.operands", 0, 8),
    ("quake + days(1)", "expression.operands", 0, 15),
    ("name + days(1)", "expression.operands_text", 0, 14),
    ("days(1) + 1", "expression.operands", 0, 11),
    ("'%s' % 1", "expression.percent", 0, 8),
    ("-name", "expression.operand", 0, 5),
    ("+name", "expression.operand", 0, 5),
    ("~name", "expression.operand", 0, 5),
    ("(-8) ** 0.5", "expression.complex", 1, 11),
    ("1 / 0", "expression.zero_division", 0, 5),
    ("1e308 * 10", "expression.result_range", 0, 10),
    ("2 ** 64", "expression.result_range", 0, 7),
    ("2 ** 2000 * 1.5", "expression.overflow", 0, 15),
    ("name < 1", "expression.operands", 0, 8),
    ("1 < name", "expression.operands", 0, 8),
    ("1 > none", "expression.operands_null", 0, 8),
    ("1 < 2 < name", "expression.operands", 0, 12),
    ("{} < {}", "expression.operands", 0, 7),
    ("date(now) < 5", "expression.operands_time", 0, 13),
    ("date(now) < name", "expression.operands_time", 0, 16),
    ("1 in 5", "expression.operands", 0, 6),
    ("1 in name", "expression.operands", 0, 9),
    ("n[1:]", "expression.slice_kind", 0, 5),
    ("none[1:]", "expression.null_slice", 0, 8),
    ("xs['a':]", "expression.slice_bound", 0, 8),
    ("xs[::0]", "expression.slice_step", 0, 7),
    ("n.upper()", "expression.method_kind", 2, 7),
    ("none.upper()", "expression.null_method", 5, 10),
    ("name.keys()", "expression.method_kind", 5, 9),
    ("upper(n)", "expression.argument", 6, 7),
    ("upper(none)", "expression.argument_null", 6, 10),
    ("sum(n)", "expression.argument", 4, 5),
    ("keys(xs)", "expression.argument", 5, 7),
    ("in_zone(name, 'UTC')", "expression.argument", 8, 12),
    ("format_date(name)", "expression.argument", 12, 16),
    ("range(1.5)", "expression.argument", 6, 9),
    ("sum(['a'])", "expression.not_a_number", 0, 10),
    ("sorted(xs, key=1.5)", "expression.function_value", 15, 18),
    ("sorted([{}], 'a')", "expression.missing_key", 0, 17),
    ("f'{name:d}'", "expression.format_kind", 3, 9),
    ("f'{name:q}'", "expression.format_spec", 3, 9),
    ("f'{n:9999}'", "expression.format_spec", 3, 9),
    ("f'{date(now):%Q}'", "expression.date_format", 3, 15),
    ("min([])", "expression.empty_list", 0, 7),
    ("len(none)", "expression.len_null", 0, 9),
    ("len(n)", "expression.len_kind", 0, 6),
]


@pytest.mark.parametrize(("source", "code", "start", "end"), WHEN_RUN, ids=[case[0] for case in WHEN_RUN])
def test_refused_when_run(source: str, code: str, start: int, end: int) -> None:
    error = refused(source, **SCOPE)
    assert (error.code, error.start, error.end) == (code, start, end)


def test_missing_key_names_near_ones() -> None:
    error = refused("quake.properties.magnitud", quake={"properties": {"mag": 1}})
    assert error.message == "no key 'magnitud' in quake.properties; near: 'mag'"


def test_dashed_keys_are_explained() -> None:
    error = refused("h.x-id", h={"x-id": 1}, id=2)
    assert error.message == "no key 'x' in h. Write h['x-id'] for a key with a dash."


def test_offsets_count_in_the_text_as_given() -> None:
    text = "  {{ quake.zzz }} "
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text).evaluate({"quake": {}})
    assert text[caught.value.start : caught.value.end] == "quake.zzz"


def test_errors_of_the_scope_itself_pass_through() -> None:
    class Broken(dict[str, object]):
        def __missing__(self, key: str) -> object:
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        compile_expression("a.b").evaluate(Broken())
    with pytest.raises(OSError, match="disk"):
        compile_expression("len(a)").evaluate(Broken())


def test_what_python_raises_has_a_code_of_ours() -> None:
    cases: list[tuple[BaseException, str]] = [
        (RecursionError(), "expression.budget.recursion"),
        (MemoryError(), "expression.budget.memory"),
        (OverflowError(), "expression.overflow"),
        (ZeroDivisionError(), "expression.zero_division"),
        (ValueError("why"), "expression.failed"),
    ]
    for error, code in cases:
        made = python_error(error, 1, 2)
        assert (made.code, made.start, made.end) == (code, 1, 2)
    assert "why" in python_error(ValueError("why"), 0, 0).message

    class Failing(dict[str, object]):
        def __missing__(self, key: str) -> object:
            raise MemoryError

    with pytest.raises(ExpressionError) as caught:
        compile_expression("a.b").evaluate(Failing())
    assert caught.value.code == "expression.budget.memory"
    with pytest.raises(ExpressionError) as caught:
        compile_expression("item + a").bind(Failing())(1)
    assert caught.value.code == "expression.budget.memory"


HABITS = [
    ("$json.x", "load.data"),
    ("$('Node').item", "node's id"),
    ("$input.all()", "input"),
    ("$env.A", "vars"),
    ("$foo", "without $"),
    ("${x}", "f'"),
    ("a === b", "=="),
    ("a !== b", "!="),
    ("a && b", "and"),
    ("a || b", "or"),
    ("!a", "not"),
    ("a?.b", "default"),
    ("a ?? b", "default(x, y)"),
    ("a ? b : c", "if condition else"),
    ("`a`", "f'"),
    ("x => x", "lambda"),
    ("[...a]", "[*items"),
    ("a; b", "one"),
    ("typeof a", "type_of"),
    ("new Date()", "datetime"),
    ("function(x)", "lambda"),
    ("JSON.stringify(a)", "json(x)"),
    ("JSON.parse(a)", "json_parse"),
    ("Math.floor(1.5)", "floor(x)"),
    ("Object.keys(a)", "keys(x)"),
    ("xs.length", "len(x)"),
    ("xs.map(x)", "for x in items"),
    ("xs.filter(x)", "if condition"),
    ("xs.includes(1)", "x in items"),
    ("xs.push(1)", "items + [x]"),
    ("name.toUpperCase()", "text.upper()"),
    ("name.trim()", "text.strip()"),
    ("parseInt('1')", "int(x)"),
    ("undefined", "null"),
    ("name.length", "len(x)"),
    ("xs.len()", "len(x)"),
    ("re.sub(1)", "regex_replace"),
    ("'{}'.format(1)", "f'"),
    ("a := 1", "node of its own"),
    ("a -> b", "lambda"),
    ("a @ b", "[x.key"),
    ("a # b", "comments"),
    ("let x = 1", "value itself"),
    ("return x", "value itself"),
    ("isinstance(x, 1)", "type_of"),
    ("set([1])", "unique"),
    ("const y", "value"),
    ("{x}", "'x': x"),
]


@pytest.mark.parametrize(("source", "hint"), HABITS, ids=[source for source, _ in HABITS])
def test_habits_from_elsewhere_show_the_right_spelling(source: str, hint: str) -> None:
    error = refused(source, xs=[1], name="a")
    assert error.code == "expression.foreign"
    assert hint in error.message
