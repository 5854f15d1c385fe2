"""Invitations to a workspace."""

from __future__ import annotations

from fastapi import Request, Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.invitations.schemas import (
    InvitationIn,
    InvitationOut,
    InvitedOut,
    JoinedOut,
    NewcomerIn,
    OfferOut,
    SecretIn,
)
from studio.server.resources.session.routes import begin_browser_session
from studio.server.resources.session.schemas import SessionOut
from studio.services._collection import Kept
from studio.services.people.model import Ticket

routes = Routes("/invitations", "invitations")


@routes.ask("GET", "", Permission.MEMBER_MANAGE)
async def list_invitations(
    actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 200
) -> PageOut[InvitationOut]:
    """The invitations to the workspace that wait for an answer."""
    page, following = page_of(await services.directory.invitations.waiting(actor), lambda one: one.id, cursor, limit)
    return PageOut(items=[shown(one) for one in page], next=following)


@routes.ask("POST", "", Permission.MEMBER_MANAGE, status=201)
async def invite(body: InvitationIn, actor: Asking, services: Services) -> InvitedOut:
    """Invite somebody by address. It is sent by mail where a mail server is set up; else its link is shown, once.

    It holds for seven days, once, and as long as whoever made it may give that role.
    """
    invited = await services.directory.invitations.invite(actor, body.email, body.role)
    return InvitedOut(**shown(invited.invitation).model_dump(), link=invited.link)


@routes.ask("DELETE", "/{invitation}", Permission.MEMBER_MANAGE, status=204)
async def revoke_invitation(invitation: str, actor: Asking, services: Services) -> None:
    """Make an invitation void."""
    await services.directory.invitations.revoke(actor, invitation)


@routes.ask("POST", "/look", Permission.PUBLIC)
async def look_at_invitation(body: SecretIn, services: Services) -> OfferOut:
    """What an invitation offers, for whoever has its link."""
    return OfferOut.model_validate(await services.directory.invitations.look(body.secret))


@routes.ask("POST", "/join", Permission.PUBLIC, status=201)
async def join(
    body: NewcomerIn, request: Request, response: Response, asking: Asking, services: Services
) -> SessionOut:
    """Take an invitation with a new account, which is signed in."""
    account = await services.directory.invitations.accept_anew(
        body.secret, name=body.name, password=body.password, asking=asking
    )
    signed_in = await services.sessions.begin(account, asking=asking, browser=True, way="invitation")
    return await begin_browser_session(signed_in, request, response, services)


@routes.ask("POST", "/accept", Permission.SELF)
async def accept_invitation(body: SecretIn, actor: Asking, services: Services) -> JoinedOut:
    """Take an invitation with the account that has the invited address and is signed in."""
    return JoinedOut(workspace=await services.directory.invitations.accept(actor, body.secret))


def shown(ticket: Kept[Ticket]) -> InvitationOut:
    """An invitation as an answer."""
    value = ticket.value
    return InvitationOut(
        id=ticket.id, email=value.email or "", role=value.role or "", made_by=value.made_by, mailed=value.mailed,
        created_at=ticket.record.created_at, expires_at=ticket.record.expires_at or 0,
    )  # fmt: skip
