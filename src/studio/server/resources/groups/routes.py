"""Groups of a workspace."""

from __future__ import annotations

import msgspec
from fastapi import Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.groups.schemas import (
    ChangedOut,
    GroupChange,
    GroupIn,
    GroupMembersIn,
    GroupOut,
)
from studio.services._collection import Kept
from studio.services.people.model import Group

routes = Routes("/groups", "groups")


@routes.ask("GET", "", Permission.MEMBER_VIEW)
async def list_groups(
    actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 200
) -> PageOut[GroupOut]:
    """The groups of the workspace. Who is in one: `GET /members?group=…`."""
    sizes = await services.directory.groups.sizes(actor)
    page, following = page_of(await services.directory.groups.all(actor), lambda one: one.id, cursor, limit)
    return PageOut(items=[shown(one, sizes.get(one.id, 0)) for one in page], next=following)


@routes.ask("POST", "", Permission.MEMBER_MANAGE, status=201)
async def create_group(body: GroupIn, response: Response, actor: Asking, services: Services) -> GroupOut:
    """Make a group. It can give nothing that the caller may not."""
    made = await services.directory.groups.create(actor, body.name, role=body.role, folders=body.folders)
    give_etag(response, made.revision)
    return shown(made, 0)


@routes.ask("GET", "/{group}", Permission.MEMBER_VIEW)
async def show_group(group: str, response: Response, actor: Asking, services: Services) -> GroupOut:
    """One group."""
    found = await services.directory.groups.show(actor, group)
    give_etag(response, found.revision)
    return shown(found, (await services.directory.groups.sizes(actor)).get(group, 0))


@routes.ask("PATCH", "/{group}", Permission.MEMBER_MANAGE)
async def change_group(
    group: str, body: GroupChange, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> GroupOut:
    """Change a group, for everybody in it from their next request on."""
    role = body.role if "role" in body.model_fields_set else msgspec.UNSET
    changed = await services.directory.groups.change(
        actor, group, name=body.name, role=role, folders=body.folders, expected=expected_revision(if_match)
    )
    give_etag(response, changed.revision)
    return shown(changed, (await services.directory.groups.sizes(actor)).get(group, 0))


@routes.ask("DELETE", "/{group}", Permission.MEMBER_MANAGE, status=204)
async def delete_group(group: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Delete a group. Its members stay in the workspace and lose what it gave."""
    await services.directory.groups.delete(actor, group, expected=expected_revision(if_match))


@routes.ask("POST", "/{group}/members", Permission.MEMBER_MANAGE)
async def change_group_members(group: str, body: GroupMembersIn, actor: Asking, services: Services) -> ChangedOut:
    """Add members to a group and take others out: all of them, or none where one is refused."""
    return ChangedOut(changed=await services.directory.groups.set_members(actor, group, body.add, body.remove))


def shown(group: Kept[Group], members: int) -> GroupOut:
    """A group as an answer."""
    value = group.value
    return GroupOut(
        id=group.id, name=value.name, role=value.role, folders=dict(value.folders), external_id=value.external_id,
        members=members,
    )  # fmt: skip
