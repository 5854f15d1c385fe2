"""Expressions while they are written: previews, names in scope, the library of functions."""

from __future__ import annotations

from typing import Any

from studio.domain.access import Permission
from studio.i18n import function_text, render
from studio.server._asking import Asking, Services
from studio.server._routes import Routes
from studio.server.resources.executions.schemas import ValueOut
from studio.server.resources.expressions.schemas import (
    ExpressionProblemOut,
    FunctionExampleOut,
    FunctionOut,
    FunctionParamOut,
    FunctionsOut,
    NameOut,
    PreviewIn,
    PreviewOut,
    PreviewsOut,
    ScopeIn,
    ScopeOut,
    TurnOut,
)
from studio.services.expressing.functions import Function, functions
from studio.services.expressing.previewing import Preview, Problem, Question, Written

routes = Routes("/expressions", "expressions")


@routes.ask("POST", "/preview", Permission.WORKFLOW_VIEW)
async def preview_expressions(body: PreviewIn, actor: Asking, services: Services) -> PreviewsOut:
    """What expressions give where they stand in a draft, on data of an execution, pinned data, or samples.

    Nothing runs and nothing is recorded. What is masked for everybody is masked before it is evaluated; there is no
    revealing here.
    """
    question = Question(
        written=[Written(value=one.value, param=one.param, bare=one.bare) for one in body.expressions],
        workflow=body.workflow or "", node=body.node, execution=body.execution or "", pinned=body.pinned,
        samples=body.samples, indices=body.indices, index=body.index,
    )  # fmt: skip
    answer = await services.previewing.preview(actor, question)
    return PreviewsOut(
        items=[_preview(one, actor.lang) for one in answer.previews],
        around=[TurnOut(node=one.node, index=one.index, count=one.count) for one in answer.around],
        execution=answer.execution, revision=answer.revision,
    )  # fmt: skip


@routes.ask("POST", "/scope", Permission.WORKFLOW_VIEW)
async def show_scope(body: ScopeIn, actor: Asking, services: Services) -> ScopeOut:
    """The names that an expression finds where it stands in a draft, with what is known of each, for completion."""
    found = await services.scoping.scope(
        actor, body.workflow, body.node, param=body.param, execution=body.execution
    )  # fmt: skip
    items = [
        NameOut(
            name=one.name, kind=one.kind, node=one.node, type=one.type, title=one.title, optional=one.optional,
            shape=one.schema, observed=one.observed,
        )
        for one in found.names
    ]  # fmt: skip
    return ScopeOut(items=items, execution=found.execution, revision=found.revision)


@routes.ask("GET", "/functions", Permission.NODE_VIEW)
async def list_functions(actor: Asking) -> FunctionsOut:
    """The functions and methods of the expression language, with examples."""
    return FunctionsOut(items=[_function(one, actor.lang) for one in functions()])


def _preview(one: Preview, lang: str) -> PreviewOut:
    return PreviewOut(
        value=None if one.shown is None else ValueOut.model_validate(one.shown), type=one.type,
        problem=None if one.problem is None else _problem(one.problem, lang), missing=one.missing,
        index=one.index, count=one.count,
    )  # fmt: skip


def _problem(one: Problem, lang: str) -> ExpressionProblemOut:
    message = one.text(lambda code, template, arguments: render(code, template, arguments, lang))
    return ExpressionProblemOut(
        code=one.code, message=message, severity=one.severity, start=one.start, end=one.end, suggestion=one.suggestion
    )


def _function(one: Function, lang: str) -> FunctionOut:
    params: list[Any] = [
        FunctionParamOut(
            name=param.name, takes=param.takes, required=param.required, default=param.default, rest=param.rest,
            keyword=param.keyword, arity=param.arity,
        )
        for param in one.params
    ]  # fmt: skip
    return FunctionOut(
        name=one.name, receiver=one.receiver or None, signature=one.signature, category=one.category,
        description=function_text(one.doc, lang), returns=one.returns, params=params,
        examples=[FunctionExampleOut(expression=source, result=value) for source, value in one.examples],
    )  # fmt: skip
