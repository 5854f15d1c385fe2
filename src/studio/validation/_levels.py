"""One level of the workflow: its edges, its nodes in order, and what it gives."""

from __future__ import annotations

from studio.domain.workflow import Graph
from studio.expressions.types import NULL, Type
from studio.validation._context import Context
from studio.validation._edges import check_branches, check_edges
from studio.validation._expressions import check_tree
from studio.validation._nodes import NodeCheck
from studio.validation._problems import problem, warning
from studio.validation._report import Spot
from studio.validation._scopes import Level, Scope
from studio.validation.analysis import analyse


def check_level(context: Context, graph: Graph, spot: Spot, around: Scope, *, loops: bool = False) -> Type:
    """Report every problem of a level and the levels inside it; gives the type of its output.

    ``loops`` where the level is the body of a while, which hands its ``next`` to the following turn.
    """
    analysed = analyse(graph, context.catalog)
    level = Level(context, graph, analysed, spot, around)
    check_edges(context, graph, analysed, spot)
    if level.presence is not None:
        check_branches(context, graph, analysed, level.presence, spot)
    for id in analysed.order:
        NodeCheck(context, graph.nodes[id], spot.child(id), level.scope_of(id), level, check_level).check()
    scope = level.output_scope()
    if graph.next is not None:
        check_tree(context, graph.next, scope, spot, ("next",))
        if not loops:
            context.report.add(
                problem("workflow.next_misplaced", "`next` belongs in the body of `flow.while` only"),
                spot,
                "next",
                at_key=True,
            )
    elif loops:
        context.report.add(
            warning("workflow.next_missing", "without `next` every turn begins with the same state"), spot, at_key=True
        )
    if graph.output is None:
        return NULL
    return check_tree(context, graph.output, scope, spot, ("output",))
