"""Workflows against the catalogue: what is sound, and every way of being wrong beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from studio.catalog import Catalog
from studio.domain.workflow import Workflow
from studio.validation import Problem, check, load, save

HEAD = "studio: 1\nname: x\n"


def found(catalog: Catalog, text: str, **options: bool) -> list[Problem]:
    """The problems of a document that has no wrong keys."""
    return check(load(HEAD + text), catalog, **options)


def codes(catalog: Catalog, text: str) -> list[str]:
    return [problem.code for problem in found(catalog, text)]


def one(catalog: Catalog, text: str) -> Problem:
    """The only problem of a document."""
    problems = found(catalog, text)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def node(type_id: str, *, params: str = "{}", **settings: str) -> str:
    """A document with one node ``a``."""
    rest = "".join(f", {key}: {value}" for key, value in settings.items())
    return f"nodes:\n  a: {{type: {type_id}, params: {params}{rest}}}\n"


QUAKES = """\
inputs:
  min_magnitude: {type: number, default: 5}
nodes:
  load:
    type: files.read_json
    params: {path: data/earthquakes.json}
  strong:
    type: list.filter
    params:
      items: "{{ load.data.features }}"
      where: "{{ item.properties.mag >= inputs.min_magnitude }}"
  any_left: {type: flow.if, params: {condition: "{{ len(strong.items) > 0 }}"}}
  places:
    type: flow.map
    params: {items: "{{ strong.items }}", as: quake, concurrency: 8, on_item_error: collect}
    body:
      nodes: {place: {type: text.title_case, params: {text: "{{ quake.properties.place }}"}}}
      output: "{{ {'place': place.text, 'mag': quake.properties.mag} }}"
  quiet: {type: text.template, params: {template: "No strong quakes."}}
edges:
  - any_left.true -> places
  - any_left.false -> quiet
output: "{{ default(places.results, quiet.text) }}"
settings: {timeout: 10m}
"""


def test_a_sound_workflow_has_no_problems(catalog: Catalog) -> None:
    assert found(catalog, QUAKES) == []
    assert found(catalog, QUAKES, types=False) == []
    loaded = load(HEAD + QUAKES)
    assert loaded.workflow is not None
    assert check(loaded.workflow, catalog) == []


def test_a_document_that_cannot_be_read_gives_its_own_problems(catalog: Catalog) -> None:
    assert [problem.code for problem in check(load("studio: ["), catalog)] == ["workflow.yaml_syntax"]


def test_wrong_keys_and_wrong_params_are_told_together(catalog: Catalog) -> None:
    problems = found(catalog, "nodes:\n  a:\n    type: text.slugfy\n    chache: true\n    params: {text: '{{ b }}'}\n")
    assert [problem.code for problem in problems] == [
        "workflow.unknown_type",
        "workflow.unknown_key",
        "workflow.unknown_name",
    ]


def test_unknown_types_name_a_near_one(catalog: Catalog) -> None:
    problem = one(catalog, node("text.slugfy"))
    assert problem.message == "unknown node type `text.slugfy`, did you mean `text.slugify`?"
    assert (problem.node, problem.param, problem.line, problem.column) == ("a", "type", 4, 13)
    assert one(catalog, node("zz.qqqqqq")).suggestion is None


def test_a_missing_library_names_the_command(catalog: Catalog) -> None:
    problem = one(catalog, node("absent.thing"))
    assert problem.code == "workflow.missing_requirement"
    assert "no_such_library_here" in problem.message
    assert "pip install" in problem.message


def test_a_broken_node_file_is_told(catalog: Catalog, tmp_path: Path) -> None:
    pack = tmp_path / "torn"
    pack.mkdir()
    (pack / "manifest.toml").write_text(
        'id = "torn"\ntitle = "T"\ncategory = "flow"\ndescription = "d"\nowners = ["o"]\n'
    )
    (pack / "__init__.py").write_text("")
    (pack / "thing.py").write_text("class Thing(:\n")
    sound = (Path(__file__).parent / "packs/probe/final.py").read_text()
    (pack / "late.py").write_text(sound.replace("probe.final", "torn.late").replace("Final", "Late") + "\n1 / 0\n")
    broken = Catalog.default([tmp_path], cache_dir=tmp_path / "cache")
    assert codes(broken, node("torn.thing")) == ["catalog.broken_node"]
    problems = found(broken, node("torn.late"))
    assert len(problems) == 1
    assert problems[0].param == "type"


@pytest.mark.parametrize(
    ("version", "params", "expected"),
    [
        ("3", "{amount: 1}", []),
        ("2", "{sum: 1}", []),
        ("2", "{total: 1}", ["workflow.unknown_param", "workflow.missing_param"]),
        ("4", "{amount: 1}", ["workflow.type_version"]),
        ("0", "{amount: 1}", ["workflow.type_version"]),
    ],
)
def test_versions(catalog: Catalog, version: str, params: str, expected: list[str]) -> None:
    assert sorted(codes(catalog, node("probe.pay", params=params, version=version))) == sorted(expected)


@pytest.mark.parametrize(
    ("params", "code", "param", "column", "message"),
    [
        ("{amount: 1, curency: EUR}", "workflow.unknown_param", "curency", 44, "`curency`, did you mean `currency`?"),
        ("{}", "workflow.missing_param", None, 3, "the param `amount` of `probe.pay` is missing"),
        ("{amount: x}", "workflow.wrong_value", "amount", 41, "`amount` should be a number, not the text `x`"),
        ("{amount: -1}", "workflow.wrong_value", "amount", 41, "greater than or equal to 0"),
        ("{amount: 1, currency: E}", "workflow.wrong_value", "currency", 54, "at least 3 characters"),
        ("{amount: 1, lines: [{a: 1}, {a: b}]}", "workflow.wrong_value", "lines[1].a", 64, "a whole number"),
        ("{amount: 1, lines: {}}", "workflow.wrong_value", "lines", 51, "a list, not a mapping"),
    ],
)  # fmt: skip
def test_literal_params(catalog: Catalog, params: str, code: str, param: str | None, column: int, message: str) -> None:
    problem = one(catalog, node("probe.pay", params=params))
    assert (problem.code, problem.param, problem.line, problem.column) == (code, param, 4, column)
    assert message in problem.message


def test_rules_over_several_params_wait_for_expressions(catalog: Catalog) -> None:
    both = one(catalog, node("flow.approval", params="{message: m, choices: [a, a]}"))
    assert both.code == "workflow.bad_value"
    assert "different words" in both.message
    assert codes(catalog, node("flow.approval", params='{message: "{{ now }}", choices: [a, a]}')) == []


@pytest.mark.parametrize(
    ("params", "severity", "message"),
    [
        ('{text: "{{ 1 + 1 }}"}', "error", "`text` takes a text; this expression gives a whole number"),
        ('{text: "{{ [1] }}"}', "error", "gives a list"),
        ('{text: "{{ {} }}"}', "error", "gives an object"),
        ('{text: ["{{ now }}"]}', "error", "gives a list"),
        ('{text: a, max_length: "{{ now }}"}', "warning", "takes a whole number; this expression gives a text"),
        ('{text: a, max_length: "{{ 3 / 2 }}"}', "warning", "gives a number"),
    ],
)
def test_expressions_of_the_wrong_type(catalog: Catalog, params: str, severity: str, message: str) -> None:
    problem = one(catalog, node("text.slugify", params=params))
    assert (problem.code, problem.severity) == ("workflow.param_type", severity)
    assert message in problem.message


@pytest.mark.parametrize(
    "params",
    [
        '{text: "{{ now }}"}',
        '{text: "{{ 1 + 1 }} pieces"}',
        '{text: "{{ vars.title }}", max_length: "{{ len(vars.title) }}"}',
        '{text: "{{ str(5) }}"}',
        '{text: "{{{{ 5 }}"}',
    ],
)
def test_expressions_of_a_fitting_type(catalog: Catalog, params: str) -> None:
    assert codes(catalog, node("text.slugify", params=params)) == []


TWO = """\
nodes:
  start: {{type: text.slugify, params: {{text: a}}}}
  second:
    type: text.slugify
    params:
      text: {text}
