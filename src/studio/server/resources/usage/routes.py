"""What a workspace uses, for its own people."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Query

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._routes import Routes
from studio.server.resources.usage.schemas import DayOut, LevelOut, UsageOut
from studio.services.operation.model import Used
from studio.services.operation.quotas import Level

routes = Routes("/usage", "usage")
Days = Annotated[int, Query(ge=1, le=366, description="How many days back.")]


@routes.ask("GET", "", Permission.USAGE_VIEW)
async def show_usage(actor: Asking, services: Services, days: Days = 31) -> UsageOut:
    """What the workspace used day by day, newest first, and how far its quotas are used up."""
    found, levels = await services.operation.quotas.report(actor.workspace, days)
    return usage_out(actor.workspace, found, levels)


def usage_out(workspace: str, days: list[tuple[str, Used]], levels: list[Level]) -> UsageOut:
    """Usage as an answer."""
    return UsageOut(
        workspace=workspace,
        days=[DayOut(day=day, **msgspec.structs.asdict(used)) for day, used in days],
        quotas=[LevelOut.model_validate(level) for level in levels],
    )
