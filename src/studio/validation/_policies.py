"""Policies of a node against what its type does to the world."""

from __future__ import annotations

from studio.catalog import NodeFacts
from studio.domain.errors import StudioError
from studio.domain.status import Effect, OnError
from studio.domain.workflow import Edge, Node
from studio.sdk import BaseNode
from studio.validation._context import Context
from studio.validation._expressions import has_expression
from studio.validation._problems import problem, warning
from studio.validation._report import Spot
from studio.validation.analysis import ERROR_PORT

_MOST_ATTEMPTS = 1000


def check_policies(
    context: Context, node: Node, spot: Spot, facts: NodeFacts, impl: BaseNode | None, edges: list[Edge] | None
) -> None:
    """Retry, cache and routing of errors. ``edges`` are those that leave the node, None for nodes in slots."""
    effect = _effect(node, facts, impl)
    _check_retry(context, node, spot, facts, effect)
    if node.cache and facts.kind == "control":
        what = problem(
            "workflow.cache_control", "`{type}` cannot be cached; cache pure nodes inside it", type=facts.type
        )
        context.report.add(what, spot, "cache", at_key=True)
    elif node.cache and facts.effect is not Effect.PURE and effect is not Effect.PURE:
        what = problem(
            "workflow.cache_effect",
            "only a pure node can be cached; `{type}` is {effect}",
            type=facts.type,
            effect=str(effect or facts.effect),
        )
        context.report.add(what, spot, "cache", at_key=True)
    if edges is not None and node.on_error is OnError.ROUTE and all(edge.port != ERROR_PORT for edge in edges):
        what = warning(
            "workflow.route_without_edge",
            "errors are routed, but no edge leaves by `{node}.error`, so they vanish",
            node=str(spot.path[-1]),
        )
        context.report.add(what, spot, "on_error")


def _check_retry(context: Context, node: Node, spot: Spot, facts: NodeFacts, effect: Effect | None) -> None:
    retry = node.retry
    if retry is None or retry is False or (retry == 1 and retry is not True):
        return
    if effect is Effect.IRREVERSIBLE:
        what = warning(
            "workflow.retry_irreversible",
            "`{type}` is irreversible: a retry repeats its effect only where it surely did not happen",
            type=facts.type,
        )
        context.report.add(what, spot, "retry", at_key=True)
    if isinstance(retry, int) and not 1 <= retry <= _MOST_ATTEMPTS:
        what = problem("workflow.retry_count", "`retry` is the number of attempts, 1 to {limit}", limit=_MOST_ATTEMPTS)
        context.report.add(what, spot, "retry")


def _effect(node: Node, facts: NodeFacts, impl: BaseNode | None) -> Effect | None:
    """The effect for these params, None where only the run can tell."""
    if not facts.effect_varies:
        return facts.effect
    if impl is None or has_expression(node.params):
        return None
    try:
        return impl.effect_of(impl.input_model.model_validate(node.params))
    except (StudioError, ValueError, TypeError, LookupError, AttributeError):
        # Params that do not fit are reported by themselves.
        return None
