"""A workflow against the catalogue and the expression language."""

from __future__ import annotations

from studio.domain.workflow import Workflow
from studio.validation._calls import ResolveCall, check_calls
from studio.validation._context import ROOT, Context
from studio.validation._document import base_scope, check_inputs, check_settings, collect_ids
from studio.validation._levels import check_level
from studio.validation._positions import NOWHERE
from studio.validation._problems import Problem
from studio.validation._report import Report
from studio.validation.analysis import Catalogue
from studio.validation.document import Loaded


def check(
    document: Loaded | Workflow,
    catalog: Catalogue,
    *,
    resolve_call: ResolveCall | None = None,
    types: bool = True,
) -> list[Problem]:
    """Every problem of a workflow, errors and warnings, in the order of the document.

    Args:
        document: What ``load`` gave, then with its problems and with positions; or a workflow without text.
        catalog: Knows the node types. Their modules are imported where params are to be checked.
        resolve_call: Gives the workflow that a call names, None where there is none. Without it calls are not followed.
        types: Whether keys and types of values are checked, beside names.

    Returns:
        Nothing where the workflow is sound.
    """
    if isinstance(document, Loaded):
        workflow, found, positions = document.draft, list(document.problems), document.positions
    else:
        workflow, found, positions = document, [], NOWHERE
    if workflow is None:
        return found
    context = Context(workflow, catalog, Report(positions), types)
    collect_ids(context)
    check_inputs(context)
    scope = base_scope(workflow)
    check_settings(context, scope)
    check_level(context, workflow, ROOT, scope)
    if resolve_call is not None:
        check_calls(context, resolve_call)
    found += context.report.found
    if positions is not NOWHERE:
        found.sort(key=lambda each: (each.line or 0, each.column or 0))
    return list({_identity(each): each for each in found}.values())


def _identity(found: Problem) -> tuple[object, ...]:
    """What makes two findings the same: some parts of a workflow are looked at more than once."""
    return (found.code, found.node, found.param, found.line, found.column, found.start, found.message)
