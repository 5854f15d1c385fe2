"""Edges of one level: ends, ports, params, duplicates, cycles, and branches that exclude each other."""

from __future__ import annotations

from studio.domain.status import Join, OnError
from studio.domain.workflow import Edge, Graph, Node
from studio.expressions.types import Type
from studio.validation._context import Context
from studio.validation._positions import NO_NODE
from studio.validation._presence import NEVER, Presence
from studio.validation._problems import Problem, nearest, problem, warning
from studio.validation._report import Spot
from studio.validation._scopes import node_type
from studio.validation._types import conflict, field_of, fields_of
from studio.validation.analysis import ERROR_PORT, LevelGraph


def check_edges(context: Context, graph: Graph, level: LevelGraph, spot: Spot) -> None:
    """Every edge by itself, and those that repeat or contradict another."""
    seen: set[tuple[str, str | None, str, str | None]] = set()
    written: set[tuple[str, str]] = set()
    for index, edge in enumerate(graph.edges):
        if edge.source == NO_NODE:
            continue
        found: list[tuple[Problem, str | None]] = []
        key = (edge.source, edge.port, edge.target, edge.param)
        if key in seen:
            found.append(
                (warning("workflow.duplicate_edge", "the edge `{edge}` stands here twice", edge=str(edge)), None)
            )
        seen.add(key)
        ends = [_end(context, graph, edge, id) for id in (edge.source, edge.target) if id not in graph.nodes]
        found += ends
        if not ends:
            found += [(each, None) for each in _triggers(context, graph, edge)]
            found += _port(context, graph, level, edge, spot)
            if edge.param is not None:
                found += _param(context, graph, level, edge, written, spot)
                written.add((edge.target, edge.param))
        for each, suggestion in found:
            context.report.add(each, spot, "edges", index, suggestion=suggestion)
    _cycles(context, level, spot)


def _end(context: Context, graph: Graph, edge: Edge, id: str) -> tuple[Problem, str | None]:
    elsewhere = context.declared.get(id)
    if elsewhere:
        return problem(
            "workflow.edge_level",
            "`{node}` is not in this level (it is `{path}`); an edge joins two nodes of one level",
            node=id,
            path=elsewhere[0].spot.node,
        ), None
    return problem(
        "workflow.edge_unknown_node", "the edge `{edge}` names `{node}`, which does not exist", edge=str(edge), node=id
    ), nearest(id, graph.nodes)


def _triggers(context: Context, graph: Graph, edge: Edge) -> list[Problem]:
    return [
        problem(
            "workflow.edge_trigger", "`{node}` is a trigger and has no edges; its `inputs` feed the workflow", node=id
        )
        for id in (edge.source, edge.target)
        if (facts := context.known(graph.nodes[id].type)) and facts.kind == "trigger"
    ]


def _port(
    context: Context, graph: Graph, level: LevelGraph, edge: Edge, spot: Spot
) -> list[tuple[Problem, str | None]]:
    source = graph.nodes[edge.source]
    if edge.port is None or edge.port in level.ports[edge.source]:
        return []
    if edge.port == ERROR_PORT:
        if source.on_error is OnError.ROUTE:
            return []
        return [
            (
                problem(
                    "workflow.edge_error_port",
                    "`{node}` never leaves by `error`; set `on_error: route` on it",
                    node=edge.source,
                ),
                None,
            )
        ]
    fields = fields_of(node_type(context, source, spot.child(edge.source)))
    if context.known(source.type) is None or fields is None or edge.port in fields:
        return []
    what = problem(
        "workflow.edge_unknown_port",
        "`{node}` has neither a port nor an output `{port}`",
        node=edge.source,
        port=edge.port,
    )
    return [(what, nearest(edge.port, [*level.ports[edge.source], *fields]))]


