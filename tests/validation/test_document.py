"""Reading documents: what is accepted, and what is said about the rest."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from studio.catalog import Catalog
from studio.validation import Loaded, check, load
from studio.validation.document import MAX_BYTES, owner

GOOD = """\
studio: 1
name: Strong quakes
inputs:
  min_magnitude: {type: number, default: 5}
nodes:
  load:
    type: files.read_json
    params: {path: data/earthquakes.json}
  places:
    type: flow.map
    params: {items: "{{ load.data }}", as: quake}
    body:
      nodes: {place: {type: text.title_case, params: {text: "{{ quake.place }}"}}}
      output: "{{ place.text }}"
edges:
  - load -> places
output: "{{ places.results }}"
settings: {timeout: 10m}
canvas: {positions: {load: [0, 0]}}
"""


def codes(loaded: Loaded) -> list[str]:
    return [problem.code for problem in loaded.problems]


def places(loaded: Loaded) -> list[tuple[str, int | None, int | None]]:
    return [(problem.code, problem.line, problem.column) for problem in loaded.problems]


def with_line(line: str) -> str:
    """A sound document with one more line at the top level."""
    return f"studio: 1\nname: x\n{line}\n"


def test_a_sound_document() -> None:
    loaded = load(GOOD)
    assert loaded.problems == []
    assert loaded.workflow is not None
    assert loaded.workflow.nodes["places"].body is not None
    assert str(loaded.workflow.edges[0]) == "load -> places"
    assert loaded.draft == loaded.workflow
    assert loaded.positions.at(("nodes", "load", "params", "path")) == (8, 20)
    assert loaded.positions.at(("nodes", "load"), key=True) == (6, 3)
    assert loaded.positions.at(("edges", 0)) == (16, 5)


@pytest.mark.parametrize(
    "text", [GOOD, GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD, GOOD.encode(), b"\xef\xbb\xbf" + GOOD.encode()]
)
def test_line_ends_and_byte_order_marks_make_no_difference(text: str | bytes) -> None:
    loaded = load(text)
    assert loaded.workflow == load(GOOD).workflow
    assert loaded.positions.at(("edges", 0)) == (16, 5)


def test_json_and_yaml_give_the_same() -> None:
    json = orjson.dumps(load(GOOD).raw, option=orjson.OPT_INDENT_2)
    for source in ("flow.json", "flow.yaml"):
        loaded = load(json, source=source)
        assert loaded.workflow == load(GOOD).workflow
        assert loaded.problems == []
        line, column = loaded.positions.at(("nodes", "load", "params", "path"))
        assert line is not None
        assert column is not None
        assert json.decode().splitlines()[line - 1][column - 1 :].startswith('"data/earthquakes.json"')


def test_flow_style_yaml_that_is_no_json() -> None:
    assert load("{studio: 1, name: x}").workflow is not None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("NO", "NO"), ("y", "y"),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("2024-01-01", "2024-01-01"), ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"), ("12:30:45", "12:30:45"),
        ("0x1F", 31), ("0o17", 15), ("1_000", "1_000"), ("+5", 5), ("-0", 0), ("1.", 1.0), (".5", 0.5), ("1e3", 1000.0),
        ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)), ("0b1", "0b1"), ("=", "="),
        ("! 5", "5"), ("!!str 5", "5"), ('"\\ud83d\\ude00"', "😀"), ("'it''s'", "it's"), ('"\\x41\\u00e9"', "Aé"),
    ],
)  # fmt: skip
def test_scalars_of_yaml_1_2(written: str, value: object) -> None:
    loaded = load(with_line(f"output: {written}"))
    assert loaded.problems == []
    assert loaded.workflow is not None
    assert loaded.workflow.output == value
    assert type(loaded.workflow.output) is type(value)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "workflow.empty", 1, 1),
        ("# only a comment\n", "workflow.empty", 1, 1),
        ("- a", "workflow.not_mapping", 1, 1),
        ("text", "workflow.not_mapping", 1, 1),
        (with_line("output: .nan"), "workflow.not_finite", 3, 9),
        (with_line("output: -.INF"), "workflow.not_finite", 3, 9),
        (with_line("output: 1e999"), "workflow.number_range", 3, 9),
        (with_line("output: 9223372036854775808"), "workflow.number_range", 3, 9),
        (with_line("output: " + "9" * 5000), "workflow.number_range", 3, 9),
        (with_line("output: 0x" + "f" * 5000), "workflow.number_range", 3, 9),
        (with_line("name: y"), "workflow.duplicate_key", 3, 1),
        (with_line("output: {a: 1, a: 2}"), "workflow.duplicate_key", 3, 16),
        (with_line("output: {1: 2}"), "workflow.key_not_text", 3, 10),
        (with_line("output: {null: 2}"), "workflow.key_not_text", 3, 10),
        (with_line("output: {[a]: 2}"), "workflow.key_not_scalar", 3, 10),
        (with_line("output: {<<: {a: 1}}"), "workflow.yaml_merge", 3, 10),
        (with_line("output: !!python/object:os.system x"), "workflow.yaml_tag", 3, 9),
        (with_line("output: !!binary aGk="), "workflow.yaml_tag", 3, 9),
        (with_line("output: !thing {a: 1}"), "workflow.yaml_tag", 3, 9),
        (with_line("output: &a [*a]"), "workflow.yaml_alias", 3, 13),
        (with_line("output: *nowhere"), "workflow.yaml_alias", 3, 9),
        (with_line("output: {a: 1"), "workflow.yaml_syntax", 4, 1),
        (with_line("output: a\n\tb: c"), "workflow.yaml_tab", 4, 1),
        (with_line("---\nstudio: 1"), "workflow.yaml_documents", 3, 1),
        ("%YAML 1.1\n---\nstudio: 1\nname: x", "workflow.yaml_version", 2, 1),
        (with_line('output: "\\ud800"'), "workflow.surrogate", 3, 9),
        (with_line("output: a\x00b"), "workflow.yaml_character", 3, 10),
        (with_line("output: a\ud800b"), "workflow.yaml_character", 3, 10),
        (with_line("output: a\x01b"), "workflow.yaml_character", 3, 10),
        (with_line('output: "\\U00110000"'), "workflow.yaml_syntax", None, None),
        (b"studio: 1\nname: \xff", "workflow.not_utf8", 2, 7),
        ("studio: 1\nname: x".encode("utf-16"), "workflow.not_utf8", 1, 1),
    ],
)  # fmt: skip
def test_what_yaml_must_not_hold(text: str | bytes, code: str, line: int | None, column: int | None) -> None:
    loaded = load(text)
    assert loaded.workflow is None
    found = [problem for problem in loaded.problems if problem.code == code]
    assert found, codes(loaded)
    if line is not None:
        assert (found[0].line, found[0].column) == (line, column)


def test_yaml_1_2_may_say_so() -> None:
    assert load("%YAML 1.2\n---\nstudio: 1\nname: x").workflow is not None


def test_leading_zeros_are_a_warning() -> None:
    loaded = load(with_line("output: 0123"))
    assert loaded.workflow is not None
    assert places(loaded) == [("workflow.leading_zero", 3, 9)]
    assert loaded.problems[0].severity == "warning"


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ('{"studio": 1,\n "name": "x", "name": "y"}', "workflow.duplicate_key", 2, 15),
        ('{"studio": 1,\r\n "name": "x", "output": 99999999999999999999}', "workflow.number_range", 2, 25),
        ('{"studio": 1, "name": "x", "output": [1, -1e999]}', "workflow.json_syntax", 1, 42),
        ('{"studio": 1, "name": "x", "output": NaN}', "workflow.json_syntax", 1, 38),
        ('{"studio": 1, "name": "x",}', "workflow.json_syntax", 1, 26),
        ("[1, 2]", "workflow.not_mapping", 1, 1),
        ("5", "workflow.not_mapping", 1, 1),
        ("", "workflow.json_syntax", 1, 1),
        ('{"studio": 1, "name": 5}', "workflow.wrong_value", 1, 23),
    ],
)
def test_what_json_must_not_hold(text: str, code: str, line: int, column: int) -> None:
    loaded = load(text, source="flow.json")
    assert loaded.workflow is None
    assert places(loaded) == [(code, line, column)]


def test_nesting_is_bounded() -> None:
    for text in (
        with_line("output: " + "[" * 5000),
        with_line("output:\n" + "\n".join(" " * n + "a:" for n in range(1, 200))),
    ):
        assert codes(load(text)) == ["workflow.too_deep"]
    deep = '{"studio": 1, "name": "x", "output": ' + "[" * 500 + "]" * 500 + "}"
    assert codes(load(deep, source="flow.json")) == ["workflow.too_deep"]
    assert codes(load('{"a":' * 5000, source="flow.json")) == ["workflow.json_syntax"]
    ninety = '{"studio": 1, "name": "x", "output": ' + "[" * 90 + "]" * 90 + "}"
    assert load(ninety, source="flow.json").workflow is not None


def test_billion_laughs_are_refused() -> None:
    levels = "".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 10))
    assert codes(load(with_line("output:\n  l0: &l0 [lol]\n" + levels))) == ["workflow.yaml_aliases"]
    long = "x" * 100_000
    many = with_line(f"output:\n  a: &a {long}\n  b: [{', '.join(['*a'] * 100)}]")
    assert codes(load(many)) == ["workflow.yaml_aliases"]


def test_aliases_within_bounds_stand_for_what_they_name() -> None:
    loaded = load(with_line("output: {a: &x {k: [1, &y two]}, b: *x, c: *y}"))
    assert loaded.workflow is not None
    assert loaded.workflow.output == {"a": {"k": [1, "two"]}, "b": {"k": [1, "two"]}, "c": "two"}


def test_the_number_of_values_and_of_problems_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("studio.validation._yaml.MAX_VALUES", 1000)
        assert codes(load(with_line("output: [" + "a," * 1000 + "]"))) == ["workflow.too_many_values"]
        assert load(with_line("output: [" + "a," * 900 + "]")).workflow is not None
    tagged = load(with_line("output: [" + "!a b," * 1100 + "]"))
    assert codes(tagged)[-1] == "workflow.too_many_problems"
    assert len(tagged.problems) < 1100
    assert len(load(with_line("edges:\n" + "- a - b\n" * 1100)).problems) == 1000


def test_size_is_bounded() -> None:
    for text in ("#" * (MAX_BYTES + 1), b"#" * (MAX_BYTES + 1), "é" * (MAX_BYTES // 2 + 1)):
        assert codes(load(text)) == ["workflow.too_large"]


def test_every_unquoted_expression_is_named() -> None:
    text = (
        "studio: 1\nname: x\nnodes:\n  a:\n    type: t.a\n    params:\n      x: {{ b.c }}\n      y: {{ d }} and more\n"
    )
    loaded = load(text)
    assert places(loaded) == [("workflow.unquoted_expression", 7, 10), ("workflow.unquoted_expression", 8, 10)]
    assert loaded.workflow is None
    assert loaded.draft is not None
    assert loaded.draft.nodes["a"].params == {"x": "{{ b.c }}", "y": "{{ d }} and more"}
    assert "quote it" in loaded.problems[0].message
    inside = load("studio: 1\nname: x\nnodes:\n  a: {type: t.a, params: {x: Hello {{ b }}}}\n")
    assert places(inside) == [("workflow.unquoted_expression", 4, 36)]
    broken = load("studio: 1\nname: x\noutput: {a: {{ b }}, c: d}\n")
    assert codes(broken) == ["workflow.unquoted_expression"]


def test_an_expression_in_plain_text_needs_no_quotes() -> None:
    loaded = load(with_line("output: Hello {{ inputs.name }}"))
    assert loaded.workflow is not None
    assert loaded.workflow.output == "Hello {{ inputs.name }}"


BAD = """\
studio: 1
name: x
nodes:
  a:
    type: text.slugify
    paramz: {text: a}
    retry: {attempts: 3}
    cache: often
    timeout: soon
    on_error: contiue
    credential: 5
    slots: {model: {id: m, type: t.m, temperature: 1}}
    text: b
  Bad: {type: t.b}
  item: {type: t.b}
