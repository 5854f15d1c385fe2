"""What operators see and set, over all workspaces."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Query, Response

from studio.domain.access import Permission
from studio.i18n import text
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.operator import schemas as s
from studio.server.resources.usage.routes import Days, usage_out
from studio.server.resources.usage.schemas import QuotaBody, UsageOut
from studio.services.operation.model import Quota

routes = Routes("/operator", "operator")
Host = Annotated[str, Query(max_length=260)]


@routes.ask("GET", "/queue", Permission.OPERATE)
async def show_queue(actor: Asking, services: Services, limit: Limit = 50) -> s.QueueOut:
    """What is queued in every workspace (of each so many), in the order of its turn, and why each waits."""
    return s.QueueOut(
        items=[
            s.QueuedOut(
                execution=one.row.id, workspace=one.row.workspace, workflow=one.row.workflow_name,
                priority=one.row.priority, accepted_at=one.row.accepted_at, not_before=one.row.wake_at,
                reason=one.reason, message=text(f"queue.{one.reason}", actor.lang),  # pyright: ignore[reportArgumentType] - pydantic checks the value
            )
            for one in await services.operation.looking.queue(limit)
        ]
    )  # fmt: skip


@routes.ask("GET", "/workers", Permission.OPERATE)
async def list_workers(actor: Asking, services: Services) -> s.WorkersOut:
    """Every worker with its lease, when it was last seen, and how many executions it runs."""
    return s.WorkersOut(
        items=[
            s.WorkerOut(
                id=one.row.id, home=one.row.home, alive=one.alive, seen_at=one.row.seen_at,
                lease_until=one.row.lease_until, running=one.row.running,
            )
            for one in await services.operation.looking.workers()
        ]
    )  # fmt: skip


@routes.ask("GET", "/in-doubt", Permission.OPERATE)
async def list_in_doubt(actor: Asking, services: Services, limit: Limit = 50) -> s.InDoubtListOut:
    """Effects that wait for a decision, of each workspace the oldest. People of the workspace decide."""
    return s.InDoubtListOut(
        items=[
            s.InDoubtOut(
                execution=one.row.id, workspace=one.row.workspace, workflow=one.row.workflow_name, node=one.node,
                accepted_at=one.row.accepted_at,
            )
            for one in await services.operation.looking.in_doubt(limit)
        ]
    )  # fmt: skip


@routes.ask("GET", "/expiring-credentials", Permission.OPERATE)
async def list_all_expiring_credentials(
    actor: Asking,
    services: Services,
    days: Annotated[int, Query(ge=1, le=366)] = 30,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PageOut[s.ExpiringOut]:
    """Credentials of all workspaces that end within so many days, or have ended, the first first."""
    found = await services.operation.looking.expiring(days)
    page, following = page_of(found, lambda one: f"{one.workspace} {one.id}", cursor, limit)
    return PageOut(items=[s.ExpiringOut.model_validate(one) for one in page], next=following)


@routes.ask("GET", "/usage", Permission.OPERATE)
async def list_usage(
    actor: Asking, services: Services, days: Days = 1, cursor: Cursor = None, limit: Limit = 50
) -> PageOut[UsageOut]:
    """What every workspace uses, and how far its quotas are used up."""
    page, following = page_of(await services.operation.workspaces(), str, cursor, limit)
    found: list[UsageOut] = []
    for workspace in page:
        used, levels = await services.operation.quotas.report(workspace, days)
        found.append(usage_out(workspace, used, levels))
    return PageOut(items=found, next=following)


@routes.ask("GET", "/quotas/{workspace}", Permission.OPERATE)
async def show_quotas(workspace: str, response: Response, actor: Asking, services: Services) -> s.QuotaOut:
    """What a workspace may use."""
    quota, revision = await services.operation.quotas.show(workspace)
    give_etag(response, revision)
    return s.QuotaOut(workspace=workspace, **msgspec.structs.asdict(quota))


@routes.ask("PUT", "/quotas/{workspace}", Permission.OPERATE)
async def set_quotas(
    workspace: str, body: QuotaBody, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> s.QuotaOut:
    """Say what a workspace may use. It holds on every server within seconds; what runs goes on."""
    quota = Quota(**body.model_dump())
    kept = await services.operation.quotas.set(actor, workspace, quota, expected_revision(if_match))
    give_etag(response, kept.revision)
    return s.QuotaOut(workspace=workspace, **msgspec.structs.asdict(kept.value))


@routes.ask("GET", "/egress", Permission.OPERATE)
async def list_egress(actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 50) -> s.EgressListOut:
    """Private hosts that workspaces may reach."""
    found = sorted((await services.operation.egress.all()).items())
    page, following = page_of(found, lambda one: one[0], cursor, limit)
    return s.EgressListOut(
        always=list(services.ports.allow_hosts),
        items=[s.EgressOut(workspace=workspace, hosts=hosts) for workspace, hosts in page],
        next=following,
    )


@routes.ask("GET", "/egress/{workspace}", Permission.OPERATE)
async def show_egress(workspace: str, actor: Asking, services: Services) -> s.EgressOut:
    """Private hosts that a workspace may reach."""
    return s.EgressOut(workspace=workspace, hosts=await services.operation.egress.show(workspace))


@routes.ask("POST", "/egress/{workspace}", Permission.OPERATE)
async def add_egress(workspace: str, body: s.EgressIn, actor: Asking, services: Services) -> s.EgressOut:
    """Let the nodes of a workspace reach a private host. It holds for what is started from then on."""
    return s.EgressOut(workspace=workspace, hosts=await services.operation.egress.add(actor, workspace, body.host))


@routes.ask("DELETE", "/egress/{workspace}", Permission.OPERATE)
async def remove_egress(workspace: str, host: Host, actor: Asking, services: Services) -> s.EgressOut:
    """Take an exception away. Executions that began with it keep it to their end."""
    return s.EgressOut(workspace=workspace, hosts=await services.operation.egress.remove(actor, workspace, host))


@routes.ask("GET", "/instance", Permission.OPERATE)
async def show_instance(actor: Asking, services: Services) -> s.InstanceOut:
    """The version, the database, and every setting; secrets are not shown."""
    found = await services.operation.looking.instance(services.settings)
    return s.InstanceOut(
        version=found.version, database=found.database, revision=found.revision,
        settings=[s.SettingOut.model_validate(one) for one in found.settings],
    )  # fmt: skip


@routes.ask("GET", "/backups", Permission.OPERATE)
async def list_backups(actor: Asking, services: Services) -> s.BackupsOut:
    """Backups in the server's folder. They are restored by `studio restore`, with the server stopped."""
    files = await services.operation.backups.files()
    state = await services.operation.backups.state()
    failed = state.failed_at > state.done_at
    return s.BackupsOut(
        items=[s.BackupOut.model_validate(one) for one in files], every_hours=services.settings.backup_every,
        keep=services.settings.backup_keep, done_at=state.done_at or None,
        failed_at=state.failed_at if failed else None, error_code=state.error_code if failed else None,
    )  # fmt: skip


@routes.ask("POST", "/backups", Permission.OPERATE, status=201)
async def make_backup(actor: Asking, services: Services) -> s.BackupOut:
    """Make a backup now, while work goes on; answers when it is made."""
    return s.BackupOut.model_validate(await services.operation.backups.now(actor))
