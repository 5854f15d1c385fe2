"""Debugging runs of a draft: breakpoints, steps, edited data."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from studio.domain.access import Permission
from studio.domain.errors import UserError
from studio.server._asking import Asking, Services
from studio.server._models import In, Out, Time
from studio.server._routes import Routes
from studio.server.resources.executions.schemas import BreakpointIn, ErrorOut, ExecutionOut
from studio.server.resources.executions.shown import error_out, execution_out

routes = Routes("/executions", "executions")

Json = Any


class BreakpointsIn(In):
    """Where an execution is to stop from now on."""

    items: list[BreakpointIn] = Field(max_length=200)


class BreakpointOut(Out):
    """A node before which the execution stops."""

    node: str = Field(examples=["places.body.place"])
    condition: str | None


class StoppedOut(Out):
    """A node run that waits at a breakpoint. `GET …/values?path=…&part=input` shows what it would run with."""

    path: str = Field(description="Path of the node run.", examples=["places[0]/place"])
    node: str = Field(description="Path of the node in the workflow.", examples=["places.body.place"])
    at: Time
    why: str = Field(description="`breakpoint` or `step`.", examples=["breakpoint"])
    error: ErrorOut | None = Field(description="Why its input, or the breakpoint's condition, gives nothing.")


class BreakpointsOut(Out):
    """Where an execution stops, and where it has stopped."""

    test: bool = Field(description="Whether it is the run of a draft: only those can be debugged.")
    items: list[BreakpointOut]
    stopped: list[StoppedOut]


class GoIn(In):
    """Let what waits run."""

    path: str | None = Field(default=None, max_length=2000, description="The node run; null for all that wait.")


class EditIn(In):
    """Change data of this execution: what a node has given, or the params of one that waits at a breakpoint."""

    path: str = Field(max_length=2000, description="Path of the node run.", examples=["load"])
    output: Json = Field(default=None, description="What it gave, for everything that has not run yet.")
    params: dict[str, Json] | None = Field(
        default=None, description="Params to run it with; those that are not named stay as they are."
    )


@routes.ask("GET", "/{execution}/breakpoints", Permission.EXECUTION_VIEW)
async def show_breakpoints(execution: str, actor: Asking, services: Services) -> BreakpointsOut:
    """Where an execution stops, and which node runs wait there."""
    found = await services.executing.debugging.show(actor, execution)
    return BreakpointsOut(
        test=found.test,
        items=[BreakpointOut(node=node, condition=condition) for node, condition in found.points.items()],
        stopped=[
            StoppedOut(
                path=one.path, node=one.node, at=one.at, why=one.why, error=error_out(one.error, actor.lang)
            )
            for one in found.stopped
        ],
    )  # fmt: skip


@routes.ask("PUT", "/{execution}/breakpoints", Permission.EXECUTION_CONTROL, status=202)
async def set_breakpoints(execution: str, body: BreakpointsIn, actor: Asking, services: Services) -> ExecutionOut:
    """Stop before these nodes from now on, and before no others. What waits goes on waiting."""
    points = {one.node: one.condition for one in body.items}
    return execution_out(await services.executing.debugging.set(actor, execution, points))


@routes.ask("POST", "/{execution}/continue", Permission.EXECUTION_CONTROL, status=202)
async def continue_execution(execution: str, body: GoIn, actor: Asking, services: Services) -> ExecutionOut:
    """Let what waits at a breakpoint run. Saying it twice is saying it once."""
    return execution_out(await services.executing.debugging.go(actor, execution, body.path, step=False))


@routes.ask("POST", "/{execution}/step", Permission.EXECUTION_CONTROL, status=202)
async def step_execution(execution: str, body: GoIn, actor: Asking, services: Services) -> ExecutionOut:
    """Let what waits at a breakpoint run, and stop again before what comes after it."""
    return execution_out(await services.executing.debugging.go(actor, execution, body.path, step=True))


@routes.ask("POST", "/{execution}/edits", Permission.EXECUTION_CONTROL, status=202)
async def edit_execution(execution: str, body: EditIn, actor: Asking, services: Services) -> ExecutionOut:
    """Change data of this execution. It is recorded, with who did it.

    It takes the right to edit the workflow and to use what it uses. What has run already keeps what it made of the
    old data.
    """
    if (body.params is None) == ("output" not in body.model_fields_set):
        raise UserError("execution.edit_which", "Give either an output or params.").at(param="output")
    acting = services.executing.debugging
    return execution_out(
        await acting.edit(actor, execution, body.path, output=body.output, params=body.params)
    )  # fmt: skip
