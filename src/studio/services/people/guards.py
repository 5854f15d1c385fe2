"""Who may be given what, by whom, and that there is always somebody who can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio.contracts.records import Change, Check
from studio.domain.access import Actor, ActorKind, Permission, Role
from studio.domain.errors import AccessRefused, Conflict, NotFound
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.people.model import BY_PROVIDER, Group, Member, People, member_id
from studio.services.people.rights import permissions_of_role, rights_of
from studio.services.policy import require_grantable
from studio.services.workflows.model import Shelf

MAX_GRANTS = 200
"""Folder grants of one member or group."""


async def require_roles(
    people: People, actor: Actor, workspace: str, role: str | None, folders: Mapping[str, str]
) -> list[Change]:
    """Make sure that the actor may give a role and folder roles in a workspace; the conditions under which that holds.

    Raises:
        NotFound: There is no such role or folder in it.
        AccessRefused: One of them allows more than the actor may.
        Conflict: There are too many.
    """
    if len(folders) > MAX_GRANTS:
        raise Conflict("member.too_many_folders", "At most {most} folders can be granted.", most=MAX_GRANTS)
    held: list[Change] = []
    roles = [*folders.values()] if role is None else [role, *folders.values()]
    for one in dict.fromkeys(roles):
        try:
            require_grantable(actor, await permissions_of_role(people, workspace, one))
        except NotFound as error:
            raise error.at(param="role" if one == role else "folders") from None
        custom = None if one in tuple(Role) else await people.roles.get(workspace, one)
        if custom is not None:
            # Somebody who makes the role larger meanwhile has not decided about this member.
            held.append(people.roles.check(workspace, one, custom.revision))
    known = await Shelf(people.records).folders.get_many(workspace, list(folders))
    for folder in folders:
        if folder not in known:
            raise NotFound("folder.not_found", "There is no folder {id}.", id=folder).at(param="folders")
    return held


async def require_groups(people: People, actor: Actor, workspace: str, groups: Iterable[str]) -> list[Change]:
    """Make sure that the actor may make somebody a member of groups; the conditions under which that holds.

    Raises:
        NotFound: There is no such group in the workspace.
        AccessRefused: A group allows more than the actor may.
    """
    wanted = list(dict.fromkeys(groups))
    found = await people.groups.get_many(workspace, wanted)
    held: list[Change] = []
    for id in wanted:
        group = found.get(id)
        if group is None:
            raise NotFound("group.not_found", "There is no group {id}.", id=id).at(param="groups")
        roles = [*group.value.folders.values()]
        if group.value.role:
            roles.append(group.value.role)
        for role in dict.fromkeys(roles):
            try:
                require_grantable(actor, await permissions_of_role(people, workspace, role))
            except NotFound:
                continue  # a role that is gone gives nothing
        held.append(people.groups.check(workspace, id, group.revision))
    return held


async def require_power_over(people: People, actor: Actor, workspace: str, account: str) -> None:
    """Nobody changes, removes or signs out a member who may more than they do themselves.

    Raises:
        AccessRefused: The member may more.
    """
    rights = await rights_of(people, workspace, account)
    if rights is None or account == actor.id:
        return
    everywhere, by_folder = rights
    theirs = everywhere.union(*by_folder.values())
    if not actor.operator and not theirs <= actor.permissions:
        raise AccessRefused("member.mightier", "This member may do more than you. Ask somebody who may as much.")


async def require_power_over_account(people: People, actor: Actor, account: str) -> None:
    """Whoever lets a person in anew (by a link, without second factor) could be that person: so they must be allowed
    everything that the person is, wherever that person belongs.

    Raises:
        AccessRefused: The person operates the instance, or belongs to a workspace where the actor may less.
    """
    if actor.operator:
        return
    found = await people.accounts.need(INSTANCE, account)
    members = await people.members.all(INSTANCE, field="account", value=account)
    allowed = not found.value.operator
    for member in members:
        theirs = await rights_of(people, member.value.workspace, account)
        own = await own_permissions(people, actor, member.value.workspace)
        # Of an archived workspace nobody has rights now, but what the person may there comes back with it.
        if theirs is None or Permission.MEMBER_MANAGE not in own or not theirs[0].union(*theirs[1].values()) <= own:
            allowed = False
    if not allowed:
        raise AccessRefused(
            "member.elsewhere",
            "This person may do things elsewhere that you may not. Ask an operator of this Studio.",
        )


async def own_permissions(people: People, actor: Actor, workspace: str) -> frozenset[Permission]:
    """What the actor may in a workspace. An API key may nothing outside its own."""
    if workspace == actor.workspace:
        return actor.permissions
    if actor.kind is not ActorKind.PERSON:
        return frozenset()
    rights = await rights_of(people, workspace, actor.id)
    if rights is None or await lacks_factor(people, workspace, actor):
        return frozenset()
    return rights[0]


async def lacks_factor(people: People, workspace: str, actor: Actor) -> bool:
    """Whether a workspace asks for a second factor that somebody who has signed in has not set up."""
    place = await people.workspaces.get(INSTANCE, workspace)
    if place is None or not place.value.second_factor:
        return False
    account = await people.accounts.get(INSTANCE, actor.id)
    session = await people.sessions.get(INSTANCE, actor.session or "")
    by_provider = session is not None and session.value.way in BY_PROVIDER
    return (account is None or account.value.totp is None) and not by_provider


def require_person(actor: Actor) -> None:
    """Keep what concerns the person from API keys that act for them.

    Raises:
        AccessRefused: It is no person's session.
    """
    if actor.kind is not ActorKind.PERSON or actor.session is None:
        raise AccessRefused("access.person_only", "Only a person who has signed in can do this, no API key.")


async def keep_an_admin(
    people: People,
    workspace: str,
    *,
    members: Mapping[str, Member | None] | None = None,
    groups: Mapping[str, Group | None] | None = None,
) -> list[Change]:
    """The conditions under which a workspace still has an Admin after a change; none where the change takes none away.

    Args:
        people: Where they are kept.
        workspace: Which.
        members: Memberships as they will be, by account; None for one that ends.
        groups: Groups as they will be, by id; None for one that ends.

    Raises:
        Conflict: It takes the last active Admin away.
    """
    place = await people.workspaces.get(INSTANCE, workspace)
    if place is None or not place.value.active:
        # Nobody has rights in an archived one; whoever takes it into use again appoints somebody.
        return [] if place is None else [people.workspaces.check(INSTANCE, workspace, place.revision)]
    members, groups = members or {}, groups or {}
    all_groups = {one.id: one for one in await people.groups.all(workspace)}
    admin_groups = {id for id, one in all_groups.items() if one.value.role == Role.ADMIN}
    later = {id for id in admin_groups if id not in groups}
    later |= {id for id, one in groups.items() if one is not None and one.role == Role.ADMIN}
    lost = False
    left: list[Kept[Member]] = []
    for kept in await people.members.all(INSTANCE, parent=workspace):
        changed = members.get(kept.value.account, kept.value)
        before = _is_admin(kept.value, admin_groups)
        after = changed is not None and _is_admin(changed, later)
        lost = lost or (before and not after)
        if after:
            left.append(kept)
    if not lost:
        return []
    accounts = await people.accounts.get_many(INSTANCE, [one.value.account for one in left])
    for kept in left:
        account = accounts.get(kept.value.account)
        if account is None or not account.value.active or account.value.service_of is not None:
            continue
        held: list[Change] = [people.accounts.check(INSTANCE, account.id, account.revision)]
        if kept.value.account not in members:
            held.append(people.members.check(INSTANCE, kept.id, kept.revision))
        through = [id for id in kept.value.groups if id in later and id not in groups]
        if kept.value.role != Role.ADMIN and through:
            held.append(people.groups.check(workspace, through[0], all_groups[through[0]].revision))
        return held
    raise Conflict("member.last_admin", "The workspace would be without an Admin. Make somebody else one first.")


def _is_admin(member: Member, groups: set[str]) -> bool:
    return member.role == Role.ADMIN or any(group in groups for group in member.groups)


def without_doubles(changes: Iterable[Change]) -> list[Change]:
    """The changes, without conditions that stand twice or about what is changed itself under a condition."""
    out: dict[tuple[str, str, str], Change] = {}
    for change in changes:
        at = (change.workspace, change.kind, change.id)
        if not isinstance(change, Check) or at not in out:
            out[at] = change
    return list(out.values())


async def need_member(people: People, workspace: str, account: str) -> Kept[Member]:
    """A membership.

    Raises:
        NotFound: The account is no member of the workspace.
    """
    found = await people.members.get(INSTANCE, member_id(workspace, account))
    if found is None:
        raise NotFound("member.not_found", "There is no member {id}.", id=account)
    return found
