"""What an account may do in a workspace, by its roles as they stand now."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.access import GRANTABLE, ROLES, Permission, Role
from studio.domain.errors import NotFound
from studio.domain.ids import INSTANCE
from studio.services.people.model import Member, People, member_id

Rights = tuple[frozenset[Permission], dict[str, frozenset[Permission]]]


async def rights_of(people: People, workspace: str, account: str) -> Rights | None:
    """Permissions in the workspace and, beyond them, by folder.

    None where the account does not belong to it, or it is archived.
    """
    found = await people.members.get(INSTANCE, member_id(workspace, account))
    if found is None:
        return None
    place = await people.workspaces.get(INSTANCE, workspace)
    if place is None or not place.value.active:
        return None
    return await rights_of_member(people, workspace, found.value)


async def rights_of_member(people: People, workspace: str, member: Member) -> Rights:
    """The same for a membership that was read already."""
    groups = await people.groups.get_many(workspace, member.groups)
    roles = [member.role, *(group.value.role for group in groups.values() if group.value.role)]
    by_folder: list[tuple[str, str]] = list(member.folders.items())
    for group in groups.values():
        by_folder += group.value.folders.items()
    known = await _permissions(people, workspace, [*roles, *(role for _, role in by_folder)])
    everywhere = frozenset[Permission]().union(*(known[role] for role in roles))
    folders: dict[str, frozenset[Permission]] = {}
    for folder, role in by_folder:
        folders[folder] = folders.get(folder, frozenset()) | known[role]
    return everywhere, folders


async def _permissions(people: People, workspace: str, roles: Sequence[str]) -> dict[str, frozenset[Permission]]:
    """Permissions by role. A custom role that is gone gives none."""
    known: dict[str, frozenset[Permission]] = {str(role): permissions for role, permissions in ROLES.items()}
    custom = [role for role in dict.fromkeys(roles) if role not in known]
    found = await people.roles.get_many(workspace, custom)
    for role in custom:
        kept = found.get(role)
        given = kept.value.permissions if kept is not None else []
        known[role] = frozenset(one for one in GRANTABLE if one.value in given)
    return known


async def permissions_of_role(people: People, workspace: str, role: str) -> frozenset[Permission]:
    """What a role allows.

    Raises:
        NotFound: There is no such role in the workspace.
    """
    if role in tuple(Role):
        return ROLES[Role(role)]
    found = await people.roles.get(workspace, role)
    if found is None:
        raise NotFound("role.not_found", "There is no role {role}.", role=role)
    return frozenset(one for one in GRANTABLE if one.value in found.value.permissions)