edges:
  - a - b
  - {source: a, target: b, prot: c}
settings: {timeuot: 1m}
"""


def test_every_wrong_key_and_value_has_its_place() -> None:
    loaded = load(BAD)
    assert loaded.workflow is None
    assert loaded.draft is not None
    assert list(loaded.draft.nodes) == ["a", "Bad", "item"]
    assert [(p.code, p.line, p.column, p.node, p.param, p.suggestion) for p in loaded.problems] == [
        ("workflow.unknown_key", 6, 5, "a", "paramz", "params"),
        ("workflow.unknown_key", 7, 13, "a", "retry.attempts", "max_attempts"),
        ("workflow.wrong_value", 8, 12, "a", "cache", None),
        ("workflow.bad_value", 9, 14, "a", "timeout", None),
        ("workflow.wrong_value", 10, 15, "a", "on_error", "continue"),
        ("workflow.wrong_value", 11, 17, "a", "credential", None),
        ("workflow.unknown_node_key", 12, 39, "a.slots.model.m", "temperature", None),
        ("workflow.unknown_node_key", 13, 5, "a", "text", None),
        ("workflow.bad_value", 14, 3, "Bad", None, None),
        ("workflow.bad_value", 15, 3, "item", None, None),
        ("workflow.bad_value", 17, 5, None, "edges[0]", None),
        ("workflow.unknown_key", 18, 28, None, "edges[1].prot", "port"),
        ("workflow.unknown_key", 19, 12, None, "settings.timeuot", "timeout"),
    ]
    messages = [str(problem) for problem in loaded.problems]
    assert messages[0] == "6:5: error: a.paramz: unknown key `paramz`, did you mean `params`? [workflow.unknown_key]"
    assert "should be a text or a mapping, not the number 5" in messages[5]
    assert "stands under `params`" in messages[7]


def test_the_rest_of_a_document_with_wrong_parts_can_still_be_checked() -> None:
    loaded = load(
        "studio: 1\nname: x\nnodes:\n  a: {type: t.a, cache: often, paramz: {}, retry: {on: [x], factor: 2}}\n"
    )
    assert loaded.workflow is None
    assert loaded.draft is not None
    assert loaded.draft.nodes["a"].type == "t.a"
    assert len(loaded.problems) == 3


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("name: x", "workflow.no_version", "`studio: 1`, the version of the format, is missing"),
        ("studio: 2\nname: x", "workflow.version", "this file has format 2; this version of Studio reads format 1"),
        ("studio: 1", "workflow.missing_key", "`name` is missing"),
        ("studio: 1\nname: x\nnodes: {a: {}}", "workflow.missing_key", "`type` is missing"),
        ("studio: 1\nname: ''", "workflow.wrong_value", "`name` should have at least 1 characters, not the text ``"),
        ("studio: 1\nname: x\nnodes: []", "workflow.wrong_value", "`nodes` should be a mapping, not a list"),
        ("studio: 1\nname: x\nnodes: {a: 5}", "workflow.wrong_value", "`a` should be a mapping, not the number 5"),
        ("studio: 1\nname: x\nsettings: {parallel: true}", "workflow.wrong_value", ""),
        (
            "studio: 1\nname: x\nsettings: {priority: 500}",
            "workflow.wrong_value",
            "`priority` should be at most 100, not the number 500",
        ),
        ("studio: 1\nname: x\ncanvas: {positions: {a: [1]}}", "workflow.missing_key", "`1` is missing"),
    ],
)
def test_what_is_expected_is_said(text: str, code: str, message: str) -> None:
    loaded = load(text)
    if message:
        assert [problem.code for problem in loaded.problems] == [code]
        assert message in loaded.problems[0].message


def test_the_owner_of_a_path() -> None:
    raw = {"nodes": {"agent": {"slots": {"tools": [{"id": "search"}], "model": {"id": "m"}}}}}
    assert owner(("nodes", "a", "params", "x", 0), raw) == ("a", "x[0]")
    assert owner(("nodes", "a", "params"), raw) == ("a", "params")
    assert owner(("nodes", "a", "body", "nodes", "b", "run_if"), raw) == ("a.body.b", "run_if")
    assert owner(("nodes", "a", "body", "output"), raw) == ("a", "body.output")
    assert owner(("nodes", "agent", "slots", "tools", 0, "params", "q"), raw) == ("agent.slots.tools.search", "q")
    assert owner(("nodes", "agent", "slots", "model", "type"), raw) == ("agent.slots.model.m", "type")
    assert owner(("nodes", "agent", "slots", "other", "type"), raw) == ("agent.slots.other", "type")
    assert owner(("edges", 3), raw) == (None, "edges[3]")
    assert owner((), raw) == (None, None)


def check_total(text: str | bytes, source: str) -> None:
    loaded = load(text, source=source)
    assert (loaded.workflow is None) == any(problem.severity == "error" for problem in loaded.problems)
    for problem in loaded.problems:
        assert problem.message
        assert str(problem)


SNIPPETS = [
    "studio: 1\n", "name: x\n", "nodes:\n", "  a:\n", "    type: t.a\n", "    params: {x: 1}\n", "edges: [a -> b]\n",
    "{{", "}}", "{", "}", "[", "]", "&a ", "*a", "!t ", "|\n", ">-\n", "? ", ": ", "- ", "# c\n", "\t", "'", '"', "\\",
    "%YAML 1.2\n", "---\n", "...\n", "<<: ", "\u2028", "\ufeff", "\x85", "é", "\r",
]  # fmt: skip


@given(st.binary(max_size=200), st.sampled_from(["a.yaml", "a.json"]))
@settings(max_examples=300, deadline=None)
@example(b'"\\', "a.yaml")
@example(b"!<", "a.yaml")
def test_any_bytes_give_problems_and_never_an_exception(data: bytes, source: str) -> None:
    check_total(data, source)


@given(st.lists(st.sampled_from(SNIPPETS), max_size=14).map("".join), st.sampled_from(["a.yaml", "a.json"]))
@settings(max_examples=600, deadline=None)
def test_any_heap_of_yaml_gives_problems_and_never_an_exception(text: str, source: str) -> None:
    check_total(text, source)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_mutated_document_gives_problems_and_never_an_exception(data: st.DataObject) -> None:
    text = GOOD
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.sampled_from([*SNIPPETS, ""])) + text[at + cut :]
    check_total(text, "a.yaml")


def test_an_edge_that_cannot_be_read_hides_no_other_problem(catalog: Catalog) -> None:
    """Nor does an input or a setting; and the others keep their places."""
    text = """studio: 1
