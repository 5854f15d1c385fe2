"""A second reading of the rules: who runs, who is skipped, what comes out. No time, no journal, no engine.

Graphs are drawn by hypothesis in a small language of their own and written out as workflow documents.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

NULL: Any = None
LOST = "lost"
"""How a level ends that a node has failed."""


@dataclass
class Spot:
    """A node: ``kind`` is set, slow, if, fail or map.

    ``refs`` are nodes whose values it adds up; ``edges`` the listed ones into it, as (source, port); ``base`` its own
    part of the value.
    """

    kind: str
    base: int
    refs: list[int] = field(default_factory=list)
    edges: list[tuple[int, str | None]] = field(default_factory=list)
    join: str = "any"
    run_if: bool | None = None
    disabled: bool = False
    on_error: str = "fail"
    body: list[Spot] = field(default_factory=list)
    items: int = 0
    on_item_error: str = "fail"


@dataclass
class Outcome:
    """How a level went: statuses by path, values by node, and whether a node failed it."""

    status: dict[str, str] = field(default_factory=dict)
    value: dict[int, Any] = field(default_factory=dict)
    failed: bool = False


# Drawing


@st.composite
def graphs(draw: st.DrawFn) -> list[Spot]:
    """A workflow of up to ten nodes. Size and seed are drawn, the rest is even chance: it makes denser graphs."""
    size = draw(st.integers(1, 10))
    return _level(random.Random(draw(st.integers(0, 2**64))), size, 0, draw(st.booleans()))


def _level(rng: random.Random, size: int, depth: int, fatal: bool) -> list[Spot]:
    """Nodes in an order in which references point back; without ``fatal`` none fails its level."""
    spots: list[Spot] = []
    for index in range(size):
        kinds = ["set", "set", "slow", "if", "if", "fail", *(["map"] if depth < 2 else [])]
        spot = Spot(rng.choice(kinds), rng.randint(1, 9))
        earlier = [n for n in range(index) if spots[n].kind != "if"]
        if spot.kind != "fail":
            spot.refs = rng.sample(earlier, min(len(earlier), rng.choice([0, 1, 1, 2])))
        if index and rng.random() < 0.6:
            sources = rng.sample(range(index), min(index, rng.choice([1, 1, 2, 3])))
            spot.edges = [(source, _port(rng, spots[source])) for source in sources]
            spot.join = rng.choice(["any", "all", "first"])
            if spot.join == "first" and len(spot.edges) > 1:
                # Whether these have settled by then is a matter of time.
                behind = _behind(spots, sources)
                spot.refs = [ref for ref in spot.refs if ref not in behind]
        if spot.kind != "if":
            spot.disabled = rng.random() < 0.08
            spot.run_if = rng.choice([None, None, None, True, False])
        if spot.kind == "fail":
            spot.on_error = rng.choice(["route", "continue", "fail" if fatal and rng.random() < 0.3 else "route"])
        if spot.kind == "map":
            spot.items = rng.randint(0, 3)
            spot.on_item_error = rng.choice(["collect", "skip", *(["fail"] if fatal else [])])
            spot.body = _level(rng, rng.randint(1, 5), depth + 1, fatal or spot.on_item_error != "fail")
        spots.append(spot)
    return spots


def _behind(spots: list[Spot], sources: list[int]) -> set[int]:
    """These nodes and all that they wait for."""
    seen: set[int] = set()
    ahead = list(sources)
    while ahead:
        index = ahead.pop()
        if index not in seen:
            seen.add(index)
            ahead += [*spots[index].refs, *(source for source, _port in spots[index].edges)]
    return seen


def _port(rng: random.Random, source: Spot) -> str | None:
    if source.kind == "if":
        return rng.choice(["true", "false"])
    if source.kind == "fail" and source.on_error == "route":
        return rng.choice(["error", None])
    return None


# Writing out


def document(spots: list[Spot], depth: int = 0) -> dict[str, Any]:
    """The graph as a document writes it."""
    nodes = {name(n, depth): _node(spots, n, depth) for n in range(len(spots))}
    edges = [
        f"{name(source, depth)}{'.' + port if port else ''} -> {name(n, depth)}"
        for n, spot in enumerate(spots)
        for source, port in spot.edges
    ]
    output = {name(n, depth): "{{ " + _value(spots, n, depth) + " }}" for n in _valued(spots)}
    return {"nodes": nodes, "edges": edges, "output": output}


def name(index: int, depth: int) -> str:
    """Of a node."""
    return f"{'abc'[depth]}{index}"


def _valued(spots: list[Spot]) -> list[int]:
    return [n for n, spot in enumerate(spots) if spot.kind in ("set", "slow", "map")]


def _value(spots: list[Spot], n: int, depth: int) -> str:
    """An expression for a node's value that is null where it has none."""
    id, kind = name(n, depth), spots[n].kind
    if kind == "map":
        return f"default({id}.results, null)"
    return f"default({id}.{'values.v' if kind == 'set' else 'value'}, null)"


