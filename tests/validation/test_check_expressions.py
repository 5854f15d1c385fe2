"""Expressions: places, names, keys and types."""

from __future__ import annotations

import pytest

from studio.catalog import Catalog
from studio.domain.workflow import Workflow
from studio.validation import check, load
from tests.validation.kit import HEAD, TWO, codes, found, one


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
        ("{{ item }}", "workflow.item_not_here"),
        ("{{ state }}", "workflow.state_not_here"),
        ("{{ input }}", "workflow.input_not_here"),
        ("{{ event.body }}", "workflow.event_not_here"),
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
    assert codes(catalog, sound.replace("{{ guard.output }}", "{{ item }}")) == ["workflow.item_not_here"]
    assert codes(catalog, sound.replace("{{ turn.state }}", "{{ error.message }}")) == ["workflow.error_not_here"]
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


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("inputs.h.x-id", "inputs.h['x-id']"),
        ("inputs.h.a.content-type", "inputs.h.a['content-type']"),
        ("inputs.h.x - id", None),
        ("1-id", None),
    ],
)
def test_keys_with_a_dash(catalog: Catalog, text: str, suggestion: str | None) -> None:
    document = f'inputs: {{h: {{type: object}}}}\nnodes: {{}}\noutput: "{{{{ {text} }}}}"\n'
    problems = [each for each in found(catalog, document) if each.severity == "error"]
    assert [each.suggestion for each in problems] == [suggestion]
    assert (problems[0].code == "workflow.dashed_key") == (suggestion is not None)