name: Two
inputs: {a-b: {type: string}, c: {type: string, default: 5}}
nodes:
  x: {type: flow.noop, params: {value: "{{ y }}"}}
edges:
  - m => y
  - {source: x}
  - x -> nobody
settings: {priority: 1000, concurrency: 0}
"""
    found = check(load(text), catalog)
    assert [(each.code, each.line, each.column) for each in found] == [
        ("workflow.bad_value", 3, 10),
        ("inputs.bad_default", 3, 58),
        ("workflow.unknown_name", 5, 44),
        ("workflow.bad_value", 7, 5),
        ("workflow.missing_key", 8, 5),
        ("workflow.edge_unknown_node", 9, 5),
        ("workflow.wrong_value", 10, 22),
        ("workflow.concurrency", 10, 41),
    ]


def test_a_name_that_nothing_may_have_hides_no_other_problem(catalog: Catalog) -> None:
    """What refers to it is sound, and so is everything inside it."""
    text = """studio: 1
name: Names
inputs: {"a b": {type: string}}
nodes:
  Load: {type: text.slugify, params: {text: "{{ inputs['a b'] }}", txt: a}}
  item: {type: text.slugfy}
  next: {type: text.slugify, params: {text: "{{ Load.slug }}{{ Load.slgu }}"}}
  loop:
    type: flow.map
    params: {items: []}
    body: {nodes: {class: {type: text.slugify, params: {text: "{{ nobody }}"}}}}
