"""Members of a workspace."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.members.schemas import (
    EndedOut,
    HandedOut,
    HandOverIn,
    HoldingOut,
    LeaveIn,
    LeaveOut,
    LinkOut,
    MemberChange,
    MemberOut,
    PlaceLeft,
)
from studio.services.people.members import MemberShown
from studio.services.people.offboarding import Plan

routes = Routes("/members", "members")


@routes.ask("GET", "", Permission.MEMBER_VIEW)
async def list_members(
    actor: Asking,
    services: Services,
    q: Annotated[str, Query(max_length=200, description="Only those with this in name or address.")] = "",
    group: Annotated[str | None, Query(max_length=64, description="Only members of this group.")] = None,
    role: Annotated[str | None, Query(max_length=64, description="Only those with this role of their own.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOut[MemberOut]:
    """The members of the workspace, by name."""
    page = await services.directory.members.listed(
        actor, text=q, group=group, role=role, after=decode_cursor(cursor), limit=limit
    )
    return PageOut(items=[shown(one) for one in page.items], next=encode_cursor(page.after))


@routes.ask("GET", "/{account}", Permission.MEMBER_VIEW)
async def show_member(account: str, response: Response, actor: Asking, services: Services) -> MemberOut:
    """One member."""
    found = await services.directory.members.show(actor, account)
    give_etag(response, found.member.revision)
    return shown(found)


@routes.ask("PATCH", "/{account}", Permission.MEMBER_MANAGE)
async def change_member(
    account: str, body: MemberChange, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> MemberOut:
    """Give a member another role, other folder roles, other groups. It holds from their next request on.

    Nobody gives rights that they do not have, and nobody changes a member who may more than they do.
    """
    changed = await services.directory.members.change(
        actor, account, role=body.role, folders=body.folders, groups=body.groups, expected=expected_revision(if_match)
    )
    give_etag(response, changed.member.revision)
    return shown(changed)


@routes.ask("DELETE", "/{account}", Permission.MEMBER_MANAGE, status=204)
async def remove_member(account: str, actor: Asking, services: Services) -> None:
    """End a membership. What the member owns stays theirs until it is handed over; to do it all: off-boarding."""
    await services.directory.members.remove(actor, account)


@routes.ask("DELETE", "/{account}/sessions", Permission.MEMBER_MANAGE)
async def end_member_sessions(account: str, actor: Asking, services: Services) -> EndedOut:
    """Sign a member out everywhere."""
    return EndedOut(ended=await services.directory.open_sessions.end_of_member(actor, account))


@routes.ask("POST", "/{account}/reset-link", Permission.MEMBER_MANAGE, status=201, repeatable=False)
async def make_member_reset_link(account: str, actor: Asking, services: Services) -> LinkOut:
    """A link by which a member chooses a password, valid for a day. Pass it on; it is not shown again."""
    return LinkOut(link=await services.directory.resets.link_for_member(actor, account))


@routes.ask("DELETE", "/{account}/second-factor", Permission.MEMBER_MANAGE, status=204)
async def reset_member_second_factor(account: str, actor: Asking, services: Services) -> None:
    """Turn the second factor of a member off who has lost it. They are signed out everywhere."""
    await services.directory.second_factor.reset_of_member(actor, account)


@routes.ask("POST", "/{account}/handover", Permission.MEMBER_MANAGE)
async def hand_over(account: str, body: HandOverIn, actor: Asking, services: Services) -> HandedOut:
    """Give everything that a member owns in the workspace to another one."""
    return HandedOut(handed=await services.directory.offboardings.hand_over(actor, account, body.to))


@routes.ask("GET", "/{account}/offboarding", Permission.MEMBER_MANAGE)
async def plan_offboarding(
    account: str,
    actor: Asking,
    services: Services,
    heir: Annotated[str | None, Query(max_length=64, description="Who would take over.")] = None,
) -> LeaveOut:
    """What it means that a member leaves the workspace. Nothing is changed."""
    return leave(await services.directory.offboardings.plan_member(actor, account, heir))


@routes.ask("POST", "/{account}/offboarding", Permission.MEMBER_MANAGE)
async def offboard_member(account: str, body: LeaveIn, actor: Asking, services: Services) -> LeaveOut:
    """Let a member leave the workspace: sessions, keys and all else that lets them in ends, what they own is handed on.

    Done at once in one transaction, unless there is very much; called again it goes on where it was interrupted.
    """
    return leave(await services.directory.offboardings.offboard_member(actor, account, body.heir))


def shown(one: MemberShown) -> MemberOut:
    """A member as an answer."""
    member, account = one.member.value, one.account.value
    return MemberOut(
        id=one.account.id, name=account.name, email=account.email,
        kind="person" if account.service_of is None else "service", active=account.active,
        second_factor=account.totp is not None, role=member.role, folders=dict(member.folders),
        groups=list(member.groups), since=one.member.record.created_at,
    )  # fmt: skip


def leave(plan: Plan) -> LeaveOut:
    """A leave as an answer."""
    places = [
        PlaceLeft(
            workspace=one.workspace, name=one.name, role=one.role, heir=one.heir, needs_heir=one.needs_heir,
            last_admin=one.last_admin,
            holdings=[
                HoldingOut(kind=held.kind, id=held.id, name=held.name, fate=held.fate.value) for held in one.holdings
            ],
        )
        for one in plan.places
    ]  # fmt: skip
    needed = plan.last_operator is not None
    stuck = needed or any(one.last_admin or (one.needs_heir and one.heir is None) for one in plan.places)
    return LeaveOut(
        account=plan.account.id, name=plan.account.value.name, sessions=plan.sessions, deactivate=plan.deactivate,
        last_operator=needed, possible=not stuck, workspaces=places,
    )  # fmt: skip
