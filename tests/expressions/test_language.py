"""What expressions mean."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.values import BlobRef, FileRef, TableRef
from studio.expressions import SKIPPED, LazyItems, compile_expression

from .attacks import Pages
from .helpers import refused, run

QUAKES = [{"properties": {"mag": 4.5 + n / 2, "place": f"place {n}"}} for n in range(6)]
SCOPE: dict[str, Any] = {
    "load": {"data": {"features": QUAKES}},
    "message": {"from": "a@x.org", "class": 7, "in": {"not": 1}, "items": "key", "x-id": 3},
    "inputs": {"min": 6},
    "xs": [3, 1, 2],
    "name": "Ada",
    "n": 5,
    "none": None,
    "now": "2024-05-31T12:00:00+00:00",
    "day": {"größe": 2, "日付": 3},
}

CASES: list[tuple[str, Any]] = [
    # Paths
    ("load.data.features[0].properties.mag * 2", 9.0),
    ("load.data.features[-1].properties.place", "place 5"),
    ("load['data']['features'][1]['properties'].mag", 5.0),
    ("message.from", "a@x.org"),
    ("message.class + 1", 8),
    ("message.in.not", 1),
    ("message.items", "key"),
    ("message.items()[0]", ["from", "a@x.org"]),
    ("message['x-id'] - 1", 2),
    ("day.größe + day.日付", 5),
    ("name[0] + name[-1]", "Aa"),
    ("{'a': {'b': [1, 2]}}.a.b[1]", 2),
    ("[1, 2, 3][n - 4]", 2),
    ("{'a': 1}[f'{\"a\"}']", 1),
    ("{1: 'one', null: 'none', true: 'yes'}[null]", "none"),
    ("[{'a': 1}][0].a", 1),
    # Literals
    ("1_000 + 0x10 + 0b11 + 0o7", 1026),
    ("1.5e3 + .5 + 1.", 1501.5),
    ("[true, false, null, True, False, None]", [True, False, None, True, False, None]),
    ("'a\\tb\\x41\\u00e9\\U0001F40D\\'' \"c\" r'\\d'", "a\tbAé🐍'c\\d"),
    ("'''a'b''' + \"\"\"c\"d\"\"\"", "a'bc\"d"),
    ("u'x'", "x"),
    ("(1, 2)", [1, 2]),
    ("()", []),
    ("(1,)", [1]),
    ("[*xs, *range(2), 9]", [3, 1, 2, 0, 1, 9]),
    ("{1, 2, 1, 1.0}", [1, 2]),
    ("{}", {}),
    ("{**inputs, 'max': 9}", {"min": 6, "max": 9}),
    ("{'a': 1, 'a': 2,}", {"a": 2}),
    # Operators
    ("2 + 3 * 4 - 6 / 3", 12.0),
    ("7 // 2 + 7 % 3 + 2 ** 3 ** 2", 516),
    ("-2 ** 2", -4),
    ("(-2) ** 2", 4),
    ("2 ** -1", 0.5),
    ("- - 3 + +2", 5),
    ("~5 & 0xff | 1 << 8 ^ 3", 507),
    ("256 >> 4", 16),
    ("'a' * 3 + 'b'", "aaab"),
    ("3 * [0] + [1]", [0, 0, 0, 1]),
    ("'a' * -1", ""),
    ("true + 1", 2),
    ("1 < 2 <= 2 < 3", True),
    ("1 < 3 < 2", False),
    ("1 == 1.0 == true", True),
    ("'a' < 'b' and [1, 2] < [1, 3]", True),
    ("'b' >= 'a' > 'A'", True),
    ("[1, [2]] == [1, [2]]", True),
    ("{'a': [1]} == {'a': [1]}", True),
    ("{'a': 1} != {'b': 1}", True),
    ("[1] == [2]", False),
    ("[1] == [1, 2]", False),
    ("{'a': 1} == {'a': 1, 'b': 2}", False),
    ("[] < [1] and not [1] < []", True),
    ("'a' == 1", False),
    ("none == null and none is null and none is not true", True),
    ("1 is not null", True),
    ("true is true", True),
    ("2 in xs and 9 not in xs", True),
    ("'Ad' in name", True),
    ("'min' in inputs", True),
    ("[1] in [[1]]", True),
    ("xs in xs", False),
    ("not xs or n", 5),
    ("0 or '' or null or 'x' or 1 / 0", "x"),
    ("1 and 2 and 3", 3),
    ("1 and 0 and 1 / 0", 0),
    ("0 or 0.0", 0.0),
    ("not not 1", True),
    ("'big' if n > 3 else 'small'", "big"),
    ("1 if false else 2 if false else 3", 3),
    # Slices
    ("xs[1:]", [1, 2]),
    ("xs[:-1]", [3, 1]),
    ("xs[::-1]", [2, 1, 3]),
    ("name[:2] + name[1::2]", "Add"),
    ("xs[:]", [3, 1, 2]),
    ("xs[5:]", []),
    # Comprehensions and lambdas
    ("[f.properties.mag for f in load.data.features if f.properties.mag >= inputs.min]", [6.0, 6.5, 7.0]),
    ("[x * y for x in xs for y in range(x) if y if x > 1]", [3, 6, 2]),
    ("[[a, b, c] for a, (b, c) in [[1, [2, 3]]]]", [[1, 2, 3]]),
    ("{k: v * 2 for k, v in {'a': 1}.items()}", {"a": 2}),
    ("{x % 2 for x in range(9)}", [0, 1]),
    ("sum(x for x in xs)", 6),
    ("(x + 1 for x in xs)", [4, 2, 3]),
    ("[x for x in 'ab']", ["a", "b"]),
    ("[k for k in inputs]", ["min"]),
    ("[[x for x in xs if x > y] for y in xs]", [[], [3, 2], [3]]),
    ("[x for x in xs][0] + len([x for x in []])", 3),
    ("sorted(xs, key=lambda x: -x)", [3, 2, 1]),
    ("sorted(load.data.features, 'properties.mag', reverse=true)[0].properties.mag", 7.0),
    ("map(lambda x: map(lambda y: x * y, xs), xs)[0]", [9, 3, 6]),
    ("map(xs, lambda x: x + 1)", [4, 2, 3]),
    ("[sorted(xs, key=lambda x: x * s) for s in [1, -1]]", [[1, 2, 3], [3, 2, 1]]),
    ("any(1 / x > 0 for x in [1, 0])", True),
    ("[x for x in range(2000) if x % 500 == 0]", [0, 500, 1000, 1500]),
    ("len([x for x in range(2000)])", 2000),
    # Texts
    ("f'{name} {n:>3}|{1.5:.2f}|{name:<5}|{{}}'", "Ada   5|1.50|Ada  |{}"),
    ("f'{[1, \"a\"]} {null} {true} {now}'", '[1,"a"] null true 2024-05-31T12:00:00+00:00'),
    ("f'{f\"{n}\"}' 'x' f'{n}'", "5x5"),
    ("f'''{n}\n{{'''", "5\n{"),
    ("rf'\\d{n}'", "\\d5"),
    ("f'\\x41{n}'", "A5"),
    ("f'{n:,}{1234567:,}{0.5:.0%}{255:x}{255:#b}'", "51,234,56750%ff0b11111111"),
    ("f'{date(now):%d.%m.%Y}'", "31.05.2024"),
    ("f'{n != 5}'", "false"),
    ('f\'{ {"a": 1}["a"] }\'', "1"),
    ("f'{lambda_}'", "1"),
    ("name.upper().lower().replace('a', 'x')", "xdx"),
    ("'a,b'.split(',')", ["a", "b"]),
    # Times
    ("date('2024-02-28') + days(2)", "2024-03-01"),
    ("date('2024-02-28') + hours(36)", "2024-02-29T12:00:00+00:00"),
    ("now + days(3)", "2024-06-03T12:00:00+00:00"),
    ("days(1) + now", "2024-06-01T12:00:00+00:00"),
    ("now - hours(12)", "2024-05-31T00:00:00+00:00"),
    ("datetime(now) - datetime('2024-05-31')", 43200),
    ("date(now) - '2024-05-30'", 86400),
    ("days(2) - days(0.5)", 129600),
    ("-days(1) * 2", -172800),
    ("2 * days(1) / hours(1)", 48.0),
    ("days(3) / 2", 129600),
    ("datetime(now) > '2024-01-01' and '2024-01-01' < datetime(now)", True),
    ("date(now) == '2024-05-31'", True),
    ("date(now) == 'no date'", False),
    ("days(1) > hours(23)", True),
    ("[date(now).year, date(now).weekday, datetime(now).hour, days(1.5).hours]", [2024, 5, 12, 36.0]),
    ("days(1.5).total_seconds() + hours(0.5) / seconds(1)", 131400.0),
    ("sum([days(1), hours(1)])", 90000),
    (
        "{'at': datetime(now), 'all': [date(now), days(0.00001)]}",
        {"at": "2024-05-31T12:00:00+00:00", "all": ["2024-05-31", 0.864]},
    ),
    ("[d for d in [date(now)]]", ["2024-05-31"]),
    ("map(lambda x: date(x), [now])", ["2024-05-31"]),
    ("{'a': date(now) if true else 1}", {"a": "2024-05-31"}),
    ("default(date(now), 1)", "2024-05-31"),
    ("{'k': [date(now)]}.k", ["2024-05-31"]),
    ("[[date(now)], 1][0]", ["2024-05-31"]),
    ("max('2024-01-01', date(now))", "2024-05-31"),
    ("sorted([date(now), date('2024-01-01')])", ["2024-01-01", "2024-05-31"]),
    ("sorted([days(2), days(1)])", [86400, 172800]),
    ("sorted([[2, 'b'], [1, 'c'], [1, 'a']])", [[1, "a"], [1, "c"], [2, "b"]]),
    # Missing values
    ("default(inputs.max, 10)", 10),
    ("default(inputs.min, 1 / 0)", 6),
    ("default(none.a.b, 1)", 1),
    ("default(xs[9], 1)", 1),
    ("default(name[9], 1)", 1),
    ("default(none[0:1], 1)", 1),
    ("default(none.upper(), 'x')", "x"),
    ("default([x.a for x in [{}]], 3)", 3),
    ("default(default(inputs.a, inputs.b), 4)", 4),
    ("coalesce(inputs.a, none, n, 1 / 0)", 5),
    ("[default(x.a, 0) for x in [{'a': 1}, {}]]", [1, 0]),
]


@pytest.mark.parametrize(("source", "expected"), CASES, ids=[source for source, _ in CASES])
def test_value(source: str, expected: Any) -> None:
    value = run(source, **SCOPE, lambda_=1)
    assert value == expected
    assert type(value) is type(expected)


def test_default_hides_no_mistakes() -> None:
    error = refused("default(load.data.features.mag, 0)", **SCOPE)
    assert error.code == "expression.list_key"
    assert "load.data.features is a list" in error.message
    assert refused("default(lod.data, 0)", **SCOPE).code == "expression.unknown_name_near"
    assert refused("default(1 / 0, 0)").code == "expression.zero_division"


def test_skipped_behaves_as_null() -> None:
    scope = {"quiet": SKIPPED("quiet"), "other": 1}
    assert run("quiet", **scope) is None
    assert run("quiet is null", **scope) is True
    assert run("quiet == null", **scope) is True
    assert run("[quiet, {'a': quiet}]", **scope) == [None, {"a": None}]
    assert run("default(quiet.text, 'x')", **scope) == "x"
    assert run("default(quiet, 'x')", **scope) == "x"
    assert run("coalesce(quiet.a.b, quiet, other)", **scope) == 1
    assert run("f'{quiet}'", **scope) == "null"
    error = refused("quiet.text", **scope)
    assert (error.code, error.arguments["node"]) == ("expression.skipped", "quiet")
    assert "quiet did not run" in error.message
    assert repr(SKIPPED("quiet")) == "Skipped('quiet')"


def test_files_and_tables_show_their_facts_only() -> None:
    blob = BlobRef("b", 10, b"d")
    scope = {"f": FileRef(blob, "a.txt", "text/plain"), "t": TableRef(blob, 3, (("a", "Int64"), ("b", "String")))}
    assert run("[f.name, f.size, f.media_type, t.rows, t.columns]", **scope) == [
        "a.txt",
        10,
        "text/plain",
        3,
        ["a", "b"],
    ]
    assert run("f", **scope) is scope["f"]
    assert run("{'file': f}", **scope)["file"] is scope["f"]
    assert run("[x for x in [f] if x.size > 1]", **scope) == [scope["f"]]
    assert run("json({'f': f})", **scope) == '{"f":"a.txt"}'
    assert refused("f.blob", **scope).code == "expression.opaque_key"
    assert refused("f['blob']", **scope).code == "expression.opaque_key"
    assert refused("json(t)", **scope).code == "expression.result_type"


def test_lazy_items_are_lists() -> None:
    scope = {"items": Pages(2000)}
    assert isinstance(Pages(1), LazyItems)
    assert not isinstance([], LazyItems)
    assert run("len(items)", **scope) == 2000
    assert run("items[5]", **scope) == 5
    assert run("items[-1]", **scope) == 1999
    assert run("items[1:3]", **scope) == [1, 2]
    assert run("[x for x in items if x % 999 == 1]", **scope) == [1, 1000, 1999]
    assert run("sum(items)", **scope) == 1999000
    assert run("sum(x for x in items)", **scope) == 1999000
    assert run("7 in items and -1 not in items", **scope) is True
    assert run("first(items) + last(items)", **scope) == 1999
    assert run("items == items", **scope) is True
    assert run("items == [1]", **scope) is False
    assert run("items == 1", **scope) is False
    assert run("([0] + items)[:2]", **scope) == [0, 0]
    assert run("flatten([items, [1]])[-1]", **scope) == 1
    assert run("items", **scope) is scope["items"]
    assert run("[items]", **scope)[0] is scope["items"]
    assert run("json(items)[:6]", **scope) == "[0,1,2"
    assert run("type_of(items)", **scope) == "list"
    assert refused("items[2000]", **scope).code == "expression.missing_index"
    assert refused("items.a", **scope).code == "expression.list_key"


def test_scope_may_be_any_mapping() -> None:
    class Parents(dict[str, Any]):
        def __missing__(self, key: str) -> Any:
            if key == "outer":
                return {"a": 1}
            raise KeyError(key)

    expression = compile_expression("outer.a + default(outer.b, 2)")
    assert expression.evaluate(Parents()) == 3
    assert refused("nothing").code == "expression.unknown_name"


def test_results_are_new_containers_and_inputs_stay() -> None:
    scope = {"xs": [1, [2]], "d": {"a": [1]}}
    assert run("[*xs]", **scope) is not scope["xs"]
    assert run("xs", **scope) is scope["xs"]
    assert run("merge(d, {'b': 2})", **scope) == {"a": [1], "b": 2}
    assert run("sorted(xs[:1])", **scope) == [1]
    assert run("flatten(xs)", **scope) == [1, 2]
    assert run("reduce(lambda acc, x: acc + [x], xs, [])", **scope) == [1, [2]]
    assert scope == {"xs": [1, [2]], "d": {"a": [1]}}


@pytest.mark.parametrize(
    "source",
    [
        "range(2 ** 70, 2 ** 70 + 2)",
        "mode([2 ** 70])",
        "{}.get('a', 2 ** 70)",
        "[2 ** 70]",
        "{'a': [2 ** 70]}",
        "first([2 ** 70])",
        "first(x for x in [2 ** 70])",
        "map(lambda x: x * 2 ** 62, [4])",
        "reduce(lambda a, x: a * x, [2 ** 62, 4])",
        "default(2 ** 70)",
        "[x for x in [2 ** 70]]",
        "{'a': 2 ** 70}.a",
        "[[2 ** 70]][0][0]",
        "[2 ** 70][0:]",
        "max([2 ** 70])",
        "max(1, 2 ** 70)",
        "2 ** 70 if true else 1",
        "0 or 2 ** 70",
        "[1] + [2 ** 70]",
        "[2 ** 70] * 2",
        "get({'a': 2 ** 70}, 'a')",
        "values({'a': 2 ** 70})",
        "1180591620717411303424",
        "-9223372036854775809",
        "enumerate(['a'], 2 ** 70)",
        "zip([2 ** 70])",
        "json_parse('18446744073709551615')",
        "[1e308 * 10]",
        "{'a': 1e308 * 10}.values()",
        "sum([2 ** 62] * 4)",
        "sample([2 ** 70])",
        "abs(-2 ** 70)",
        "int('1' * 30)",
        "[x for x in range(2 ** 70, 2 ** 70 + 1)]",
        "coalesce(null, 2 ** 70)",
        "unique([2 ** 70])",
        "group_by([2 ** 70], lambda x: 'a')",
        "merge({'a': 2 ** 70})",
        "[*[2 ** 70]]",
        "{**{'a': 2 ** 70}}",
        "{2 ** 70}",
        "filter(lambda x: true, [2 ** 70])",
    ],
)
def test_no_number_beyond_64_bits_leaves(source: str) -> None:
    assert refused(source).code == "expression.result_range"


def test_random_values_depend_on_seed_and_place_only() -> None:
    expression = compile_expression("[uuid(), uuid(), random(), random_int(1, 100), shuffle(range(9)), sample([1, 2])]")
    first = expression.evaluate({"\0seed": "a"})
    assert first == expression.evaluate({"\0seed": "a"})
    assert first != expression.evaluate({"\0seed": "b"})
    assert first != expression.evaluate({"\0seed": "a"}, salt="x")
    assert first[0] != first[1]
    with pytest.raises(Exception, match="while a node runs"):
        expression.evaluate({})
