"""The workflows that are killed, and what they must give, worked out without Studio."""

from __future__ import annotations

from typing import Any

from studio.domain.workflow import Workflow

FANS = 30
LARGE = 40_000
COUNTED = 12_000
ITEMS_BYTES = 16_000
"""Size from which results leave memory in the tests, so that a short list does."""


def node(type: str, params: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """A node as a document writes it."""
    return {"type": type, "params": params, **rest}


def note(value: Any, **params: Any) -> dict[str, Any]:
    """A node that leaves a line in the log."""
    rest = {name: params.pop(name) for name in ("retry", "on_error") if name in params}
    return node("fault.note", {"log": "{{ inputs.log }}", "value": value, **params}, **rest)


def child() -> Workflow:
    """What ``everything`` calls."""
    nodes = {
        "first": note("{{ inputs.n * 2 }}", seconds=0.02),
        "second": note("{{ first.value + 1 }}", effect="keyed", after=0.02),
    }
    return _workflow("child", nodes, "{{ second.value }}", {"n": {"type": "integer"}, "log": {"type": "string"}})


def everything() -> Workflow:
    """A graph with everything in it that a crash could hurt."""
    nodes = {**_fan(), **_containers(), **_effects(), **_waits(), **_large()}
    output = {
        "fan": "{{ joined.values.sum }}",
        "nested": "{{ outer.results }}",
        "turns": "{{ [loop.state.n, loop.turns] }}",
        "reduced": "{{ folded.result }}",
        "tried": "{{ guarded.output }}",
        "called": "{{ called.output }}",
        "flaky": "{{ flaky.value }}",
        "appended": "{{ len(lines.results) }}",
        "signal": "{{ signal.payload.sum }}",
        "asked": "{{ ask.decision }}",
        "after": "{{ after.value }}",
        "large": "{{ len(large_b.values.text) }}",
        "items": "{{ [len(mapped.results), total.count, total.sum] }}",
    }
    return _workflow("everything", nodes, output, {"log": {"type": "string"}, "seed": {"type": "integer"}})


def everything_gives(seed: int) -> dict[str, Any]:
    """The output of ``everything``."""
    return {
        "fan": sum(n * 3 + seed for n in range(FANS)),
        "nested": [sum(outer * 100 + inner + 1 for inner in range(40)) + outer for outer in range(6)],
        "turns": [15, 5],
        "reduced": sum(range(1, 7)) + 100,
        "tried": "lab.refused",
        "called": seed * 2 + 1,
        "flaky": "well",
        "appended": 6,
        "signal": 42,
        "asked": "approve",
        "after": "late",
        "large": LARGE,
        "items": [COUNTED, COUNTED, sum(range(1, COUNTED + 1))],
    }


def _workflow(name: str, nodes: dict[str, Any], output: Any, inputs: dict[str, Any], **rest: Any) -> Workflow:
    document = {"studio": 1, "name": name, "inputs": inputs, "nodes": nodes, "output": output, **rest}
    return Workflow.model_validate(document)


def _fan() -> dict[str, Any]:
    fans = {
        f"fan{n}": note(f"{{{{ inputs.seed + {n * 3} }}}}", seconds=0.01 * (n % 7), after=0.01 * (n % 3))
        for n in range(FANS)
    }
    total = " + ".join(f"fan{n}.value" for n in range(FANS))
    return {**fans, "joined": node("flow.set", {"values": {"sum": "{{ " + total + " }}"}})}


def _containers() -> dict[str, Any]:
    inner = node(
        "flow.map",
        {"items": "{{ range(40) }}", "as": "b"},
        body={"nodes": {"one": node("lab.add", {"value": "{{ a * 100 + b }}"})}, "output": "{{ one.value }}"},
    )
    outer = node(
        "flow.map",
        {"items": "{{ range(6) }}", "as": "a", "concurrency": 3},
        body={
            "nodes": {"inner": inner, "seen": note("{{ sum(inner.results) + a }}", seconds=0.02, after=0.01)},
            "output": "{{ seen.value }}",
        },
    )
    loop = node(
        "flow.while",
        {"state": {"n": 0}, "condition": "{{ state.n < 15 }}", "max": 100},
        body={"nodes": {"step": note("{{ state.n + 3 }}", seconds=0.02)}, "next": "{{ {'n': step.value} }}"},
    )
    folded = node(
        "flow.reduce",
        {"items": "{{ range(1, 7) }}", "initial": 100, "as": "n"},
        body={"nodes": {"step": note("{{ acc + n }}", seconds=0.01, after=0.005)}, "output": "{{ step.value }}"},
    )
    guarded = {
        "type": "flow.try",
        "body": {
            "nodes": {
                "before": note(1, seconds=0.02),
                "fails": node("lab.flaky", {"failures": "{{ 9 if before.value else 0 }}", "kind": "user"}),
            }
        },
        "catch": {"nodes": {"caught": note("{{ error.code }}", seconds=0.02)}, "output": "{{ caught.value }}"},
        "finally": {
            "nodes": {"closed": node("files.append_text", {"path": "final.txt", "text": "closed:{{ execution.id }}\n"})}
        },
    }
    called = node("flow.call", {"workflow": "child", "inputs": {"n": "{{ inputs.seed }}", "log": "{{ inputs.log }}"}})
    return {"outer": outer, "loop": loop, "folded": folded, "guarded": guarded, "called": called}


def _effects() -> dict[str, Any]:
    body = {
        "nodes": {
            "line": node("files.append_text", {"path": "lines.txt", "text": "{{ execution.id }}/{{ index }}\n"}),
        },
        "output": "{{ line.size }}",
    }
    quick = {"max_attempts": 4, "first_delay": "30ms"}
    return {
        "lines": node("flow.map", {"items": "{{ range(6) }}", "concurrency": 2}, body=body),
        "keyed": note("k", effect="keyed", seconds=0.03, after=0.05),
        "again": note("i", effect="idempotent", seconds=0.03, after=0.05),
        "pay_a": note("a", effect="irreversible", seconds=0.04, after=0.06),
        "pay_b": note("{{ pay_a.value }}b", effect="irreversible", after=0.05),
        "pay_c": node(
            "flow.map",
            {"items": [1, 2, 3], "concurrency": 2},
            body={"nodes": {"pay": note("{{ item }}", effect="irreversible", seconds=0.02, after=0.03)}},
        ),
        "flaky": note("well", failures=2, retry=quick, seconds=0.01),
    }


def _waits() -> dict[str, Any]:
    return {
        "short": node("flow.wait", {"seconds": 0.05}),
        "long": node("flow.wait", {"seconds": 0.6}),
        "after": note("{{ 'late' if long.waited >= 0.6 and short.waited >= 0.05 else 'early' }}"),
        "signal": node("flow.signal_wait", {"name": "paid"}),
        "ask": node("flow.approval", {"message": "May I?"}),
    }


def _large() -> dict[str, Any]:
    return {
        "large_a": node("flow.set", {"values": {"text": "{{ 'x' * " + str(LARGE) + " }}"}}),
        "large_b": node("flow.set", {"values": {"text": "{{ large_a.values.text }}", "n": "{{ again.value }}"}}),
        "counted": node("lab.count", {"count": COUNTED}),
        "mapped": node(
            "flow.map",
            {"items": "{{ counted.items }}"},
            body={"nodes": {"one": node("lab.add", {"value": "{{ item }}"})}, "output": "{{ one.value }}"},
        ),
        "total": node("fault.total", {"items": "{{ mapped.results }}"}),
    }
