"""Signing in and out, and what the signed-in account may do."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from studio.domain.access import Actor, Permission
from studio.domain.ids import INSTANCE
from studio.server._asking import Asking, Services
from studio.server._cookies import DEVICE, SESSION, give_cookie, read_cookie, take_cookie
from studio.server._routes import Routes
from studio.server.resources.session.schemas import (
    AccountOut,
    ChallengeOut,
    MembershipOut,
    PasswordChange,
    ResetAsk,
    ResetAsked,
    ResetFinish,
    SecondStep,
    SessionChange,
    SessionOut,
    SignIn,
)
from studio.services._collection import Kept
from studio.services.people.model import Account
from studio.services.people.sessions import Challenge, SignedIn
from studio.services.platform import Platform

routes = Routes("/session", "session")
_AGE = 30 * 24 * 3600
_DEVICE_AGE = 180 * 24 * 3600


@routes.ask(
    "POST", "", Permission.PUBLIC, status=201,
    responses={202: {"model": ChallengeOut, "description": "A code of the second factor is asked for."}},
)  # fmt: skip
async def sign_in(
    body: SignIn, request: Request, response: Response, asking: Asking, services: Services
) -> SessionOut | ChallengeOut:
    """Sign in with address and password. Where the account has a second factor, 202 asks for a code of it."""
    begun = await services.sessions.sign_in(
        body.email, body.password, asking=asking, browser=body.client == "browser", old=read_cookie(request, SESSION),
        device=read_cookie(request, DEVICE),
    )  # fmt: skip
    if isinstance(begun, Challenge):
        response.status_code = 202
        return ChallengeOut(challenge=begun.secret, expires_at=begun.expires_at)
    return await begin_session(begun, request, response, services)


@routes.ask("POST", "/second", Permission.PUBLIC, status=201)
async def second_step(
    body: SecondStep, request: Request, response: Response, asking: Asking, services: Services
) -> SessionOut:
    """Give the code of the second factor, or a recovery code. Each counts once."""
    signed_in = await services.sessions.second_step(
        body.challenge, body.code, asking=asking, old=read_cookie(request, SESSION),
        device=read_cookie(request, DEVICE),
    )  # fmt: skip
    return await begin_session(signed_in, request, response, services)


@routes.ask("GET", "", Permission.SELF)
async def show_session(actor: Asking, services: Services) -> SessionOut:
    """Who is signed in, and what they may do."""
    session = await services.people.sessions.get(INSTANCE, actor.session or "")
    return await describe(actor, session.value.csrf if session is not None else None, services)


@routes.ask("PATCH", "", Permission.SELF)
async def change_session(body: SessionChange, actor: Asking, services: Services) -> SessionOut:
    """Choose another workspace for the requests that name none."""
    chosen = await services.sessions.choose(actor, body.workspace)
    session = await services.people.sessions.need(INSTANCE, actor.session or "")
    return await describe(chosen, session.value.csrf, services)


@routes.ask("DELETE", "", Permission.SELF, status=204)
async def sign_out(request: Request, response: Response, actor: Asking, services: Services) -> None:
    """Sign out."""
    await services.sessions.sign_out(actor)
    take_cookie(request, response, SESSION)


@routes.ask("POST", "/password", Permission.SELF, status=204)
async def change_password(
    body: PasswordChange, request: Request, response: Response, actor: Asking, services: Services
) -> None:
    """Change one's own password; every other session ends, and a browser gets another cookie."""
    await services.accounts.change_password(actor, body.old_password, body.password)
    await rotate(actor, request, response, services)


@routes.ask("POST", "/reset", Permission.PUBLIC, status=202)
async def ask_reset(body: ResetAsk, asking: Asking, services: Services) -> ResetAsked:
    """Ask for a link to choose another password. It is sent by mail, if there is an account with the address."""
    return ResetAsked(mail=await services.directory.resets.ask(body.email, asking=asking))


@routes.ask("POST", "/reset/finish", Permission.PUBLIC, status=204)
async def finish_reset(
    body: ResetFinish, request: Request, response: Response, asking: Asking, services: Services
) -> None:
    """Choose a password with the secret of a link, once. Every session ends; sign in anew."""
    device = read_cookie(request, DEVICE)
    fresh = await services.directory.resets.finish(body.secret, body.password, asking=asking, device=device)
    give_cookie(request, response, DEVICE, fresh, _DEVICE_AGE)


async def begin_session(signed_in: SignedIn, request: Request, response: Response, services: Platform) -> SessionOut:
    """Give a browser its cookie, and other programs their token."""
    if signed_in.csrf is not None:
        return await begin_browser_session(signed_in, request, response, services)
    actor = await _actor_of(signed_in, services)
    return (await describe(actor, None, services)).model_copy(update={"token": signed_in.token})


async def begin_browser_session(
    signed_in: SignedIn, request: Request, response: Response, services: Platform
) -> SessionOut:
    """Give the browser its cookie, and the page what it must know."""
    give_cookie(request, response, SESSION, signed_in.token, _AGE)
    if signed_in.device is not None:
        give_cookie(request, response, DEVICE, signed_in.device, _DEVICE_AGE)
    return await describe(await _actor_of(signed_in, services), signed_in.csrf, services)


async def rotate(actor: Actor, request: Request, response: Response, services: Platform) -> None:
    """Give a browser another cookie for the same session, after what somebody may has changed."""
    token = await services.sessions.rotate(actor)
    if token is not None:
        give_cookie(request, response, SESSION, token, _AGE)


async def _actor_of(signed_in: SignedIn, services: Platform) -> Actor:
    found = await services.sessions.actor(signed_in.token, "", asking=Actor())
    assert found is not None
    return found[0]


async def describe(actor: Actor, csrf: str | None, services: Platform) -> SessionOut:
    """The session as the interface wants it."""
    account = await services.people.accounts.need(INSTANCE, actor.id)
    own = await services.directory.workspaces.own(actor)
    return SessionOut(
        account=AccountOut(**account_fields(account)),
        workspace=actor.workspace,
        workspaces=[
            MembershipOut(id=one.workspace.id, name=one.workspace.value.name, role=one.role or "") for one in own
        ],
        permissions=sorted(actor.permissions),
        folders={folder: sorted(granted) for folder, granted in actor.folders.items()},
        needs_second_factor=actor.lacks_factor,
        csrf=csrf,
    )


def account_fields(account: Kept[Account]) -> dict[str, Any]:
    """What an account's owner sees of it."""
    value = account.value
    return {
        "id": account.id, "email": value.email, "name": value.name, "lang": value.lang, "operator": value.operator,
        "time_zone": value.time_zone, "second_factor": value.totp is not None,
    }  # fmt: skip
