"""Node types and params."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.catalog import Catalog
from studio.validation import check, load
from tests.validation.kit import HEAD, QUAKES, TWO, codes, found, node, one


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
        ("2", "{total: 1}", ["workflow.unknown_param_of", "workflow.missing_param"]),
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
        ("{amount: -1}", "workflow.wrong_value", "amount", 41, "should be at least 0"),
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


def test_without_types_names_are_still_checked(catalog: Catalog) -> None:
    document = TWO.format(text='"{{ start.slugg }} {{ strat }}"')
    assert [problem.code for problem in found(catalog, document, types=False)] == ["workflow.unknown_name"]


def test_problems_are_in_the_order_of_the_document(catalog: Catalog) -> None:
    document = node("text.slugify") + "  b: {type: text.slugfy}\noutput: '{{ q }}'\nsettings: {time_zone: x}\n"
    problems = found(catalog, document)
    assert [problem.line for problem in problems] == [4, 5, 6, 7]


def test_what_a_type_has_is_named_where_nothing_is_near(catalog: Catalog) -> None:
    (found,) = check(load(HEAD + node("list.filter", params="{items: [], where: true, zzz: 1}")), catalog)
    assert found.message == "`list.filter` has no param `zzz`; it has items, where"
