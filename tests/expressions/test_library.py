"""Every documented example runs, and the documentation is what the library says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from studio.domain.errors import ExpressionError
from studio.expressions import FUNCTIONS, METHODS, Function, check, compile_expression, compile_template
from studio.expressions.reference import BEGIN, END, main, rewritten
from studio.expressions.types import ANY, accepts, type_of

from .helpers import refused, run

PAGE = Path(__file__).parents[2] / "docs" / "expressions.md"
ALL: list[Function] = [*FUNCTIONS.values(), *(each for owners in METHODS.values() for each in owners.values())]
EXAMPLES = [(each, source, value) for each in ALL for source, value in each.examples]


@pytest.mark.parametrize(("function", "source", "value"), EXAMPLES, ids=[source for _, source, _ in EXAMPLES])
def test_example(function: Function, source: str, value: Any) -> None:
    assert f"{function.name}(" in source
    given = run(source)
    assert given == value
    assert type(given) is type(value)
    result = check(source, {})
    assert [problem for problem in result.problems if problem.severity == "error"] == []
    assert accepts(result.type, type_of(value)), str(result.type)


@pytest.mark.parametrize("function", ALL, ids=lambda function: f"{function.receiver}.{function.name}")
def test_documented(function: Function) -> None:
    assert function.examples
    assert function.doc.endswith(".")
    assert len(function.doc) < 250
    assert function.flow in ("plain", "number", "passes", "maps", "shared")
    assert function.signature.startswith(f"{function.name}(")


@pytest.mark.parametrize("function", ALL, ids=lambda function: f"{function.receiver}.{function.name}")
def test_any_argument_of_any_type_is_refused_properly(function: Function) -> None:
    values = ["null", "true", "5", "-1", "2.5", "''", "'text'", "[1]", "[]", "{'a': 1}", "{}", "now", "days(1)", "date(now)", "quiet",
              "['a']", "[null]", "10 ** 30", "1e308", "'2024-01-01'", "[[1, 2]]", "[['a', 1]]", "lambda x: x", "upper"]  # fmt: skip
    receivers = ["'text'", "[1]", "{'a': 1}", "date(now)", "datetime(now)", "days(1)", "null", "5"]
    for first in receivers if function.receiver else values:
        for second in [None, *values]:
            for third in [None] if second is None else [None, "1", "'a'"]:
                args = [each for each in ((second, third) if function.receiver else (first, second, third)) if each]
                call = f"{function.name}({', '.join(args)})"
                source = f"({first}).{call}" if function.receiver else call
                try:
                    run(source, now="2024-05-31T12:00:00Z", quiet=None)
                except ExpressionError as error:
                    assert error.code != "expression.failed", (source, error.message)


def table_rows() -> list[tuple[str, str, str]]:
    """(heading of the second column, first cell, second cell) of the hand-written tables."""
    rows: list[tuple[str, str, str]] = []
    page = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    head = ("", "")
    for line in page.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 2:
            if "|" in line and head[0] == "expression":
                cells = _joined(line)
            else:
                continue
        if cells[0].startswith("---"):
            continue
        if cells[0] in ("expression", "written", "name"):
            head = (cells[0], cells[1])
        elif head[1] in ("gives", "error"):
            rows.append((head[1], cells[0].strip("`").replace("\\|", "|"), cells[1].strip("`").replace("\\|", "|")))
    return rows


def _joined(line: str) -> list[str]:
    first, _, second = line.strip("| ").partition("` | `")
    return [first + "`", "`" + second]


def scope() -> dict[str, Any]:
    found = re.search(r"```json scope\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def test_there_are_samples() -> None:
    assert len(table_rows()) > 35


@pytest.mark.parametrize(("head", "source", "expected"), table_rows(), ids=[row[1] for row in table_rows()])
def test_sample_of_the_guide(head: str, source: str, expected: str) -> None:
    if head == "gives":
        value = (compile_template if "{{" in source else compile_expression)(source).evaluate(scope())
        assert value == json.loads(expected)
    else:
        assert refused(source, **scope()).message == expected


def test_the_guide_is_up_to_date(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == rewritten(page), "run: python -m studio.expressions.reference docs/expressions.md"
    copy = tmp_path / "page.md"
    copy.write_text(f"{BEGIN}\nold\n{END}\n", encoding="utf-8")
    main([str(copy)])
    assert "| `upper(x)` |" in copy.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="lacks"):
        rewritten("nothing")


def test_returns_are_known_types() -> None:
    for function in ALL:
        result = check(function.examples[0][0], {})
        assert result.type is not None
    assert check("reduce(lambda a, x: a, [1])", {}).type == ANY


EDGES: list[tuple[str, Any]] = [
    ("sum([])", 0), ("sum([true, 2])", 3), ("min([2, 1], key=lambda x: -x)", 2), ("max({'a': 1, 'b': 2})", "b"),
    ("round(2.5)", 2), ("round(-1.5)", -2), ("round(5, 2)", 5), ("log(8, 2)", 3.0), ("range(5, 0, -2)", [5, 3, 1]), ("range(3, 3)", []),
    ("range(0, -3, -1)", [0, -1, -2]), ("range(5, 1)", []), ("zip()", []), ("reversed('ab')", ["b", "a"]), ("enumerate(['a'], 1)", [[1, "a"]]),
    ("unique([{'a': 1}, {'a': 1}, [1], [1], '[1]', null, null])", [{"a": 1}, [1], "[1]", None]), ("unique([1, true, 1.0, '1'])", [1, "1"]),
    ("unique([2 ** 70, 2 ** 70, 1]) == [2 ** 70, 1]", True), ("unique([{'a': 1, 'b': 2}, {'b': 2, 'a': 1}])", [{"a": 1, "b": 2}]),
    ("unique(['a', 'B', 'b'], key=lambda x: x.lower())", ["a", "B"]), ("flatten([[1, [2, [3]]]], 3)", [1, 2, 3]), ("flatten([1, 2])", [1, 2]), ("flatten([1], 0)", [1]),
    ("group_by([null, true, 1.5], lambda x: x)", {"null": [None], "true": [True], "1.5": [1.5]}), ("group_by(['a', 'a'])", {"a": ["a", "a"]}),
    ("sorted([{'a': {'b': 2}}, {'a': {'b': 1}}], 'a.b')[0].a.b", 1), ("sorted([{'a.b': 2}, {'a.b': 1}], 'a.b')[0]['a.b']", 1), ("sorted([[2], [1]], key=0)", [[1], [2]]),
    ("partition([0, 1])", [[1], [0]]), ("first('abc')", "a"), ("last('abc')", "c"), ("last([1, 2, 3], lambda x: x < 3)", 2), ("first([1], lambda x: x > 5)", None),
    ("any([0, 3], lambda x: x > 2) and all([3, 4], lambda x: x > 2)", True), ("count([1, 1, 2], 1)", 2), ("is_unique([1, 2])", True), ("index_of([[1]], [1])", 0),
    ("get({'a': [{'b': 5}]}, 'a.0.b')", 5), ("get({'a.b': 1}, 'a.b')", 1), ("get(null, 'a', 3)", 3), ("get([1], 5)", None), ("has({'a.b': 1}, 'a.b')", True), ("has({'a': null}, 'a.b')", False),
    ("deep_merge({'a': 1}, {'a': {'b': 1}})", {"a": {"b": 1}}), ("merge()", {}), ("omit({'a': 1, 'b': 2, 'c': 3}, ['a', 'c'])", {"b": 2}), ("pick({'a': 1}, 'a')", {"a": 1}),
    ("split('a b c', null, 1)", ["a", "b c"]), ("'a,b,c'.split(',', 1)", ["a", "b,c"]), ("replace('aaa', 'a', 'b', 2)", "bba"), ("replace('ab', '', '-')", "-a-b-"), ("join([1, null, 'a'])", "1nulla"),
    ("trim('xax', 'x')", "a"), ("truncate('abc', 1)", "…"), ("truncate('abc', 0)", ""), ("truncate('abc', 2, '...')", ".."), ("pad('a', 4, '-', 'both')", "-a--"), ("between('a]b', '', ']')", "a"),
    ("between('[b', '[', '')", "b"), ("slug('Ünïcødé — Straße')", "unicode-strasse"), ("lines('a\\r\\nb\\n')", ["a", "b"]), ("title(\"o'neil\")", "O'Neil"), ("contains({'a': 1}, 'a')", True), ("normalize('abc')", "abc"),
    ("int(' 42 ')", 42), ("int('-7')", -7), ("int('ff', 16)", 255), ("int(-2.9)", -2), ("float(' 1e3 ')", 1000.0), ("float('.5')", 0.5), ("float(days(1))", 86400.0), ("bool('Off')", False), ("bool({})", False),
    ("str(2.0)", "2.0"), ("str(date('2024-01-01'))", "2024-01-01"), ("str(days(1))", "86400"), ("dict({'a': 1}.items())", {"a": 1}), ("json({'b': 1, 'a': date('2024-01-01')}, sort=true)", '{"a":"2024-01-01","b":1}'),
    ("json_parse('[1.5, \"\\u00e9\", null]')", [1.5, "é", None]), ("json_parse(json({'a': ['[[[[[', '\\\\\"']}))", {"a": ["[[[[[", '\\"']}), ("json_parse('[' * 90 + ']' * 90) == null", False),
    ("len(json_parse('[\"' + '[' * 200 + '\\\\\\\\\"]')[0])", 201), ("len(json_parse('[\"' + '[' * 200 + '\\\\\"\"]')[0])", 201),
    ("datetime('2024-05-31 12:00:00.123456789+0200')", "2024-05-31T12:00:00.123456+02:00"), ("datetime('2024-05-31T12:00:00z')", "2024-05-31T12:00:00+00:00"), ("datetime('2024-05-31T12:00+02')", "2024-05-31T12:00:00+02:00"),
    ("datetime(1.5)", "1970-01-01T00:00:01.500000+00:00"), ("datetime(date('2024-01-01'), zone='Asia/Tokyo')", "2024-01-01T00:00:00+09:00"), ("datetime('2024-01-01T00:00Z', zone='Asia/Tokyo')", "2024-01-01T00:00:00+00:00"),
    ("datetime('05/31/24 07:30 PM', '%m/%d/%y %I:%M %p')", "2024-05-31T19:30:00+00:00"), ("datetime('12 AM 1', '%I %p %d')", "1970-01-01T00:00:00+00:00"), ("datetime('31 may 1999 +0100', '%d %b %Y %z')", "1999-05-31T00:00:00+01:00"),
    ("datetime('31 May 1970 Z', '%e %B %Y %z', zone='Asia/Tokyo')", "1970-05-31T00:00:00+00:00"), ("datetime('Fri 5.5.70 1:2:3.5', '%a %d.%m.%y %H:%M:%S.%f')", "1970-05-05T01:02:03.500000+00:00"), ("datetime('2024%', '%Y%%')", "2024-01-01T00:00:00+00:00"),
    ("date(date('2024-01-01'))", "2024-01-01"), ("date(0)", "1970-01-01"), ("date(datetime(0))", "1970-01-01"), ("format_date('2024-01-05', '%a %A %j %V %G %u %e %F %T %I %p %y %f %L %s %z %Z %%')", "Fri Friday 005 01 2024 5 5 2024-01-05 00:00:00 12 AM 24 000000 000 1704412800 +0000 UTC %"),
    ("format_date(date('2024-01-05'))", "2024-01-05"), ("format_date(0, '%Y')", "1970"), ("in_zone('2024-05-31T12:00:00Z', '-05:30')", "2024-05-31T06:30:00-05:30"), ("in_zone(0, 'UTC')", "1970-01-01T00:00:00+00:00"), ("start_of('2024-05-30T10:00:00Z', 'week')", "2024-05-27T00:00:00+00:00"),
    ("start_of('2024-05-30T10:11:12Z', 'year')", "2024-01-01T00:00:00+00:00"), ("duration(90)", 90), ("duration(days(1))", 86400), ("add_months('2024-05-31T12:00:00Z', 1)", "2024-06-30T12:00:00+00:00"), ("days_between('2024-01-02', '2024-01-01')", -1.0),
    ("base64_decode('SGk')", "Hi"), ("base64_decode(base64_encode('', url=true))", ""), ("query_string({'a': [1, null, true], 'b': null})", "a=1&a=true"), ("parse_url('http://[::1]:8/x?q=').query", {"q": [""]}), ("url_encode(5)", "5"), ("hmac('k', 't', 'sha1')[:4]", "955d"),
    ("regex_search('ab', '(a)|(b)')", ["a", None]), ("regex_replace('a.b.c', '[.]', '-', limit=1)", "a-b.c"), (r"regex_replace('ab', '(a)', r'<\1\\>')", "<a\\>b"), ("regex_split('a-b-c', '-', limit=1)", ["a", "b-c"]), ("regex_find_all('éaé', 'é')", ["é", "é"]),
    ("regex_match('A', 'a', ignore_case=true)", True), ("sample([7])", 7), ("random_int(3, 3)", 3), ("shuffle([])", []), ("type_of(days(1)) + type_of(1.5) + type_of(date(0))", "durationfloatdate"), ("is_date(5) or is_date('x')", False), ("is_empty({}) and is_empty([]) and not is_empty(0)", True),
    ("mean([1, 2], lambda x: x * 2)", 3.0), ("median([{'n': 1}, {'n': 3}], 'n')", 2.0), ("mode([1, null, null])", None), ("product([])", 1), ("quantile([5], 0.9)", 5.0), ("clamp(5, 0, 10)", 5), ("sign(5)", 1),
    ("reduce(lambda a, x: a + x, [], 5)", 5), ("reduce(lambda a, x: a + x, [])", None), ("transpose([])", []), ("chunk([], 2)", []), ("compact([null, [], {}, 0])", [0]), ("from_items([])", {}), ("without_null({})", {}), ("map_values(len, {'a': 'xx'})", {"a": 2}),
    ("filter('a', [{'a': 0}, {'a': 1}])", [{"a": 1}]), ("map('a', [{'a': 0}])", [0]), ("map(int, ['1', '2'])", [1, 2]), ("any(upper(x) == 'A' for x in 'ba')", True), ("'%'.join(['a', 1])", "a%1"), ("' a '.rstrip(' ')", " a"), ("'ab'.index('b')", 1), ("[[1], [2]].index([2])", 1), ("{'a': 1}.get('b')", None),
]  # fmt: skip


@pytest.mark.parametrize(("source", "value"), EDGES, ids=[source for source, _ in EDGES])
def test_edge(source: str, value: Any) -> None:
    given = run(source)
    assert given == value
    assert type(given) is type(value)


REFUSED = [
    ("round(1, 301)", "digits"), ("sqrt(-1)", "sqrt"), ("log(0)", "log"), ("log(5, 1)", "log"), ("mean([])", "too_few"), ("stdev([1])", "too_few"), ("quantile([1], 2)", "share"), ("mode([[1]])", "mode_kind"),
    ("range(1, 2, 0)", "range_step"), ("chunk([1], 0)", "chunk_size"), ("from_items([1])", "pair"), ("dict([[1, 2]])", "pair"), ("pick({}, [1])", "key_names"), ("invert({'a': 1})", "key_names"), ("get({}, 1.5)", "key_type"), ("sample([])", "empty_list"), ("random_int(2, 1)", "random_range"),
    ("split('a', '')", "separator"), ("slug('a' * 10001)", "slug_length"), ("pad('a', 2, 'xx')", "pad"), ("pad('a', 2, ' ', 'up')", "pad"), ("normalize('é', 'X')", "normal_form"), ("trim('a', 'b' * 101)", "strip_chars"), ("int('x')", "no_number"), ("int([])", "no_number"), ("int('9', 1)", "base"), ("int('z', 20)", "no_number"), ("int(1e308 * 10)", "no_number"),
    ("float('x')", "no_number"), ("float(null)", "no_number"), ("bool('perhaps')", "no_bool"), ("bool('perhaps perhaps perhaps')", "no_bool"), ("json_parse('{')", "json_read"), ("json_parse('[' * 200 + ']' * 200)", "budget.depth"), ("json({1: 2})", "result_key"), ("json(1e308 * 10)", "result_range"),
    ("date('x')", "bad_time"), ("date([])", "bad_time"), ("datetime('2024-13-01')", "bad_time"), ("datetime('2024-01-01T25:00')", "bad_time"), ("datetime(1e300)", "bad_time"), ("date('x', '%Y')", "bad_time"), ("date('99', '%m')", "bad_time"), ("date('xyz', '%b')", "bad_time"), ("date(5, '%Y')", "bad_time"), ("date('1', '%Q')", "date_format"), ("date('1 1', '%Y %Y')", "date_format"), ("date('1', '%')", "date_format"),
    ("format_date(0, '%')", "date_format"), ("format_date(0, 'x' * 501)", "date_format_length"), ("in_zone(0, 'Nowhere/Land')", "time_zone"), ("in_zone(0, '+99:00')", "time_zone"), ("in_zone(0, '../x')", "time_zone"), ("start_of(0, 'eon')", "unit"), ("duration('x')", "bad_duration"), ("duration([])", "bad_duration"), ("add_months(0, 999999)", "overflow"), ("add_months('9999-12-01', 1)", "overflow"),
    ("base64_decode('!')", "base64"), ("base64_decode('/w==')", "base64"), ("hex_decode('zz')", "hex"), ("hex_decode('ff')", "hex"), ("url_encode('a', safe='é')", "url_safe"), ("parse_url('http://x:99999999')", "url"), ("parse_url('a' * 10001)", "url_length"), ("hash('a', 'x')", "hash"), ("hmac('a', 'b', 'md5')", "hash"),
    ("regex_test('a', '(')", "pattern"), ("regex_test('a', 'a' * 1001)", "pattern_length"), ("regex_test('a' * 1000001, 'a')", "pattern_text"), (r"regex_replace('a', 'a', r'\1')", "group"), ("'a'.index('b')", "not_found"), ("[1].index(2)", "not_in_list"), ("deep_merge({}, 1)", "argument"), ("unique([1e308 * 10, [1e308 * 10]])", "result_range"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "code"), REFUSED, ids=[source for source, _ in REFUSED])
def test_refused(source: str, code: str) -> None:
    assert refused(source).code == f"expression.{code}"