"""


@pytest.mark.parametrize(
    ("text", "code", "line", "word", "suggestion"),
    [
        ('"{{ start.slugg }}"', "expression.check.missing_key", 8, "start.slugg", "slug"),
        ('"{{ strat.slug }}"', "workflow.unknown_name", 8, "strat", "start"),
        ('"{{ lenn(start.slug) }}"', None, 8, "lenn", None),
        ('"é {{ start.slug.uper() }}"', None, 8, "uper", None),
        ("'it''s {{ strat.slug }}'", "workflow.unknown_name", 8, "strat", "start"),
        ('"a\\tb\\u00e9 {{ strat.slug }}"', "workflow.unknown_name", 8, "strat", "start"),
        ('"\\ud83d\\ude00 {{ strat.slug }}"', "workflow.unknown_name", 8, "strat", "start"),
        ("some {{ strat.slug }}", "workflow.unknown_name", 8, "strat", "start"),
        ("some\n        {{ strat.slug }}", "workflow.unknown_name", 9, "strat", "start"),
        ("|\n        one\n        {{ strat.slug }}\n        two", "workflow.unknown_name", 10, "strat", "start"),
        ("|2\n          one\n        {{ strat.slug }}", "workflow.unknown_name", 10, "strat", "start"),
        ("|-\n        one\n\n        é {{ strat.slug }}", "workflow.unknown_name", 11, "strat", "start"),
        (">\n        one\n        {{ strat.slug }}", "workflow.unknown_name", 10, "strat", "start"),
        ('"one\n        {{ strat.slug }}"', "workflow.unknown_name", 9, "strat", "start"),
        ('"one\n\n        {{ strat.slug }}"', "workflow.unknown_name", 10, "strat", "start"),
        ('"one\\\n        {{ strat.slug }}"', "workflow.unknown_name", 9, "strat", "start"),
        ("&word {{ strat.slug }}", None, 8, "{{", None),
        ("&word some {{ strat.slug }}", "workflow.unknown_name", 8, "strat", "start"),
        ("!!str some {{ strat.slug }}", "workflow.unknown_name", 8, "strat", "start"),
        ('"{{ start.slug + }}"', "expression.incomplete", 8, None, None),
        ('"{{ start.slug"', None, 8, None, None),
        ('"{{ $json.slug }}"', None, 8, "$json", None),
        ('"{{ start.slug === 1 }}"', None, 8, "===", None),
    ],
)
def test_expressions_have_exact_places(
    catalog: Catalog, text: str, code: str | None, line: int, word: str | None, suggestion: str | None
) -> None:
    document = HEAD + TWO.format(text=text)
    for written in (document, document.replace("\n", "\r\n")):
        problem = check(load(written), catalog)[0]
        assert problem.line == line
        assert problem.code == code or code is None
        if word:
            assert problem.column is not None
            assert written.splitlines()[line - 1][problem.column - 1 :].startswith(word)
        if suggestion:
            assert suggestion in (problem.suggestion or "")
        if problem.code != "workflow.unquoted_expression":
            assert (problem.node, problem.param) == ("second", "text")


def test_places_in_json_documents(catalog: Catalog) -> None:
    param = '{"text": "\\u00e9\\ud83d\\ude00 {{ q }}"}'
    text = '{"studio": 1, "name": "x",\n "nodes": {"a": {"type": "text.slugify", "params": ' + param + "}}}"
    problems = check(load(text, source="x.json"), catalog)
    assert [(problem.line, problem.column) for problem in problems] == [(2, text.split("\n")[1].index("q }}") + 1)]


def test_problems_without_a_document_have_no_line(catalog: Catalog) -> None:
    workflow = Workflow.model_validate({"studio": 1, "name": "x", "output": "{{ nowhere }}"})
    problem = check(workflow, catalog)[0]
    assert (problem.line, problem.column, problem.start, problem.end) == (None, None, 3, 10)
    assert problem.param == "output"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ item }}", "workflow.name_not_here"),
        ("{{ state }}", "workflow.name_not_here"),
        ("{{ input }}", "workflow.name_not_here"),
        ("{{ event.body }}", "workflow.name_not_here"),
        ("{{ a.slug }}", "workflow.self_reference"),
        ("{{ inner.text }}", "workflow.reference_inside"),
        ("{{ hook.body }}", "workflow.reference_trigger"),
        ("{{ model.text }}", "workflow.reference_slot"),
        ("{{ credentials.key }}", "workflow.name_secret"),
        ("{{ env.HOME }}", "workflow.name_secret"),
        ("{{ Inputs.n }}", "workflow.unknown_name"),
        ("{{ inputs.nn }}", "expression.check.missing_key"),
    ],
)
def test_names_that_are_not_in_scope(catalog: Catalog, text: str, code: str) -> None:
    document = f"""\
