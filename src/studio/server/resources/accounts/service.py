"""Service accounts of a workspace."""

from __future__ import annotations

from fastapi import Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.accounts.schemas import (
    ServiceAccountChange,
    ServiceAccountIn,
    ServiceAccountOut,
)
from studio.services.people.members import MemberShown

routes = Routes("/service-accounts", "service accounts")


@routes.ask("GET", "", Permission.MEMBER_VIEW)
async def list_service_accounts(
    actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 200
) -> PageOut[ServiceAccountOut]:
    """The service accounts of the workspace."""
    found = await services.directory.service_accounts.all(actor)
    page, following = page_of(found, lambda one: one.account.id, cursor, limit)
    return PageOut(items=[shown(one) for one in page], next=following)


@routes.ask("POST", "", Permission.MEMBER_MANAGE, status=201)
async def create_service_account(
    body: ServiceAccountIn, response: Response, actor: Asking, services: Services
) -> ServiceAccountOut:
    """Make a service account: it has no password and no session, API keys act for it."""
    made = await services.directory.service_accounts.create(actor, body.name, body.role)
    give_etag(response, made.account.revision)
    return shown(made)


@routes.ask("GET", "/{account}", Permission.MEMBER_VIEW)
async def show_service_account(
    account: str, response: Response, actor: Asking, services: Services
) -> ServiceAccountOut:
    """One service account."""
    found = await services.directory.service_accounts.show(actor, account)
    give_etag(response, found.account.revision)
    return shown(found)


@routes.ask("PATCH", "/{account}", Permission.MEMBER_MANAGE)
async def change_service_account(
    account: str,
    body: ServiceAccountChange,
    response: Response,
    actor: Asking,
    services: Services,
    if_match: IfMatch = None,
) -> ServiceAccountOut:
    """Rename a service account, or turn it off or on. Keys of one that is off do nothing."""
    changed = await services.directory.service_accounts.change(
        actor, account, name=body.name, active=body.active, expected=expected_revision(if_match)
    )
    give_etag(response, changed.account.revision)
    return shown(changed)


@routes.ask("DELETE", "/{account}", Permission.MEMBER_MANAGE, status=204)
async def delete_service_account(account: str, actor: Asking, services: Services) -> None:
    """Delete a service account for good. Its keys do nothing from then on."""
    await services.directory.service_accounts.delete(actor, account)


def shown(one: MemberShown) -> ServiceAccountOut:
    """A service account as an answer."""
    member, account = one.member.value, one.account.value
    return ServiceAccountOut(
        id=one.account.id, name=account.name, active=account.active, role=member.role, folders=dict(member.folders),
        groups=list(member.groups), created_at=one.account.record.created_at,
    )  # fmt: skip
