"""Workspaces."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.workspaces.schemas import (
    AdminIn,
    WorkspaceChange,
    WorkspaceIn,
    WorkspaceOut,
)
from studio.services.people.workspaces import WorkspaceShown
from studio.services.policy import require

routes = Routes("/workspaces", "workspaces")


@routes.ask("GET", "", Permission.SELF)
async def list_workspaces(
    actor: Asking,
    services: Services,
    all: Annotated[bool, Query(description="Every workspace, archived ones too. For operators.")] = False,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> PageOut[WorkspaceOut]:
    """The workspaces that the caller belongs to."""
    if all:
        require(actor, Permission.OPERATE)
        found = await services.directory.workspaces.all(actor)
    else:
        found = await services.directory.workspaces.own(actor)
    page, following = page_of(found, lambda one: one.workspace.id, cursor, limit)
    return PageOut(items=[shown(one) for one in page], next=following)


@routes.ask("POST", "", Permission.SELF, status=201)
async def create_workspace(body: WorkspaceIn, response: Response, actor: Asking, services: Services) -> WorkspaceOut:
    """Make a workspace, with the caller as its first Admin. Operators may, and others where that is set up."""
    made = await services.directory.workspaces.create(actor, body.name)
    give_etag(response, made.workspace.revision)
    return shown(made)


@routes.ask("GET", "/{workspace}", Permission.SELF)
async def show_workspace(workspace: str, response: Response, actor: Asking, services: Services) -> WorkspaceOut:
    """One workspace."""
    found = await services.directory.workspaces.show(actor, workspace)
    give_etag(response, found.workspace.revision)
    return shown(found)


@routes.ask("PATCH", "/{workspace}", Permission.SELF)
async def change_workspace(
    workspace: str,
    body: WorkspaceChange,
    response: Response,
    actor: Asking,
    services: Services,
    if_match: IfMatch = None,
) -> WorkspaceOut:
    """Rename a workspace, ask a second factor of its members, archive it. For its Admins and for operators."""
    changed = await services.directory.workspaces.change(
        actor, workspace, name=body.name, second_factor=body.second_factor, active=body.active,
        expected=expected_revision(if_match),
    )  # fmt: skip
    give_etag(response, changed.workspace.revision)
    return shown(changed)


@routes.ask("POST", "/{workspace}/admins", Permission.OPERATE, status=204)
async def appoint_admin(workspace: str, body: AdminIn, actor: Asking, services: Services) -> None:
    """Make somebody an Admin of a workspace, so that one which has lost its Admins gets another."""
    await services.directory.workspaces.appoint(actor, workspace, body.account)


def shown(one: WorkspaceShown) -> WorkspaceOut:
    """A workspace as an answer."""
    value = one.workspace.value
    return WorkspaceOut(
        id=one.workspace.id, name=value.name, active=value.active, second_factor=value.second_factor, role=one.role,
        created_by=value.created_by, created_at=one.workspace.record.created_at,
    )  # fmt: skip
