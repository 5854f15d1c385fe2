"""What a trial of a draft would do, before it starts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio.domain.access import Permission
from studio.domain.errors import UserError
from studio.server._asking import Asking, Services
from studio.server._models import In, Out, Time
from studio.server._routes import Routes

routes = Routes("/workflows", "editing")


class PlanIn(In):
    """What is to be tried."""

    kind: Literal["all", "until", "from", "node"] = Field(
        default="all", description="All of it; until a node; from a node on, or a node alone, with earlier outputs."
    )
    node: str | None = Field(default=None, max_length=2000, description="The node; one inside: its container.")
    execution: str = Field(
        default="last", max_length=64, description="Whose outputs are taken over; `last` for the newest that has ended."
    )
    pinned: bool = Field(default=True, description="Take what is pinned beside the draft.")


class TakenOut(Out):
    """An output that is taken over."""

    node: str
    at: Time = Field(description="When the node gave it.")
    pinned: bool
    stale: bool = Field(description="The node, or one before it, has changed since.")


class EffectOut(Out):
    """What a node would do to the world."""

    node: str = Field(description="Path of the node.", examples=["rows.body.send"])
    type: str
    title: str
    effect: str = Field(description="idempotent, keyed or irreversible.", examples=["irreversible"])
    workflow: str | None = Field(description="The workflow that it calls, where that does it.")


class PlanOut(Out):
    """What a trial would do."""

    kind: str
    revision: int = Field(description="Revision of the draft.")
    execution: str | None = Field(description="Whose outputs are taken over.")
    runs: list[str] = Field(description="Nodes of the top level that run, in an order in which they may.")
    reused: list[TakenOut] = Field(description="Outputs that are taken over.")
    again: list[str] = Field(
        description="Nodes with outputs that run because they have changed: give them as `again` to the replay."
    )
    missing: list[str] = Field(description="Nodes before it that gave nothing yet, and run too.")
    effects: list[EffectOut]


@routes.ask("POST", "/{workflow}/plan", Permission.WORKFLOW_EXECUTE)
async def plan_trial(workflow: str, body: PlanIn, actor: Asking, services: Services) -> PlanOut:
    """What a run of the draft would do: what runs, which outputs are taken over and how old they are, which effects.

    `all` and `until` are started by `POST /executions`; `from` and `node` by `POST /executions/{execution}/replay` with
    `on: "draft"`, `start` (and for `node` also `until`) and the `again` of this answer.
    """
    if body.kind != "all" and not body.node:
        raise UserError("plan.no_node", "Name the node.").at(param="node")
    found = await services.planning.plan(
        actor, workflow, body.kind, body.node or "", execution=body.execution, pinned=body.pinned
    )
    return PlanOut(
        kind=found.kind, revision=found.revision, execution=found.execution, runs=found.runs,
        reused=[TakenOut(node=one.node, at=one.at, pinned=one.pinned, stale=one.stale) for one in found.reused],
        again=found.again, missing=found.missing,
        effects=[
            EffectOut(
                node=one.node, type=one.type, title=one.title, effect=str(one.effect), workflow=one.workflow
            )
            for one in found.effects
        ],
    )  # fmt: skip
