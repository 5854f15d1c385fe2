"""What concerns the workflow as a whole: ids, inputs, settings."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from studio.domain.workflow import Concurrency, Workflow
from studio.expressions import RESERVED_NAMES
from studio.expressions.types import ANY, STR, DictType, ObjectType, Type, optional, type_from_schema
from studio.validation._context import ROOT, Context, every_node
from studio.validation._expressions import check_tree
from studio.validation._problems import problem
from studio.validation._schemas import schema_problems
from studio.validation._scopes import Scope
from studio.validation.inputs import is_required


def collect_ids(context: Context) -> None:
    """Note where every id is declared; report those used twice and those that hide a function."""
    for _node, id, declared in every_node(context.workflow):
        before = context.declared.setdefault(id, [])
        if before:
            what = problem(
                "workflow.duplicate_id",
                "the id `{node}` is already used by `{other}`; ids are unique in the file",
                node=id,
                other=before[0].spot.node,
            )
            context.report.add(what, declared.spot, at_key=True)
        elif id in RESERVED_NAMES:
            context.report.add(
                problem(
                    "workflow.id_function",
                    "`{node}` is a function of the expression language; choose another id",
                    node=id,
                ),
                declared.spot,
                at_key=True,
            )
        before.append(declared)


def base_scope(workflow: Workflow) -> Scope:
    """The names that every expression of a workflow finds."""
    fields = {name: _input_type(schema) for name, schema in workflow.inputs.items()}
    inputs = ObjectType(fields=fields, required=frozenset(fields))
    facts = ObjectType(open=True)
    return Scope(
        None, {"inputs": inputs, "vars": DictType(value=ANY), "execution": facts, "workflow": facts, "now": STR}
    )


def _input_type(schema: dict[str, Any]) -> Type:
    found = type_from_schema(schema)
    return found if is_required(schema) or "default" in schema else optional(found)


def check_inputs(context: Context) -> None:
    """The declared inputs: sound schemas, and names that hide nothing."""
    for name, schema in context.workflow.inputs.items():
        for path, found in schema_problems(schema):
            context.report.add(found, ROOT, "inputs", name, *path)


def check_settings(context: Context, scope: Scope) -> None:
    """Settings that the models cannot check by themselves."""
    settings = context.workflow.settings
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        what = problem(
            "workflow.time_zone", "`{zone}` is not a time zone; write for example Europe/Paris", zone=settings.time_zone
        )
        context.report.add(what, ROOT, "settings", "time_zone")
    if isinstance(settings.concurrency, Concurrency) and settings.concurrency.key is not None:
        names = {name: scope.find(name) or ANY for name in ("inputs", "vars", "workflow")}
        check_tree(context, settings.concurrency.key, Scope(None, names), ROOT, ("settings", "concurrency", "key"))
    elif isinstance(settings.concurrency, int) and settings.concurrency < 1:
        what = problem("workflow.concurrency", "`concurrency` is at least 1")
        context.report.add(what, ROOT, "settings", "concurrency")
