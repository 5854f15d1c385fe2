"""Roles of a workspace."""

from __future__ import annotations

from fastapi import Response

from studio.domain.access import BY_FOLDER, GRANTABLE, ROLES, Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._routes import Routes
from studio.server.resources.roles.schemas import RoleChange, RoleIn, RoleOut, RolesOut
from studio.services._collection import Kept
from studio.services.people.model import CustomRole

routes = Routes("/roles", "roles")


@routes.ask("GET", "", Permission.MEMBER_VIEW)
async def list_roles(actor: Asking, services: Services) -> RolesOut:
    """The roles built in, those of the workspace, and the permissions that roles are made of."""
    built_in = [
        RoleOut(id=role, name=role, built_in=True, permissions=sorted(permissions))
        for role, permissions in ROLES.items()
    ]
    own = [shown(one) for one in await services.directory.roles.custom(actor)]
    return RolesOut(items=[*built_in, *own], permissions=sorted(GRANTABLE), by_folder=sorted(BY_FOLDER))


@routes.ask("POST", "", Permission.MEMBER_MANAGE, status=201)
async def create_role(body: RoleIn, response: Response, actor: Asking, services: Services) -> RoleOut:
    """Make a role. It can allow nothing that the caller may not."""
    made = await services.directory.roles.create(actor, body.name, body.permissions)
    give_etag(response, made.revision)
    return shown(made)


@routes.ask("GET", "/{role}", Permission.MEMBER_VIEW)
async def show_role(role: str, response: Response, actor: Asking, services: Services) -> RoleOut:
    """One of the workspace's own roles."""
    found = await services.directory.roles.show(actor, role)
    give_etag(response, found.revision)
    return shown(found)


@routes.ask("PATCH", "/{role}", Permission.MEMBER_MANAGE)
async def change_role(
    role: str, body: RoleChange, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> RoleOut:
    """Change a role, for everybody who has it from their next request on."""
    changed = await services.directory.roles.change(
        actor, role, name=body.name, permissions=body.permissions, expected=expected_revision(if_match)
    )
    give_etag(response, changed.revision)
    return shown(changed)


@routes.ask("DELETE", "/{role}", Permission.MEMBER_MANAGE, status=204)
async def delete_role(role: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Delete a role that nobody has."""
    await services.directory.roles.delete(actor, role, expected=expected_revision(if_match))


def shown(role: Kept[CustomRole]) -> RoleOut:
    """A role as an answer."""
    return RoleOut(id=role.id, name=role.value.name, built_in=False, permissions=sorted(role.value.permissions))