inputs: {{n: {{type: number, default: 1}}}}
nodes:
  a: {{type: text.slugify, params: {{text: "{text}"}}}}
  hook: {{type: trigger.webhook, params: {{path: p}}}}
  each_one:
    type: flow.map
    params: {{items: [1]}}
    body:
      nodes: {{inner: {{type: text.upper, params: {{text: "{{{{ str(item) }}}}"}}}}}}
      output: "{{{{ inner.text }}}}"
  agent:
    type: probe.agent
    params: {{prompt: p}}
    slots: {{model: {{id: model, type: text.upper, params: {{text: a}}}}}}
"""
    problem = one(catalog, document)
    assert problem.code == code
    assert problem.start == text.index(text.split()[1].split(".")[0]) or code.startswith("expression")


def test_scopes_of_containers(catalog: Catalog) -> None:
    sound = """\
nodes:
  base: {type: text.slugify, params: {text: a}}
  outer:
    type: flow.map
    params: {items: [[1]], as: row}
    body:
      nodes:
        sum_up:
          type: flow.reduce
          params: {items: "{{ row }}", initial: 0}
          body: {nodes: {}, output: "{{ acc + item + index + len(base.slug) }}"}
        turn:
          type: flow.while
          params: {state: "{{ sum_up.result }}", condition: "{{ state < 5 and index < 3 }}", max: 9}
          body:
            nodes: {more: {type: flow.set, params: {values: {s: "{{ state + index }}"}}}}
            next: "{{ more.values.s }}"
        guard:
          type: flow.try
          body: {nodes: {}, output: "{{ turn.state }}"}
          catch: {nodes: {}, output: "{{ error.message }}"}
          finally: {nodes: {}}
      output: "{{ guard.output }}"
output: "{{ outer.results }}"
"""
    assert found(catalog, sound) == []
    assert codes(catalog, sound.replace("{{ guard.output }}", "{{ item }}")) == ["workflow.name_not_here"]
    assert codes(catalog, sound.replace("{{ turn.state }}", "{{ error.message }}")) == ["workflow.name_not_here"]
    assert codes(catalog, sound.replace("{{ row }}", "{{ outer.results }}")) == ["workflow.reference_container"]
    assert codes(catalog, sound.replace("{{ outer.results }}", "{{ outer.results[0].x + outer.result }}")) == [
        "expression.check.missing_key"
    ]
    assert codes(catalog, sound.replace('"{{ state + index }}"', '"{{ sate }}"')) == ["workflow.unknown_name"]
    assert codes(catalog, sound.replace("            next:", "            output:")) == ["workflow.next_missing"]
    assert codes(catalog, sound.replace("as: row", "as: base").replace("{{ row }}", "{{ base }}")) == [
        "workflow.item_name"
    ]


def test_types_flow_through_maps_and_each(catalog: Catalog) -> None:
    document = """\
nodes:
  slugs:
    type: flow.map
    params: {items: [a]}
    body:
      nodes: {one: {type: text.slugify, params: {text: "{{ item }}"}}}
      output: "{{ {'s': one.slug} }}"
  each_one: {type: text.slugify, params: {text: "{{ item }}"}, each: "{{ slugs.results }}"}
output: "OUT"
"""
    assert codes(catalog, document.replace("OUT", "{{ slugs.results[0].s }} {{ each_one.errors }}")) == []
    assert codes(catalog, document.replace("OUT", "{{ slugs.results[0].t }}")) == ["expression.check.missing_key"]
    assert codes(catalog, document.replace("OUT", "{{ each_one.slug }}")) == ["expression.check.missing_key"]
    assert codes(catalog, document.replace("OUT", "{{ each_one.results[0].slug }}")) == ["expression.check.may_be_null"]
    assert codes(catalog, document.replace("OUT", "x").replace('each: "{{ slugs.results }}"', "each: 5")) == [
        "workflow.each_type"
    ]
    assert codes(catalog, document.replace("OUT", "x").replace("{{ slugs.results }}", "{{ 5 }}")) == [
        "workflow.each_type"
    ]


def test_per_item_params_know_the_item(catalog: Catalog) -> None:
    document = """\
nodes:
  rows: {type: flow.map, params: {items: [1]}, body: {nodes: {}, output: "{{ {'n': item} }}"}}
  few: {type: list.filter, params: {items: "{{ rows.results }}", where: "{{ item.n > index }}"}}
