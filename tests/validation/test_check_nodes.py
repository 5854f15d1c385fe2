"""Bodies, slots, policies, triggers, settings, calls."""

from __future__ import annotations

import pytest

from studio.catalog import Catalog
from studio.domain.workflow import Workflow
from studio.validation import Problem, check, load
from tests.validation.kit import SLOTS, codes, found, node, one


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
    assert codes(catalog, node("probe.final", retry="true")) == ["workflow.retry_irreversible"]
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
    assert codes(catalog, node("flow.noop", run_if="'{{ item > 0 }}'", each="[1]")) == ["workflow.item_not_here"]


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
    per_item = "[{type: text.slugify, params: {text: '{{ item }}'}}]"
    assert codes(catalog, node("text.upper", params="{text: a}", fallback=per_item, each="[a]")) == []
    assert codes(catalog, node("text.upper", params="{text: a}", fallback=per_item)) == ["workflow.item_not_here"]
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


def test_slots(catalog: Catalog) -> None:
    assert found(catalog, SLOTS) == []
    assert codes(catalog, SLOTS.replace("      model: {id: m, type: flow.noop}\n", "")) == ["workflow.slot_empty"]
    assert codes(catalog, SLOTS.replace("notify:", "notfy:")) == ["workflow.unknown_slot", "workflow.event_not_here"]
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


def test_only_nodes_are_cached(catalog: Catalog) -> None:
    """A container's result is more than its params."""
    document = "nodes:\n  m: {type: flow.map, cache: true, params: {items: []}, body: {nodes: {}}}\n"
    assert codes(catalog, document) == ["workflow.cache_control"]
