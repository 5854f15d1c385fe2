"""Edges, cycles, branches, and what may not have run."""

from __future__ import annotations

import pytest

from studio.catalog import Catalog
from tests.validation.kit import codes, found, one

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
    whole = one(catalog, document.replace("EDGE", "a -> b.text"))
    assert (whole.code, whole.severity, whole.suggestion) == ("workflow.edge_type", "error", "a.slug")
    assert whole.message == "`text` takes a text; this edge carries an object, did you mean `a.slug`?"
    twice = one(catalog, document.replace("EDGE", "a.slug -> b.text, a.slug -> b.max_length"))
    assert (twice.code, twice.severity, twice.suggestion) == ("workflow.edge_type", "warning", None)
    routed = document.replace("text: x}", "text: x}, each: [1]").replace("EDGE", "a.results -> b.text")
    assert codes(catalog, routed) == ["workflow.edge_type"]
    assert codes(catalog, routed.replace("a.results", "a.slug")) == ["workflow.edge_unknown_port"]
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
    assert codes(catalog, document.replace("KEY", "slug").replace("EDGES", "")) == ["workflow.input_not_here"]
    assert codes(catalog, document.replace("KEY", "slug").replace("EDGES", "a -> c, b -> c")) == [
        "workflow.input_not_here"
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ quick.slug }}", ["expression.check.may_be_null"]),
        ("{{ default(quick.slug, slow.slug) }}", []),
        ("{{ default(quick.slug, before.slug) }}", []),
        ("{{ default(before.slug, 'none') }}", []),
        ("{{ default(slow.slug, before.slug) }}", ["expression.check.may_be_null"]),
        ("{{ both.slug + aside.slug }}", []),
    ],
)
def test_who_runs_after_the_first_does_not_wait_for_the_others(
    catalog: Catalog, text: str, expected: list[str]
) -> None:
    word = "{type: text.slugify, params: {text: x}}"
    document = f"""
nodes:
  both: {word}
  aside: {word}
  before: {word}
  quick: {word}
  slow: {word}
  m: {{type: text.template, join: first, params: {{template: "{text}"}}}}
edges: [both -> quick, both -> before, before -> slow, quick -> m, slow -> m]
"""
    assert codes(catalog, document) == expected


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


def test_wide_and_deep_branches(catalog: Catalog) -> None:
    def switch(cases: int, taken: int) -> str:
        names = [f"c{n}" for n in range(cases)]
        ways = [*names, "default"][:taken]
        return (
            f"nodes:\n  kind: {{type: flow.switch, params: {{value: 1, cases: {dict.fromkeys(names, 1)}}}}}\n"
            + "".join(f"  n_{way}: {{type: flow.noop}}\n" for way in ways)
            + "  end: {type: text.slugify, params: {text: a}}\nedges:\n"
            + "".join(f"  - kind.{way} -> n_{way}\n  - n_{way} -> end\n" for way in ways)
            + "output: '{{ end.slug }}'\n"
        )

    assert codes(catalog, switch(5, 6)) == []
    assert codes(catalog, switch(5, 5)) == ["expression.check.may_be_null"]
    assert codes(catalog, switch(40, 41)) == []
    assert codes(catalog, switch(40, 40)) == []
    assert codes(catalog, switch(300, 301)) == []
    ladder = "nodes:\n  end: {type: text.slugify, params: {text: a}}\n" + "".join(
        f"  if_{n}: {{type: flow.if, params: {{condition: true}}}}\n" for n in range(60)
    )
    ladder += "edges:\n" + "".join(f"  - if_{n}.true -> if_{n + 1}\n" for n in range(59))
    assert codes(catalog, ladder + "  - if_5.true -> end\noutput: '{{ end.slug }}'\n") == [
        "expression.check.may_be_null"
    ]
    assert codes(catalog, ladder + "  - if_59.true -> end\noutput: '{{ end.slug }}'\n") == []


def test_two_branches_that_do_not_depend_on_each_other(catalog: Catalog) -> None:
    document = """\
nodes:
  one_if: {type: flow.if, params: {condition: true}}
  two_if: {type: flow.if, params: {condition: true}}
  a: {type: text.slugify, params: {text: a}}
  b: {type: text.slugify, params: {text: b}}
  both: {type: text.slugify, params: {text: "{{ a.slug + b.slug }}"}, join: all}
  either: {type: text.slugify, params: {text: "{{ default(a.slug, b.slug) }}"}}
edges: [one_if.true -> a, two_if.true -> b, a -> both, b -> both, a -> either, b -> either]
"""
    assert codes(catalog, document) == []
    assert codes(catalog, document.replace(", join: all", "")) == ["expression.check.may_be_null"] * 2
