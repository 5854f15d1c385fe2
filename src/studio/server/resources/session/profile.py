"""One's own account: name, address, second factor, sessions, data."""

from __future__ import annotations

from fastapi import Request, Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._cookies import SESSION, take_cookie
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.members.schemas import EndedOut
from studio.server.resources.session.routes import account_fields, rotate
from studio.server.resources.session.schemas import (
    CodeIn,
    EmailAsk,
    EnrolmentOut,
    LinkSecret,
    OpenSessionOut,
    OwnData,
    PasswordAgain,
    ProfileChange,
    ProfileOut,
    RecoveryCodesOut,
)
from studio.services._collection import Kept
from studio.services.people.model import Account

routes = Routes("/profile", "profile")


@routes.ask("GET", "", Permission.SELF)
async def show_profile(response: Response, actor: Asking, services: Services) -> ProfileOut:
    """One's own account."""
    account = await services.accounts.own(actor)
    give_etag(response, account.revision)
    return shown(account)


@routes.ask("PATCH", "", Permission.SELF)
async def change_profile(
    body: ProfileChange, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> ProfileOut:
    """Change one's own name, language or time zone."""
    account = await services.accounts.change(
        actor, name=body.name, lang=body.lang, time_zone=body.time_zone, expected=expected_revision(if_match)
    )
    give_etag(response, account.revision)
    return shown(account)


@routes.ask("GET", "/export", Permission.SELF)
async def export_own_data(response: Response, actor: Asking, services: Services) -> OwnData:
    """Everything that Studio keeps about the caller."""
    response.headers["content-disposition"] = 'attachment; filename="studio-own-data.json"'
    return OwnData(**await services.directory.exporting.own_data(actor))


@routes.ask("POST", "/email", Permission.SELF, status=202)
async def ask_email_change(body: EmailAsk, actor: Asking, services: Services) -> None:
    """Ask for another address: a link is sent there. The answer is the same whether it has an account already."""
    await services.directory.resets.ask_email(actor, body.email, body.password)


@routes.ask("POST", "/email/confirm", Permission.SELF)
async def confirm_email(body: LinkSecret, actor: Asking, services: Services) -> ProfileOut:
    """Make the address of a link one's own."""
    return shown(await services.directory.resets.confirm_email(actor, body.secret))


@routes.ask("POST", "/second-factor", Permission.SELF, status=201, repeatable=False)
async def enrol_second_factor(body: PasswordAgain, actor: Asking, services: Services) -> EnrolmentOut:
    """Begin to set up a second factor (TOTP). It counts once a first code confirms it."""
    return EnrolmentOut.model_validate(await services.directory.second_factor.enrol(actor, body.password))


@routes.ask("POST", "/second-factor/confirm", Permission.SELF)
async def confirm_second_factor(
    body: CodeIn, request: Request, response: Response, actor: Asking, services: Services
) -> RecoveryCodesOut:
    """Turn the second factor on with a first code. Every other session ends."""
    codes = await services.directory.second_factor.confirm(actor, body.code)
    await rotate(actor, request, response, services)
    return RecoveryCodesOut(codes=codes)


@routes.ask("POST", "/second-factor/recovery-codes", Permission.SELF)
async def make_recovery_codes(body: PasswordAgain, actor: Asking, services: Services) -> RecoveryCodesOut:
    """Make other recovery codes. Those from before work no more."""
    return RecoveryCodesOut(codes=await services.directory.second_factor.new_codes(actor, body.password))


@routes.ask("POST", "/second-factor/disable", Permission.SELF, status=204)
async def disable_second_factor(
    body: PasswordAgain, request: Request, response: Response, actor: Asking, services: Services
) -> None:
    """Turn one's own second factor off. Every other session ends."""
    await services.directory.second_factor.disable(actor, body.password)
    await rotate(actor, request, response, services)


@routes.ask("GET", "/sessions", Permission.SELF)
async def list_own_sessions(
    actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 50
) -> PageOut[OpenSessionOut]:
    """Where one is signed in, the session used last first."""
    page, following = page_of(await services.directory.open_sessions.own(actor), lambda one: one.id, cursor, limit)
    items = [
        OpenSessionOut(
            id=one.id, ip=one.value.ip, agent=one.value.agent,
            kind="program" if one.value.csrf is None else "browser", way=one.value.way,
            second_factor=one.value.factor, workspace=one.value.workspace, signed_in_at=one.value.signed_in_at,
            seen_at=one.value.seen_at, current=one.id == actor.session,
        )
        for one in page
    ]  # fmt: skip
    return PageOut(items=items, next=following)


@routes.ask("DELETE", "/sessions", Permission.SELF)
async def end_other_sessions(actor: Asking, services: Services) -> EndedOut:
    """Sign out everywhere else."""
    return EndedOut(ended=await services.directory.open_sessions.end_others(actor))


@routes.ask("DELETE", "/sessions/{session}", Permission.SELF, status=204)
async def end_own_session(
    session: str, request: Request, response: Response, actor: Asking, services: Services
) -> None:
    """End one of one's own sessions."""
    await services.directory.open_sessions.end_own(actor, session)
    if session == actor.session:
        take_cookie(request, response, SESSION)


def shown(account: Kept[Account]) -> ProfileOut:
    """One's own account as an answer."""
    return ProfileOut(
        **account_fields(account), verified=account.value.verified, recovery_codes=len(account.value.recovery)
    )