"""
    assert [(each.code, each.line, each.column) for each in check(load(text), catalog)] == [
        ("workflow.bad_value", 3, 10),
        ("workflow.bad_value", 5, 3),
        ("workflow.unknown_param", 5, 68),
        ("workflow.bad_value", 6, 3),
        ("workflow.unknown_type", 6, 16),
        ("expression.check.missing_key", 7, 64),
        ("workflow.bad_value", 11, 20),
        ("workflow.unknown_name", 11, 67),
    ]


def test_what_a_document_cannot_do_without_hides_no_other_problem(catalog: Catalog) -> None:
    """A stand-in takes the place of format, name, node, type, input, body and slot id; it causes no problem itself."""
    text = """name: 5
inputs: {n: 5}
nodes:
  a: {typ: text.slugify}
  b: 7
  c: {type: [x], params: {text: "{{ a.x + b.y + inputs.n + c2 }}"}}
  d: {type: flow.map, params: {items: "{{ c.all }}"}, body: 5}
  e:
    type: probe.agent
    params: {prompt: p}
    slots: {model: {type: flow.noop}, tools: [{type: text.slugfy}, {type: flow.noop}]}
  f: {type: text.slugify, params: {text: "{{ d.results[0].x + zz }}"}}
edges: 4
settings: []
"""
    loaded = load(text)
    assert loaded.replaced
    assert [(each.code, each.line) for each in check(loaded, catalog)] == [
        ("workflow.no_version", 1),
        ("workflow.wrong_value", 1),
        ("workflow.wrong_value", 2),
        ("workflow.missing_key", 4),
        ("workflow.unknown_key", 4),
        ("workflow.wrong_value", 5),
        ("workflow.wrong_value", 6),
        ("workflow.unknown_name", 6),
        ("workflow.wrong_value", 7),
        ("workflow.missing_key", 11),
        ("workflow.missing_key", 11),
        ("workflow.unknown_type", 11),
        ("workflow.missing_key", 11),
        ("workflow.unknown_name", 12),
        ("workflow.wrong_value", 13),
        ("workflow.wrong_value", 14),
    ]


@pytest.mark.parametrize(
    "text", ["studio: 2\nname: 5", "studio: 1\nname: x\nnodes: 5", "studio: 1\nname: x\ninputs: 5"]
)
def test_what_leaves_nothing_to_check_is_all_that_is_told(text: str) -> None:
    loaded = load(text + "\noutput: '{{ a }}'")
    assert loaded.draft is None
    assert loaded.problems