"""
    assert found(catalog, document) == []
    assert codes(catalog, document.replace("item.n", "item.m")) == ["expression.check.missing_key"]
    assert codes(catalog, document.replace("item.n", "row.n")) == ["workflow.unknown_name"]


EDGES = """\
nodes:
  cond: {type: flow.if, params: {condition: true}}
  yes_way: {type: text.slugify, params: {text: a}}
  no_way: {type: text.slugify, params: {text: b}}
  final: {type: text.template, params: {template: "MORE"}SETTINGS}
edges:
  - cond.true -> yes_way
  - cond.false -> no_way
  - yes_way -> final
  - no_way -> final
"""


def edges(*, more: str = "", settings: str = "", extra: str = "") -> str:
    return EDGES.replace("MORE", more).replace("SETTINGS", settings) + extra


@pytest.mark.parametrize(
    ("edge", "code", "suggestion"),
    [
        ("cond -> nowhere", "workflow.edge_unknown_node", None),
        ("conf.true -> final", "workflow.edge_unknown_node", "cond"),
        ("cond.tru -> final", "workflow.edge_unknown_port", "true"),
        ("yes_way.slg -> final", "workflow.edge_unknown_port", "slug"),
        ("cond.true -> yes_way", "workflow.duplicate_edge", None),
        ("yes_way.error -> final", "workflow.edge_error_port", None),
        ("yes_way.slug -> final.template", "workflow.edge_param_set", None),
        ("yes_way.slug -> final.tmplate", "workflow.edge_unknown_param", None),
        ("cond.true -> no_way.separator", "workflow.edge_branch_value", None),
        ("final -> final", "workflow.self_edge", None),
        ("final -> cond", "workflow.cycle", None),
    ],
)
def test_wrong_edges(catalog: Catalog, edge: str, code: str, suggestion: str | None) -> None:
    problem = one(catalog, edges(extra=f"  - {edge}\n"))
    assert problem.code == code
    if suggestion:
        assert problem.suggestion == suggestion
    if code not in ("workflow.self_edge", "workflow.cycle"):
        assert (problem.param, problem.line, problem.column) == ("edges[4]", 13, 5)


def test_right_edges(catalog: Catalog) -> None:
    assert found(catalog, edges()) == []
    assert found(catalog, edges(extra="  - yes_way.slug -> no_way.separator\n")) == []


def test_a_cycle_names_its_nodes(catalog: Catalog) -> None:
    document = """\
nodes:
  a: {type: text.slugify, params: {text: "{{ c.slug }}"}}
  b: {type: text.slugify, params: {text: "{{ a.slug }}"}}
  c: {type: text.slugify, params: {text: b}}
  d: {type: text.slugify, params: {text: "{{ c.slug }}"}}
edges: [b -> c]
"""
    problem = one(catalog, document)
    assert problem.code == "workflow.cycle"
    assert problem.arguments["way"] in ("a -> b -> c -> a", "b -> c -> a -> b", "c -> a -> b -> c")
    assert problem.line == {"a": 4, "b": 5, "c": 6}[problem.node or ""]


def test_edges_into_params_are_references(catalog: Catalog) -> None:
    document = "nodes:\n  a: {type: text.slugify, params: {text: x}}\n  b: {type: text.slugify}\nedges: [EDGE]\n"
    assert codes(catalog, document.replace("EDGE", "a.slug -> b.text")) == []
    assert codes(catalog, document.replace("EDGE", "a -> b")) == ["workflow.missing_param"]
    assert codes(catalog, document.replace("EDGE", "a.slug -> b.text, a -> b.text")) == ["workflow.edge_param_twice"]


def test_edges_between_levels_and_triggers(catalog: Catalog) -> None:
    document = """\
nodes:
  hook: {type: trigger.manual}
  a: {type: text.slugify, params: {text: x}}
  m: {type: flow.map, params: {items: [1]}, body: {nodes: {inner: {type: flow.noop}}, output: 1}}
edges: [EDGE]
"""
    assert codes(catalog, document.replace("EDGE", "a -> m")) == []
    assert codes(catalog, document.replace("EDGE", "a -> inner")) == ["workflow.edge_level"]
    assert codes(catalog, document.replace("EDGE", "hook -> a")) == ["workflow.edge_trigger"]


def test_input_needs_one_incoming_edge(catalog: Catalog) -> None:
    document = """\
nodes:
  a: {type: text.slugify, params: {text: x}}
  b: {type: text.slugify, params: {text: x}}
  c: {type: text.slugify, params: {text: "{{ input.KEY }}"}}
