"""Triggers: where they stand, their params, and the inputs that they fill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from studio.domain.workflow import Node
from studio.expressions.types import ANY
from studio.sdk import BaseNode
from studio.validation._context import Context
from studio.validation._expressions import check_tree, has_expression
from studio.validation._params import ParamCheck, migrated
from studio.validation._positions import Key
from studio.validation._problems import nearest, problem
from studio.validation._report import Spot
from studio.validation._scopes import Scope
from studio.validation.inputs import is_required


def check_trigger(
    context: Context, node: Node, spot: Spot, scope: Scope, impl: BaseNode | None, *, at_top: bool
) -> None:
    """Report what is wrong with a trigger. Its expressions see no execution, for none has begun."""
    if not at_top:
        what = problem("workflow.trigger_inside", "a trigger stands at the top level of the workflow")
        context.report.add(what, spot, "type")
    for name in ("each", "run_if"):
        if getattr(node, name) is not None:
            what = problem("workflow.trigger_setting", "a trigger takes no `{key}`", key=name)
            context.report.add(what, spot, name, at_key=True)
    known = {name: scope.find(name) or ANY for name in ("vars", "workflow", "now")}
    check = ParamCheck(context, spot, ("params",), Scope(None, known), Scope(None, known))
    if impl is None:
        check.names_only(node.params)
    else:
        check.check(migrated(node, impl), node, impl, {})
    if node.inputs is not None:
        event = context.output_type(node)
        check_tree(context, node.inputs, Scope(None, {**known, "event": event}), spot, ("inputs",))
    _check_inputs(context, node.inputs, spot)


def _check_inputs(context: Context, given: Any, spot: Spot) -> None:
    declared = context.workflow.inputs
    required = [name for name, schema in declared.items() if is_required(schema)]
    if isinstance(given, dict):
        check_input_names(context, spot, ("inputs",), cast("dict[str, Any]", given), declared, required)
    elif given is not None:
        if not has_expression(given):
            what = problem("workflow.trigger_inputs_type", "`inputs` is a mapping or an expression")
            context.report.add(what, spot, "inputs")
    elif required:
        names = ", ".join(f"`{name}`" for name in required)
        what = problem(
            "workflow.trigger_inputs", "the trigger gives no `inputs`, but the workflow needs {names}", names=names
        )
        context.report.add(what, spot, at_key=True)


def check_input_names(
    context: Context,
    spot: Spot,
    at: tuple[Key, ...],
    given: Mapping[str, Any],
    declared: Mapping[str, Any],
    required: list[str],
) -> None:
    """Report inputs that the workflow does not have, and required ones that are not given."""
    for name in given:
        if name not in declared:
            what = problem("workflow.unknown_input", "the workflow has no input `{name}`", name=name)
            context.report.add(what, spot, *at, name, at_key=True, suggestion=nearest(name, declared))
    for name in required:
        if name not in given:
            context.report.add(
                problem("workflow.missing_input", "the input `{name}` of the workflow is not given", name=name),
                spot,
                *at,
                at_key=True,
            )
