"""Texts and trees with expressions in them."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.errors import ExpressionError
from studio.expressions import (
    LOOKUP_FAILS,
    SEED,
    SKIPPED,
    Budget,
    compile_expression,
    compile_template,
    compile_value,
    is_template,
    iter_templates,
)

SCOPE: dict[str, Any] = {"a": 1, "xs": [1], "d": {"b": "B"}, "quiet": SKIPPED("quiet"), "now": "2024-05-31T12:00:00Z"}

CASES: list[tuple[str, Any]] = [
    ("{{ a }}", 1),
    ("{{a}}", 1),
    ("{{ xs }}\n", "[1]\n"),
    (" {{ a }}", " 1"),
    ("{{ a }} ", "1 "),
    ("{{ a }}{{ a }}", "11"),
    ("x {{ d.b }} y {{ xs }}!", "x B y [1]!"),
    ("{{ quiet }}", None),
    ("<{{ quiet }}>", "<null>"),
    ("{{{{ a }}", "{{ a }}"),
    ("{{{{{{ a }}", "{{1"),
    ("{{{{{{{{", "{{{{"),
    ("}} {{ a }} }}", "}} 1 }}"),
    ("{{ {'a': {'b': 1}} }}", {"a": {"b": 1}}),
    ("{{{'a': {'b': 1}}}}", {"a": {"b": 1}}),
    ("{{ '}}' }}", "}}"),
    ("{{ '}}' + \"}}\" }}!", "}}}}!"),
    ("{{ f'{{{a}}}' }}", "{1}"),
    ("{{ {'}}': '{{'}['}}'] }}", "{{"),
    ("{{ a\n  + 1\n}}", 2),
    ("{{ date(now) }}", "2024-05-31"),
    ("on {{ date(now) }}, {{ true }}, {{ null }}, {{ 1.0 }}", "on 2024-05-31, true, null, 1.0"),
    ("no expression", "no expression"),
    ("", ""),
    ("{ {a} }", "{ {a} }"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_template(text: str, expected: Any) -> None:
    assert compile_template(text).evaluate(SCOPE) == expected


@pytest.mark.parametrize(
    ("text", "code", "start"),
    [
        ("{{ a", "expression.no_end", 2),
        ("ab {{ (a }}", "expression.not_closed", 6),
        ("{{ a } }}", "expression.unbalanced", 5),
        ("{{ }}", "expression.empty", 3),
        ("ok {{ a }} {{ 'x }}", "expression.open_string", 14),
        ("{{ a b }}", "expression.unexpected", 5),
        ("{{ " + "a" * 40_000 + " }}", "expression.too_long", 2),
        ("x" * 1_000_001, "expression.template_length", None),
        ("{{ a }}" * 2_001, "expression.template_parts", 14_000),
    ],
)
def test_broken_template(text: str, code: str, start: int | None) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template(text)
    assert (caught.value.code, caught.value.start) == (code, start)


def test_errors_at_run_time_have_offsets_in_the_text() -> None:
    text = "x {{ a }} y {{ d.c }}"
    with pytest.raises(ExpressionError) as caught:
        compile_template(text).evaluate(SCOPE)
    assert text[caught.value.start : caught.value.end] == "d.c"
    text = "x {{ 'a' * 600 }} {{ d }}"
    with pytest.raises(ExpressionError) as caught:
        compile_template(text).evaluate(SCOPE, Budget(text=500))
    assert text[caught.value.start : caught.value.end] == "'a' * 600"
    text = "x {{ 2 ** 62 }}"
    with pytest.raises(ExpressionError) as caught:
        compile_template("x {{ f }}").evaluate({"f": object()})
    assert caught.value.code == "expression.result_type"
    with pytest.raises(ExpressionError) as caught:
        compile_template("x {{ d.f }}").evaluate({"d": {"f": [object()]}})
    assert (caught.value.code, caught.value.start) == ("expression.result_type", 4)


def test_the_same_text_is_compiled_once() -> None:
    assert compile_template("{{ a + 41 }}") is compile_template("{{ a + 41 }}")
    long = "x" * 5_000 + "{{ a }}"
    assert compile_template(long) is not compile_template(long)


def test_value_without_expressions_is_none() -> None:
    assert compile_value({"a": [1, "text", None, {"b": "}}"}]}) is None
    assert compile_value(5) is None
    assert compile_value("{ {") is None
    assert not is_template("a")
    escaped = compile_value("{{{{ a }}")
    assert escaped is not None
    assert escaped.evaluate({}) == "{{ a }}"


def test_tree() -> None:
    tree = {"a": "{{ a }}", "b": [1, "x{{ d.b }}", {"c": "{{ xs[0] }}", "d": [{}]}], "{{ key }}": None}
    compiled = compile_value(tree)
    assert compiled is not None
    value = compiled.evaluate(SCOPE)
    assert value == {"a": 1, "b": [1, "xB", {"c": 1, "d": [{}]}], "{{ key }}": None}
    assert value["b"][2]["d"] is not tree["b"][2]["d"]
    assert compiled.references == {("a",), ("d", "b"), ("xs",)}
    assert compiled.roots == {"a", "d", "xs"}
    shown = [(each.source, each.offset, each.path) for each in compiled.expressions]
    assert shown == [(" a ", 2, ("a",)), (" d.b ", 3, ("b", 1)), (" xs[0] ", 2, ("b", 2, "c"))]
    assert list(iter_templates(tree)) == [(("a",), "{{ a }}"), (("b", 1), "x{{ d.b }}"), (("b", 2, "c"), "{{ xs[0] }}")]


def test_a_tree_too_deep_is_refused() -> None:
    tree: Any = "{{ a }}"
    for _ in range(150):
        tree = [tree]
    with pytest.raises(ExpressionError, match="levels deep"):
        compile_value(tree)


def test_places_in_a_tree_draw_different_values() -> None:
    compiled = compile_value({"a": "{{ uuid() }}", "b": ["{{ uuid() }}", "{{ uuid() }}x{{ uuid() }}"]})
    assert compiled is not None
    first = compiled.evaluate({SEED: "s"})
    drawn = {first["a"], first["b"][0], *first["b"][1].split("x")}
    assert len(drawn) == 4
    assert compiled.evaluate({SEED: "s"}) == first
    assert compiled.evaluate({SEED: "t"}) != first
    whole = compile_value("{{ uuid() }}")
    assert whole is not None
    assert whole.evaluate({SEED: "s"}, None, "p1") != whole.evaluate({SEED: "s"}, None, "p2")


REFERENCES = [
    ("load.data.features[0].properties.mag", {("load", "data", "features")}),
    ("load['data'].x[i]", {("load", "data", "x"), ("i",)}),
    ("[f.a + n for f in load.xs if f.b > m.k]", {("load", "xs"), ("n",), ("m", "k")}),
    ("[x for x in x]", {("x",)}),
    ("[y for x in xs for y in x]", {("xs",)}),
    ("sorted(xs, key=lambda a: a.b + c.d)", {("xs",), ("c", "d")}),
    ("{k: v for k, (v, w) in d.items()}", {("d",)}),
    ("x.name.upper()", {("x", "name")}),
    ("default(quiet.text, a.b)", {("quiet", "text"), ("a", "b")}),
    ("f'{a.b} {[c for c in d]}'", {("a", "b"), ("d",)}),
    ("len", {("len",)}),
    ("len(xs)", {("xs",)}),
    ("map(upper, xs)", {("xs",)}),
    ("message.from.class", {("message", "from", "class")}),
    ("a[1:b]", {("a",), ("b",)}),
    ("[[x for y in x] for x in ys] + x", {("ys",), ("x",)}),
    ("1 + 2", set[tuple[str, ...]]()),
]


@pytest.mark.parametrize(("source", "expected"), REFERENCES, ids=[source for source, _ in REFERENCES])
def test_references_are_free_names_with_their_static_path(source: str, expected: set[tuple[str, ...]]) -> None:
    expression = compile_expression(source)
    assert expression.references == expected
    assert expression.roots == {path[0] for path in expected}


RENAMES = [
    ("{{ load.data }}", "{{ fetch.data }}"),
    (
        "a {{load}} b {{  load . x+load[0]  }} load {{{{ load }}",
        "a {{fetch}} b {{  fetch . x+fetch[0]  }} load {{{{ load }}",
    ),
    ("{{ x.load + 'load' + load['load'] }}", "{{ x.load + 'load' + fetch['load'] }}"),
    ("{{ [load for load in load] }}", "{{ [load for load in fetch] }}"),
    ("{{ f'{load:>3} load {f\"{load}\"}' }}", "{{ f'{fetch:>3} load {f\"{fetch}\"}' }}"),
    ("{{ map(lambda load: load, load) }}", "{{ map(lambda load: load, fetch) }}"),
    ("{{ {'load': load} }}", "{{ {'load': fetch} }}"),
    ("{{ loader + reload }}", "{{ loader + reload }}"),
    ("load", "load"),
]


@pytest.mark.parametrize(("text", "expected"), RENAMES, ids=[text for text, _ in RENAMES])
def test_rename(text: str, expected: str) -> None:
    assert compile_template(text).rename("load", "fetch") == expected


def test_rename_in_trees_and_single_expressions() -> None:
    compiled = compile_value({"a": ["{{ load }}", "load", 1], "load": "{{ x }}"})
    assert compiled is not None
    assert compiled.rename("load", "fetch") == {"a": ["{{ fetch }}", "load", 1], "load": "{{ x }}"}
    assert compile_expression(" load.a+1 ").rename("load", "n") == " n.a+1 "
    assert compile_expression("{{ load.a }}").source == " load.a "


def test_rename_into_a_variable_is_refused() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template("{{ [x + load for x in xs] }}").rename("load", "x")
    assert (caught.value.code, caught.value.start) == ("expression.rename_captured", 8)
    assert compile_template("{{ [x for x in load] }}").rename("load", "x") == "{{ [x for x in x] }}"


def test_paths_alone_are_looked_up() -> None:
    tree = {
        "name": "{{ a }}",
        "skipped": "{{ quiet }}",
        "one": "{{ d.b }}",
        "list": ["{{ xs[0] }}", "text", 3],
        "deep": "{{ deep.a.b['c'][0] }}",
        "none": None,
    }
    compiled = compile_value(tree)
    assert compiled is not None
    assert compiled.lookup is not None
    scope = {**SCOPE, "deep": {"a": {"b": {"c": [7]}}}}
    given = {"name": 1, "skipped": None, "one": "B", "list": [1, "text", 3], "deep": 7, "none": None}
    assert compiled.lookup(scope) == compiled.evaluate(scope) == given
    assert compiled.lookup(scope)["list"] is not compiled.lookup(scope)["list"]


@pytest.mark.parametrize("path", ["d.missing", "huge", "xs[3]", "quiet.x", "unknown.x", "a.b", "d.b.c"])
def test_what_cannot_be_looked_up_is_left_to_evaluation(path: str) -> None:
    compiled = compile_value(["{{ " + path + " }}"])
    assert compiled is not None
    assert compiled.lookup is not None
    scope = {**SCOPE, "huge": 2**70}
    with pytest.raises(LOOKUP_FAILS):
        compiled.lookup(scope)
    with pytest.raises(ExpressionError):
        compiled.evaluate(scope)


@pytest.mark.parametrize(
    "text", ["{{ a }}!", "{{ d.b }}!", "{{ d.b + d.b }}", "{{ xs[a] }}", "{{ {'b': 1}.b }}", "{{{{ d.b"]
)
def test_anything_but_a_path_is_evaluated(text: str) -> None:
    compiled = compile_value({"x": "{{ d.b }}", "y": [text]})
    assert compiled is not None
    assert compiled.lookup is None