edges: [EDGES]
"""
    assert codes(catalog, document.replace("KEY", "slug").replace("EDGES", "a -> c")) == []
    assert codes(catalog, document.replace("KEY", "slg").replace("EDGES", "a -> c")) == ["expression.check.missing_key"]
    assert codes(catalog, document.replace(".KEY", ".upper()").replace("EDGES", "a.slug -> c")) == []
    assert codes(catalog, document.replace("KEY", "slug").replace("EDGES", "")) == ["workflow.name_not_here"]
    assert codes(catalog, document.replace("KEY", "slug").replace("EDGES", "a -> c, b -> c")) == [
        "workflow.name_not_here"
    ]
    implied = document.replace("KEY", "slug + b.slug").replace("EDGES", "")
    assert codes(catalog, implied) == []


@pytest.mark.parametrize(
    ("settings", "more", "expected"),
    [
        ("", "", []),
        (", join: all", "", ["workflow.join_exclusive"]),
        (", join: first", "", []),
        ("", "{{ yes_way.slug }}", ["expression.check.may_be_null"]),
        ("", "{{ default(yes_way.slug, no_way.slug) }}", []),
        ("", "{{ default(yes_way.slug, default(no_way.slug, 'x')) }}", []),
        ("", "{{ default(yes_way.slug, '') + no_way.slug }}", ["expression.check.may_be_null"]),
        ("", "{{ default('(', no_way.slug) }}", ["expression.check.may_be_null"]),
        ("", "{{ cond.result }}", []),
    ],
)
def test_branches(catalog: Catalog, settings: str, more: str, expected: list[str]) -> None:
    assert codes(catalog, edges(settings=settings, more=more)) == expected


def test_what_follows_both_branches_always_runs(catalog: Catalog) -> None:
    assert codes(catalog, edges(extra="output: '{{ final.text }}'\n")) == []
    assert codes(catalog, edges(extra="output: '{{ yes_way.slug }}'\n")) == ["expression.check.may_be_null"]
    problem = one(catalog, edges(extra="output: '{{ yes_way.slug }}'\n"))
    assert problem.severity == "warning"
    assert "default(yes_way.slug" in problem.message


def test_a_node_that_needs_both_branches_never_runs(catalog: Catalog) -> None:
    document = edges(extra="").replace("  - yes_way -> final\n  - no_way -> final\n", "")
    problem = one(catalog, document.replace('template: ""', 'template: "{{ yes_way.slug }} {{ no_way.slug }}"'))
    assert problem.code == "workflow.never_runs"
    assert codes(catalog, document.replace('template: ""', 'template: "{{ yes_way.slug }}"')) == []


def test_nodes_behind_one_that_never_runs_are_not_told_again(catalog: Catalog) -> None:
    document = edges(settings=", join: all", extra="  - final -> after\n")
    document = document.replace("edges:", "  after: {type: flow.noop}\nedges:")
    assert codes(catalog, document) == ["workflow.join_exclusive"]


@pytest.mark.parametrize("setting", ["run_if: '{{ now > vars.start }}'", "disabled: true", "on_error: continue"])
def test_nodes_that_may_be_left_out(catalog: Catalog, setting: str) -> None:
    document = f"""\
nodes:
  a: {{type: text.slugify, params: {{text: x}}, {setting}}}
  b: {{type: text.slugify, params: {{text: "{{{{ a.slug }}}}"}}}}
"""
    problem = one(catalog, document)
    assert (problem.code, problem.severity, problem.node) == ("expression.check.may_be_null", "warning", "b")
    assert codes(catalog, document.replace("{{ a.slug }}", "{{ default(a.slug, '') }}")) == []


def test_bodies_see_whether_outer_nodes_ran(catalog: Catalog) -> None:
    document = edges(extra="").replace(
        "  final:",
        "  loop: {type: flow.map, params: {items: [1]}, body: {nodes: {}, output: '{{ yes_way.slug }}'}}\n  final:",
    )
    assert codes(catalog, document) == []
    behind = document + "  - cond.true -> loop\n"
    assert codes(catalog, behind) == []
    assert codes(catalog, document + "  - final -> loop\n") == ["expression.check.may_be_null"]


def test_routed_errors(catalog: Catalog) -> None:
    document = """\
nodes:
  a: {type: text.slugify, params: {text: x}, on_error: route}
  fine: {type: text.slugify, params: {text: "{{ a.slug }}"}}
  sorry: {type: text.template, params: {template: "{{ a.error.message }}"}}
  both: {type: text.template, params: {template: "{{ default(fine.slug, sorry.text) }}"}}
edges: [a.error -> sorry, fine -> both, sorry -> both]
output: "{{ both.text }}"
"""
    assert found(catalog, document) == []
    assert codes(catalog, document.replace("{{ a.error.message }}", "{{ a.slug }}")) == ["expression.check.missing_key"]
    assert codes(catalog, document.replace("{{ a.slug }}", "{{ a.error }}")) == ["expression.check.missing_key"]
    assert "workflow.route_without_edge" in codes(catalog, document.replace("a.error -> sorry, ", ""))
    assert codes(catalog, document.replace("edges: [", "edges: [a.error -> both, ")) == []


def test_open_ports(catalog: Catalog) -> None:
    document = """\
nodes:
  kind: {type: flow.switch, params: {value: "{{ vars.kind }}", cases: {small: 1, large: 2}}}
  a: {type: flow.noop}
  b: {type: flow.noop}
  c: {type: flow.noop}
  all_of: {type: flow.noop}
edges: [kind.small -> a, kind.large -> b, kind.default -> c, a -> all_of, b -> all_of, c -> all_of]
"""
    assert codes(catalog, document) == []
    assert codes(catalog, document.replace("kind.large", "kind.larg")) == ["workflow.edge_unknown_port"]
    assert codes(catalog, document.replace("all_of: {type: flow.noop}", "all_of: {type: flow.noop, join: all}")) == [
        "workflow.join_exclusive"
    ]
    ways = document.replace("type: flow.switch", "type: probe.ways").replace(
        'value: "{{ vars.kind }}", cases: {small: 1, large: 2}', "ways: [small, large, default]"
    )
    assert codes(catalog, ways) == []
    assert codes(catalog, ways.replace("all_of: {type: flow.noop}", "all_of: {type: flow.noop, join: all}")) == []
    assert codes(catalog, ways.replace("[small, large, default]", "5")) == [
        "workflow.wrong_value",
    ]


def test_bodies(catalog: Catalog) -> None:
    assert codes(catalog, node("flow.map", params="{items: [1]}")) == ["workflow.missing_body"]
    assert codes(catalog, node("flow.map", params="{items: [1]}", body="{}", catch="{}")) == ["workflow.unknown_body"]
    assert codes(catalog, node("flow.noop", body="{}")) == ["workflow.unknown_body"]
    assert codes(catalog, node("flow.try", body="{}")) == []
    assert codes(catalog, node("flow.while", body="{next: 1}")) == ["workflow.missing_param"]
    assert codes(catalog, "next: 1\n") == ["workflow.next_misplaced"]
    body = one(catalog, node("flow.map", params="{items: [1]}", body="{nodes: {}, next: 1}"))
    assert (body.code, body.node, body.param) == ("workflow.next_misplaced", "a", "body.next")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("item", []), ("row", []), ("b", ["workflow.item_name"]), ("inner", ["workflow.item_name"]),
     ("deep", ["workflow.item_name"]), ("inputs", ["workflow.bad_value"]), ("Row", ["workflow.bad_value"])],
)  # fmt: skip
def test_the_name_of_the_item_hides_nothing(catalog: Catalog, name: str, expected: list[str]) -> None:
    document = f"""\