def _sum(spots: list[Spot], n: int, depth: int) -> str:
    parts = [str(spots[n].base), *(["index"] if depth else [])]
    for ref in spots[n].refs:
        value = _value(spots, ref, depth)
        parts.append(f"len(default({value}, []))" if spots[ref].kind in ("map", "fail") else f"default({value}, 0)")
    return " + ".join(parts)


def _node(spots: list[Spot], n: int, depth: int) -> dict[str, Any]:
    spot = spots[n]
    total = _sum(spots, n, depth)
    rest: dict[str, Any] = {"join": spot.join, "disabled": spot.disabled}
    if spot.run_if is not None:
        rest["run_if"] = "{{ " + str(spot.run_if) + " }}"
    if spot.kind == "set":
        return {"type": "flow.set", "params": {"values": {"v": "{{ " + total + " }}"}}, **rest}
    if spot.kind == "slow":
        return {"type": "lab.slow", "params": {"seconds": spot.base / 2000, "value": "{{ " + total + " }}"}, **rest}
    if spot.kind == "if":
        return {"type": "flow.if", "params": {"condition": "{{ (" + total + ") % 2 == 0 }}"}, **rest}
    if spot.kind == "fail":
        params = {"failures": 9, "kind": "user"}
        return {"type": "lab.flaky", "params": params, "on_error": spot.on_error, **rest}
    params = {
        "items": "{{ [0] * (" + total + " - (" + total + ") + " + str(spot.items) + ") }}",
        "concurrency": 2,
        "on_item_error": spot.on_item_error,
    }
    return {"type": "flow.map", "params": params, "body": document(spot.body, depth + 1), **rest}


# Interpreting


def interpret(spots: list[Spot], depth: int = 0, item: int = 0, prefix: str = "") -> Outcome:
    """Run a level by the rules, node by node in order."""
    out = Outcome()
    carried: dict[int, set[str | None]] = {}
    for n, spot in enumerate(spots):
        carried[n] = _step(spots, n, carried, out, depth, item, prefix)
    return out


def _step(
    spots: list[Spot],
    n: int,
    carried: dict[int, set[str | None]],
    out: Outcome,
    depth: int,
    item: int,
    prefix: str,
) -> set[str | None]:
    """Run one node or not; gives the ports by which it carries on."""
    spot, path = spots[n], prefix + name(n, depth)
    out.value[n] = NULL
    if not _wanted(spots, n, carried):
        out.status[path] = "skipped"
        return set()
    if spot.disabled or spot.run_if is False:
        out.status[path] = "skipped"
        return {None}
    total = spot.base + (item if depth else 0)
    for ref in spot.refs:
        value = out.value[ref]
        total += len(value) if isinstance(value, list) else value or 0
    out.status[path] = "succeeded"
    if spot.kind == "if":
        return {"true" if total % 2 == 0 else "false"}
    if spot.kind == "fail":
        out.status[path] = "failed"
        out.failed |= spot.on_error == "fail"
        return {"route": {"error"}, "continue": {None}, "fail": set[str | None]()}[spot.on_error]
    if spot.kind != "map":
        out.value[n] = total
        return {None}
    return _map(spot, out, depth, path, n)


def _map(spot: Spot, out: Outcome, depth: int, path: str, n: int) -> set[str | None]:
    results: list[Any] = []
    for index in range(spot.items):
        inner = interpret(spot.body, depth + 1, index, f"{path}[{index}]/")
        if inner.failed:
            if spot.on_item_error == "fail":
                out.failed = True
                out.status[path] = "failed"
                return set()
            results.append(NULL)
            out.status[f"{path}[{index}]"] = LOST
            continue
        out.status.update(inner.status)
        results.append({name(k, depth + 1): inner.value[k] for k in _valued(spot.body)})
    out.value[n] = results
    return {None}


def _wanted(spots: list[Spot], n: int, carried: dict[int, set[str | None]]) -> bool:
    """Whether edges, or where there are none references, let a node run."""
    spot = spots[n]
    if not spot.edges:
        return all(None in carried[ref] for ref in spot.refs)
    count = sum(port in carried[source] for source, port in spot.edges)
    return count == len(spot.edges) if spot.join == "all" else count > 0


def expected_output(spots: list[Spot], out: Outcome) -> dict[str, Any]:
    """What the workflow gives where nothing fails it."""
    return {name(n, 0): out.value[n] for n in _valued(spots)}
