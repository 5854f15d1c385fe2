"""Calls of other workflows: whether they exist, what they are given, and that they come to an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, cast

from studio.catalog import CallFacts
from studio.domain.workflow import Node, Workflow
from studio.validation._context import ROOT, Context, every_node
from studio.validation._expressions import has_expression
from studio.validation._problems import problem
from studio.validation._report import Spot
from studio.validation._triggers import check_input_names
from studio.validation.inputs import is_required

ResolveCall: TypeAlias = Callable[[str], Workflow | None]

MAX_CALL_DEPTH = 32


def check_calls(context: Context, resolve: ResolveCall) -> None:
    """Report calls of unknown workflows, with wrong inputs, in circles, or nested too deep."""
    known: dict[str, Workflow | None] = {}

    def find(name: str) -> Workflow | None:
        if name not in known:
            known[name] = resolve(name)
        return known[name]

    _check_error_workflow(context, find)
    for spot, call, name, node in _calls(context, context.workflow):
        child = find(name)
        if child is None:
            what = problem("workflow.call_unknown", "there is no workflow `{name}`", name=name)
            context.report.add(what, spot, "params", call.param)
            continue
        given = node.params.get(call.inputs, {}) if call.inputs is not None else None
        if isinstance(given, dict):
            required = [key for key, schema in child.inputs.items() if is_required(schema)]
            at = ("params", str(call.inputs)) if call.inputs in node.params else ("params",)
            check_input_names(context, spot, at, cast("dict[str, Any]", given), child.inputs, required)
        chain = _endless(context, name, find)
        if chain is not None:
            way = " -> ".join((context.workflow.name, *chain))
            if len(chain) > MAX_CALL_DEPTH:
                what = problem(
                    "workflow.call_depth", "calls nest more than {limit} deep: {way}", limit=MAX_CALL_DEPTH, way=way
                )
            else:
                what = problem("workflow.call_cycle", "these workflows call each other without an end: {way}", way=way)
            context.report.add(what, spot, "params", call.param)


def _check_error_workflow(context: Context, find: ResolveCall) -> None:
    """Report an error workflow that is not there, or that no error starts."""
    name = context.workflow.settings.error_workflow
    if name is None:
        return
    found = find(name)
    if found is None:
        what = problem("workflow.error_workflow_unknown", "there is no workflow `{name}`", name=name)
    elif not any(node.type == "trigger.error" for node in found.nodes.values()):
        what = problem(
            "workflow.error_workflow_trigger",
            "`{name}` has no node of type trigger.error, with which it would start where this workflow fails",
            name=name,
        )
    else:
        return
    context.report.add(what, ROOT, "settings", "error_workflow")


def _calls(context: Context, workflow: Workflow) -> Iterator[tuple[Spot, CallFacts, str, Node]]:
    """The calls of workflows that are named by a literal."""
    for node, _id, declared in every_node(workflow):
        facts = context.known(node.type)
        for call in facts.calls if facts is not None else ():
            value = node.params.get(call.param)
            for name in cast("list[Any]", value) if isinstance(value, list) else [value]:
                if isinstance(name, str) and not has_expression(name):
                    yield declared.spot, call, name, node


def _endless(context: Context, first: str, find: ResolveCall) -> tuple[str, ...] | None:
    """A chain of calls from ``first`` that comes back to itself or is too long, None where there is none.

    Chains are followed depth first; a workflow from which all chains end is looked at once.
    """
    ended: set[str] = set()
    path: list[str] = []
    todo: list[tuple[str, bool]] = [(first, False)]
    while todo:
        name, leaving = todo.pop()
        if leaving:
            path.pop()
            ended.add(name)
            continue
        if name in path:
            return (*path, name)
        child = find(name)
        if name in ended or child is None:
            continue
        path.append(name)
        if child == context.workflow or len(path) > MAX_CALL_DEPTH:
            return tuple(path)
        todo.append((name, True))
        todo.extend((called, False) for _spot, _call, called, _node in _calls(context, child))
    return None