nodes:
  a:
    type: flow.map
    params: {{items: [1], as: {name}}}
    body:
      nodes:
        inner: {{type: flow.map, params: {{items: [2]}}, body: {{nodes: {{deep: {{type: flow.noop}}}}}}}}
  b: {{type: flow.noop}}
"""
    found_codes = codes(catalog, document)
    assert [code for code in found_codes if code in expected] == expected
    assert expected or not found_codes


def test_ids(catalog: Catalog) -> None:
    assert codes(catalog, "nodes:\n  len: {type: flow.noop}\n") == ["workflow.id_function"]
    document = """\
nodes:
  a: {type: flow.map, params: {items: [1]}, body: {nodes: {b: {type: flow.noop}}}}
  b: {type: flow.noop}
  c: {type: probe.agent, params: {prompt: p}, slots: {model: {id: a, type: flow.noop}}}
"""
    problems = found(catalog, document)
    assert [(problem.code, problem.node) for problem in problems] == [
        ("workflow.duplicate_id", "b"),
        ("workflow.duplicate_id", "c.slots.model.a"),
    ]


def test_policies(catalog: Catalog) -> None:
    final = one(catalog, node("probe.final", retry="3"))
    assert (final.code, final.severity) == ("workflow.retry_irreversible", "warning")
    assert codes(catalog, node("probe.final", retry="false")) == []
    assert codes(catalog, node("probe.final", retry="1")) == []
    assert codes(catalog, node("probe.final", retry="{max_attempts: 2}")) == ["workflow.retry_irreversible"]
    assert codes(catalog, node("probe.final", cache="true")) == ["workflow.cache_effect"]
    assert codes(catalog, node("flow.noop", cache="{ttl: 1h}", retry="true")) == []
    assert codes(catalog, node("probe.pay", params="{amount: 1}", retry="2")) == ["workflow.retry_irreversible"]
    assert codes(catalog, node("probe.pay", params="{amount: 1, trial: true}", retry="2")) == []
    assert codes(catalog, node("probe.pay", params='{amount: 1, trial: "{{ vars.t }}"}', retry="2")) == []
    assert codes(catalog, node("probe.pay", params="{amount: x}", retry="2")) == ["workflow.wrong_value"]
    assert codes(catalog, node("flow.noop", retry="0")) == ["workflow.retry_count"]
    assert codes(catalog, node("flow.noop", timeout="soon")) == ["workflow.bad_value"]


def test_conditions(catalog: Catalog) -> None:
    assert codes(catalog, node("flow.noop", run_if="'{{ 1 > 0 }}'")) == []
    assert codes(catalog, node("flow.noop", run_if="false")) == []
    assert codes(catalog, node("flow.noop", run_if="'{{ 1 }}'")) == ["workflow.run_if_type"]
    assert codes(catalog, node("flow.noop", run_if="'yes'")) == ["workflow.run_if_type"]
    assert codes(catalog, node("flow.noop", run_if="'{{ item > 0 }}'", each="[1]")) == ["workflow.name_not_here"]


def test_credentials(catalog: Catalog) -> None:
    assert codes(catalog, node("probe.pay", params="{amount: 1}", credential="shop")) == []
    assert codes(catalog, node("probe.pay", params="{amount: 1}", credential="{basic: shop}")) == []
    assert codes(catalog, node("probe.pay", params="{amount: 1}", credential="'{{ vars.c }}'")) == [
        "workflow.credential_expression"
    ]
    mapped = one(catalog, node("probe.pay", params="{amount: 1}", credential="{basic: '{{ vars.c }}'}"))
    assert (mapped.code, mapped.param) == ("workflow.credential_expression", "credential.basic")
    assert codes(catalog, node("flow.noop", credential="shop")) == ["workflow.credential_unused"]


def test_fallbacks(catalog: Catalog) -> None:
    ask = "[{type: text.slugify, params: {text: a}}]"
    assert codes(catalog, node("text.upper", params="{text: a}", fallback=ask)) == []
    assert codes(catalog, node("text.upper", params="{text: a}", fallback="[{type: text.slugfy}]")) == [
        "workflow.unknown_type"
    ]
    wrong = one(catalog, node("text.upper", params="{text: a}", fallback="[{type: text.slugify, params: {text: 5}}]"))
    assert (wrong.code, wrong.param) == ("workflow.wrong_value", "fallback[0].params.text")
    assert codes(catalog, node("text.upper", params="{text: a}", fallback="[{type: flow.try}]")) == [
        "workflow.fallback_kind"
    ]
    document = node("text.upper", params="{text: a}", fallback=ask) + "output: '{{ a.slug }}'\n"
    assert codes(catalog, document) == []


SLOTS = """\
nodes:
  a:
    type: probe.agent
    params: {prompt: p}
    slots:
      model: {id: m, type: flow.noop}
      tools:
        - {id: t1, type: text.upper, params: {text: "{{ args.text }}"}, args: {text: {type: string}}, approval: always}
        - {id: t2, type: text.upper, params: {text: "{{ args.any }}"}, approval: "{{ len(args.any) > 3 }}"}
      notify: {id: n, type: text.upper, params: {text: "{{ event.approve_url }}"}}