def _param(
    context: Context, graph: Graph, level: LevelGraph, edge: Edge, written: set[tuple[str, str]], spot: Spot
) -> list[tuple[Problem, str | None]]:
    param = edge.param or ""
    if (edge.target, param) in written:
        return [
            (
                problem(
                    "workflow.edge_param_twice",
                    "another edge already writes into `{node}.{param}`",
                    node=edge.target,
                    param=param,
                ),
                None,
            )
        ]
    if param in graph.nodes[edge.target].params:
        return [
            (
                warning(
                    "workflow.edge_param_set",
                    "`{node}.{param}` is set, so this edge writes nothing into it",
                    node=edge.target,
                    param=param,
                ),
                None,
            )
        ]
    if edge.port is not None and edge.port in level.ports[edge.source]:
        return [
            (
                problem(
                    "workflow.edge_branch_value",
                    "the branch `{port}` holds no value to write into `{param}`; write `{{ input }}` there",
                    port=edge.port,
                    param=param,
                ),
                None,
            )
        ]
    target = graph.nodes[edge.target]
    known = fields_of(context.input_type(target))
    if known is None or context.known(target.type) is None:
        return []
    if param not in known:
        what = problem("workflow.edge_unknown_param", "`{node}` has no param `{param}`", node=edge.target, param=param)
        return [(what, nearest(param, known))]
    return _type(context, graph.nodes[edge.source], edge, known[param], spot) if context.types else []


def _type(context: Context, source: Node, edge: Edge, expected: Type, spot: Spot) -> list[tuple[Problem, str | None]]:
    """Whether what an edge writes into a param can be what the param takes."""
    whole = node_type(context, source, spot.child(edge.source))
    clash = conflict(expected, field_of(whole, edge.port) if edge.port else whole)
    if clash is None:
        return []
    make = warning if clash.convertible else problem
    what = make(
        "workflow.edge_type",
        "`{param}` takes {expected}; this edge carries {actual}",
        param=edge.param,
        expected=clash.expected,
        actual=clash.actual,
    )
    fitting = [name for name, each in (fields_of(whole) or {}).items() if conflict(expected, each) is None]
    return [(what, f"{edge.source}.{fitting[0]}" if edge.port is None and len(fitting) == 1 else None)]


def _cycles(context: Context, level: LevelGraph, spot: Spot) -> None:
    for cycle in level.cycles:
        way = " -> ".join((*cycle, cycle[0]))
        if len(cycle) == 1:
            if all(edge.source != cycle[0] for edge in level.listed_in.get(cycle[0], ())):
                continue  # An expression does it, which is reported at its place.
            what = problem("workflow.self_edge", "`{node}` waits for itself", node=cycle[0])
        else:
            what = problem(
                "workflow.cycle",
                "these nodes wait for each other: {way}; a loop is a `flow.while` or `flow.map`",
                way=way,
            )
        context.report.add(what, spot.child(cycle[0]), at_key=True)


def check_branches(context: Context, graph: Graph, level: LevelGraph, presence: Presence, spot: Spot) -> None:
    """Joins that can never be met, and nodes that can never run."""
    for id, node in graph.nodes.items():
        if presence.reached[id] != NEVER:
            continue
        edges = level.listed_in.get(id, [])
        sources = {edge.source for edge in edges} or level.implied[id]
        if any(presence.reached.get(source) == NEVER for source in sources):
            continue
        if edges and node.join is Join.ALL:
            what = problem(
                "workflow.join_exclusive",
                "`join: all` waits for branches that exclude each other: {edges}",
                edges=", ".join(str(edge) for edge in edges),
            )
            context.report.add(what, spot.child(id), "join")
        elif not edges:
            names = ", ".join(f"`{source}`" for source in sorted(sources))
            context.report.add(
                problem(
                    "workflow.never_runs",
                    "it never runs, for it needs {nodes}, which exclude each other; list its edges",
                    nodes=names,
                ),
                spot.child(id),
                at_key=True,
            )
