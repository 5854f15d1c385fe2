"""Accounts of the instance, for operators."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor, page_of
from studio.server._routes import Routes
from studio.server.resources.accounts.schemas import (
    AccountChange,
    AccountIn,
    AccountMadeOut,
    AccountShownOut,
    BelongingOut,
    LeaveOpen,
    OperatedAccountOut,
)
from studio.server.resources.members.routes import leave
from studio.server.resources.members.schemas import EndedOut, LeaveEverywhereIn, LeaveOut, LinkOut
from studio.services._collection import Kept
from studio.services.people.model import Account

routes = Routes("/accounts", "accounts")


@routes.ask("GET", "", Permission.OPERATE)
async def list_accounts(
    services: Services,
    q: Annotated[str, Query(max_length=200, description="Only those with this in name or address.")] = "",
    active: Annotated[bool | None, Query(description="Only those that are, or are not.")] = None,
    operator: Annotated[bool | None, Query(description="Only those who are, or are not.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOut[OperatedAccountOut]:
    """The persons of the instance, by name."""
    page = await services.directory.operating.listed(
        text=q, active=active, operator=operator, after=decode_cursor(cursor), limit=limit
    )
    return PageOut(items=[shown(one) for one in page.items], next=encode_cursor(page.after))


@routes.ask("POST", "", Permission.OPERATE, status=201)
async def create_account(body: AccountIn, response: Response, actor: Asking, services: Services) -> AccountMadeOut:
    """Make an account that belongs to no workspace yet, and a link by which its owner chooses a password."""
    made, link = await services.directory.operating.create(actor, body.email, body.name)
    give_etag(response, made.revision)
    return AccountMadeOut(**shown(made).model_dump(), link=link)


@routes.ask("GET", "/leaves", Permission.OPERATE)
async def list_open_leaves(services: Services, cursor: Cursor = None, limit: Limit = 50) -> PageOut[LeaveOpen]:
    """Off-boardings that were interrupted, the oldest first."""
    page, following = page_of(await services.directory.offboardings.open(), lambda one: one.id, cursor, limit)
    items = [
        LeaveOpen(
            account=one.value.account, workspaces=one.value.workspaces, heirs=one.value.heirs, by=one.value.by,
            begun_at=one.record.created_at,
        )
        for one in page
    ]  # fmt: skip
    return PageOut(items=items, next=following)


@routes.ask("GET", "/{account}", Permission.OPERATE)
async def show_account(account: str, response: Response, services: Services) -> AccountShownOut:
    """One account with its memberships."""
    found = await services.directory.operating.show(account)
    give_etag(response, found.revision)
    belongings = [
        BelongingOut(
            workspace=one.workspace.id, name=one.workspace.value.name, active=one.workspace.value.active,
            role=one.member.role, groups=list(one.member.groups),
        )
        for one in await services.directory.operating.belongings(account)
    ]  # fmt: skip
    return AccountShownOut(**shown(found).model_dump(), memberships=belongings)


@routes.ask("PATCH", "/{account}", Permission.OPERATE)
async def change_account(
    account: str, body: AccountChange, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> OperatedAccountOut:
    """Rename somebody, change their address, let them in no more or again, make or unmake them an operator.

    The last active operator stays one.
    """
    changed = await services.directory.operating.change(
        actor, account, name=body.name, email=body.email, active=body.active, operator=body.operator,
        expected=expected_revision(if_match),
    )  # fmt: skip
    give_etag(response, changed.revision)
    return shown(changed)


@routes.ask("DELETE", "/{account}/sessions", Permission.OPERATE)
async def end_account_sessions(account: str, actor: Asking, services: Services) -> EndedOut:
    """Sign somebody out everywhere."""
    return EndedOut(ended=await services.directory.open_sessions.end_of(actor, account))


@routes.ask("POST", "/{account}/reset-link", Permission.OPERATE, status=201, repeatable=False)
async def make_account_reset_link(account: str, actor: Asking, services: Services) -> LinkOut:
    """A link by which somebody chooses a password, valid for a day. Pass it on; it is not shown again."""
    return LinkOut(link=await services.directory.resets.link_for(actor, account))


@routes.ask("DELETE", "/{account}/second-factor", Permission.OPERATE, status=204)
async def reset_account_second_factor(account: str, actor: Asking, services: Services) -> None:
    """Turn the second factor of somebody off who has lost it. They are signed out everywhere."""
    await services.directory.second_factor.reset(actor, account)


@routes.ask("POST", "/{account}/offboarding/preview", Permission.OPERATE)
async def plan_account_offboarding(
    account: str, body: LeaveEverywhereIn, actor: Asking, services: Services
) -> LeaveOut:
    """What it means that somebody leaves the instance. Nothing is changed."""
    return leave(await services.directory.offboardings.plan_account(actor, account, body.heirs, body.heir))


@routes.ask("POST", "/{account}/offboarding", Permission.OPERATE)
async def offboard_account(account: str, body: LeaveEverywhereIn, actor: Asking, services: Services) -> LeaveOut:
    """Let somebody leave the instance: every workspace, and no sign-in any more."""
    return leave(await services.directory.offboardings.offboard_account(actor, account, body.heirs, body.heir))


@routes.ask("POST", "/{account}/offboarding/resume", Permission.OPERATE, status=204)
async def resume_offboarding(account: str, actor: Asking, services: Services) -> None:
    """Go on with an off-boarding that was interrupted."""
    await services.directory.offboardings.resume(actor, account)


def shown(account: Kept[Account]) -> OperatedAccountOut:
    """An account as an answer."""
    value = account.value
    return OperatedAccountOut(
        id=account.id, name=value.name, email=value.email, active=value.active, operator=value.operator,
        verified=value.verified, second_factor=value.totp is not None, lang=value.lang, external_id=value.external_id,
        created_at=account.record.created_at,
    )  # fmt: skip