"""


def test_slots(catalog: Catalog) -> None:
    assert found(catalog, SLOTS) == []
    assert codes(catalog, SLOTS.replace("      model: {id: m, type: flow.noop}\n", "")) == ["workflow.slot_empty"]
    assert codes(catalog, SLOTS.replace("notify:", "notfy:")) == ["workflow.unknown_slot", "workflow.name_not_here"]
    assert codes(catalog, SLOTS.replace("model: {id: m, type: flow.noop}", "model: [{id: m, type: flow.noop}]")) == [
        "workflow.slot_single"
    ]
    assert codes(catalog, SLOTS.replace("args.text }}", "args.txt }}")) == ["expression.check.missing_key"]
    assert codes(catalog, SLOTS.replace("approval: always", "approval: sometimes")) == ["workflow.approval"]
    assert codes(catalog, SLOTS.replace("{id: m, type: flow.noop}", "{id: m, type: trigger.manual}")) == [
        "workflow.trigger_inside"
    ]
    wrong = found(catalog, SLOTS.replace("{id: m, type: flow.noop}", "{id: m, type: flow.nop}"))[0]
    assert (wrong.node, wrong.param, wrong.line) == ("a.slots.model.m", "type", 8)


def test_triggers(catalog: Catalog) -> None:
    document = """\
inputs: {email: {type: string}, name: {type: string, default: x}}
nodes:
  hook: {type: trigger.webhook, params: {path: signup}, INPUTS}
  a: {type: text.slugify, params: {text: "{{ inputs.email }}"}}
