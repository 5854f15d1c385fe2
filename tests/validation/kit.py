"""Helpers of the tests of the checker."""

from __future__ import annotations

from studio.catalog import Catalog
from studio.validation import Problem, check, load

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


TWO = """\
nodes:
  start: {{type: text.slugify, params: {{text: a}}}}
  second:
    type: text.slugify
    params:
      text: {text}
"""