"""
    assert codes(catalog, document.replace("INPUTS", 'inputs: "{{ event.body }}"')) == []
    assert codes(catalog, document.replace("INPUTS", 'inputs: {email: "{{ event.body.email }}"}')) == []
    assert codes(catalog, document.replace("INPUTS", "inputs: {emial: a}")) == [
        "workflow.missing_input",
        "workflow.unknown_input",
    ]
    assert codes(catalog, document.replace(", INPUTS", "")) == ["workflow.trigger_inputs"]
    assert codes(catalog, document.replace("INPUTS", "inputs: 5")) == ["workflow.trigger_inputs_type"]
    assert codes(catalog, document.replace("INPUTS", 'inputs: "{{ event.bdy }}"')) == ["expression.check.missing_key"]
    assert codes(catalog, document.replace("INPUTS", 'inputs: "{{ a.slug }}"')) == ["workflow.reference_early"]
    assert codes(catalog, document.replace("INPUTS", "inputs: {email: a}, each: [1], run_if: true")) == [
        "workflow.trigger_setting",
        "workflow.trigger_setting",
    ]
    inside = "nodes:\n  m: {type: flow.map, params: {items: [1]}, body: {nodes: {t: {type: trigger.manual}}}}\n"
    assert codes(catalog, inside) == ["workflow.trigger_inside"]
    assert codes(catalog, node("flow.noop", inputs="{}")) == ["workflow.inputs_misplaced"]


def test_document_settings(catalog: Catalog) -> None:
    assert codes(catalog, "settings: {time_zone: Europe/Paris, concurrency: 3}\n") == []
    assert codes(catalog, "settings: {time_zone: Mars/Base}\n") == ["workflow.time_zone"]
    assert codes(catalog, "settings: {time_zone: ../../etc/passwd}\n") == ["workflow.time_zone"]
    assert codes(catalog, "settings: {concurrency: 0}\n") == ["workflow.concurrency"]
    keyed = "inputs: {user: {type: string}}\nsettings: {concurrency: {limit: 1, key: '{{ inputs.user }}'}}\n"
    assert codes(catalog, keyed) == []
    assert codes(catalog, keyed.replace("inputs.user", "inputs.usr")) == ["expression.check.missing_key"]
    assert codes(catalog, keyed.replace("inputs.user", "now")) == ["workflow.name_not_here"]


def test_input_schemas(catalog: Catalog) -> None:
    problem = one(catalog, "inputs: {n: {type: nubmer}}\n")
    assert (problem.code, problem.param, problem.line, problem.column) == ("inputs.bad_schema", "inputs.n.type", 3, 20)
    assert one(catalog, "inputs: {n: {tpye: number}}\n").suggestion == "type"
    closed = "{type: object, properties: {a: {type: string}}, additionalProperties: false}"
    document = f"inputs: {{n: {closed}}}\noutput: '{{{{ inputs.n.b }}}}'\n"
    assert codes(catalog, document) == ["expression.check.missing_key"]
    optional = "inputs: {n: {type: [object, 'null'], properties: {a: {type: string}}}}\noutput: '{{ inputs.n.a }}'\n"
    assert codes(catalog, optional) == ["expression.check.may_be_null"]


def test_calls(catalog: Catalog) -> None:
    def flow(name: str, calls: str, inputs: str = "{}") -> Workflow:
        nodes = {f"c{n}": {"type": "flow.call", "params": {"workflow": each}} for n, each in enumerate(calls.split())}
        schema = {"a": {"type": "string"}} if inputs != "{}" else {}
        return Workflow.model_validate({"studio": 1, "name": name, "nodes": nodes, "inputs": schema})

    known = {
        "leaf": flow("leaf", "", "a"),
        "twice": flow("twice", "leaf leaf"),
        "back": flow("back", "middle"),
        "middle": flow("middle", "leaf top"),
        "self": flow("self", "self"),
        **{f"chain{n}": flow(f"chain{n}", f"chain{n + 1}") for n in range(40)},
        "chain40": flow("chain40", ""),
    }

    def problems(name: str, params: str = "") -> list[Problem]:
        text = node("flow.call", params=f"{{workflow: {name}{params}}}").replace("  a:", "  call:")
        loaded = load("studio: 1\nname: top\n" + text)
        if loaded.workflow is not None:
            known["top"] = loaded.workflow
        return check(loaded, catalog, resolve_call=known.get)

    assert problems("twice") == []
    assert [problem.code for problem in problems("nowhere")] == ["workflow.call_unknown"]
    assert [problem.code for problem in problems("leaf")] == ["workflow.missing_input"]
    assert problems("leaf", ", inputs: {a: b}") == []
    assert problems("leaf", ', inputs: "{{ vars }}"') == []
    assert [problem.code for problem in problems("leaf", ", inputs: {b: 1, a: 2}")] == ["workflow.unknown_input"]
    assert [problem.arguments["way"] for problem in problems("back")] == ["top -> back -> middle -> top"]
    assert [problem.code for problem in problems("self")] == ["workflow.call_cycle"]
    assert [problem.code for problem in problems("top")] == ["workflow.call_cycle"]
    assert [problem.code for problem in problems("chain0")] == ["workflow.call_depth"]
    assert problems("chain20") == []
    assert problems('"{{ vars.name }}"') == []


def test_without_types_names_are_still_checked(catalog: Catalog) -> None:
    document = TWO.format(text='"{{ start.slugg }} {{ strat }}"')
    assert [problem.code for problem in found(catalog, document, types=False)] == ["workflow.unknown_name"]


def test_problems_are_in_the_order_of_the_document(catalog: Catalog) -> None:
    document = node("text.slugify") + "  b: {type: text.slugfy}\noutput: '{{ q }}'\nsettings: {time_zone: x}\n"
    problems = found(catalog, document)
    assert [problem.line for problem in problems] == [4, 5, 6, 7]


FRAGMENTS = [
    "{{", "}}", "{{ item }}", "{{ places.results[0].x }}", "a", "-> ", "places", "flow.map", "body:", "next: 1",
    "as: strong", "[", "]", "{}", "null", "5", "on_error: route", "each: [1]", "type: flow.try", "\n", "  ", "load",
    "join: all", "run_if: 1", "slots: {}", "inputs: {a: 1}", "disabled: true", "version: 9",
    "fallback: [{type: a.b}]",
]  # fmt: skip


@given(st.data())
@hypothesis_settings(max_examples=250, deadline=None)
def test_a_mutated_workflow_is_checked_without_an_exception(catalog: Catalog, data: st.DataObject) -> None:
    lines = (HEAD + QUAKES + SLOTS.removeprefix("nodes:\n")).split("\n")
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(2, len(lines) - 1))
        action = data.draw(st.sampled_from(["drop", "swap", "insert", "replace"]))
        line = lines[at]
        if action == "drop":
            del lines[at]
        elif action == "swap":
            other = data.draw(st.integers(2, len(lines) - 1))
            lines[at], lines[other] = lines[other], line
        else:
            place = data.draw(st.integers(0, len(line)))
            cut = data.draw(st.integers(0, 8)) if action == "replace" else 0
            lines[at] = line[:place] + data.draw(st.sampled_from(FRAGMENTS)) + line[place + cut :]
    for problem in check(load("\n".join(lines)), catalog, resolve_call=lambda _name: None):
        assert str(problem)


@given(st.data())
@hypothesis_settings(max_examples=250, deadline=None)
def test_any_tree_of_the_right_shape_is_checked_without_an_exception(catalog: Catalog, data: st.DataObject) -> None:
    values = st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-3, 3)
        | st.sampled_from([*FRAGMENTS, "{{ a.x }}", "{{ b }} {{ input }}", "row"]),
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["as", "items", "x"]), inner, max_size=2)
        ),
        max_leaves=4,
    )
    types = st.sampled_from(
        ["flow.map", "flow.if", "flow.while", "flow.try", "flow.reduce", "flow.call", "probe.agent", "probe.ways",
         "probe.pay", "text.slugify", "trigger.webhook", "no.such", "absent.thing"]
    )  # fmt: skip
    names = ["as", "items", "text", "condition", "state", "max", "workflow", "ways", "amount", "prompt", "path", "nope"]
    ids = st.sampled_from(["a", "b", "c", "len", "row"])

    def nodes(depth: int) -> st.SearchStrategy[Any]:
        fields: dict[str, Any] = {
            "params": st.dictionaries(st.sampled_from(names), values, max_size=4), "run_if": values, "each": values,
            "inputs": values, "disabled": st.booleans(), "join": st.sampled_from(["any", "all"]),
            "on_error": st.sampled_from(["fail", "route", "continue"]), "version": st.integers(-1, 4),
            "cache": st.booleans(), "retry": st.integers(-1, 3), "credential": st.sampled_from(["a", "{{ b }}"]),
            "fallback": st.lists(st.fixed_dictionaries({"type": types}), max_size=1),
        }  # fmt: skip
        if depth:
            fields |= {name: graphs(depth - 1) for name in ("body", "catch", "finally")}
            slot = st.fixed_dictionaries(
                {"id": ids, "type": types}, optional={"params": fields["params"], "approval": values}
            )
            fields["slots"] = st.dictionaries(
                st.sampled_from(["model", "tools", "zz"]), slot | st.lists(slot, max_size=2), max_size=2
            )
        return st.fixed_dictionaries({"type": types}, optional=fields)

    def graphs(depth: int) -> st.SearchStrategy[Any]:
        edges = st.sampled_from(["a -> b", "b.true -> c", "c.error -> a.text", "a.x -> c.items", "zz -> a", "a -> a"])
        return st.fixed_dictionaries(
            {"nodes": st.dictionaries(ids, nodes(depth), max_size=4)},
            optional={"edges": st.lists(edges, max_size=4), "output": values, "next": values},
        )

    tree = data.draw(graphs(2))
    workflow = Workflow.model_validate({"studio": 1, "name": "x", "inputs": {"n": {"type": "number"}}, **tree})
    for types_too in (True, False):
        for problem in check(workflow, catalog, types=types_too, resolve_call=lambda _name: workflow):
            assert str(problem)
    assert load(save(workflow)).workflow == workflow
