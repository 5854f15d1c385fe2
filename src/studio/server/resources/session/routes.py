"""Signing in and out, and what the signed-in account may do."""

from __future__ import annotations

from fastapi import Request, Response

from studio.domain.access import Actor, Permission
from studio.domain.ids import INSTANCE
from studio.server._asking import COOKIE, Asking, Services
from studio.server._routes import Routes
from studio.server.resources.session.schemas import (
    AccountOut,
    MembershipOut,
    PasswordChange,
    SessionChange,
    SessionOut,
    SignIn,
)
from studio.services.people.sessions import SignedIn
from studio.services.platform import Platform

routes = Routes("/session", "session")


@routes.ask("POST", "", Permission.PUBLIC, status=201)
async def sign_in(body: SignIn, request: Request, response: Response, asking: Asking, services: Services) -> SessionOut:
    """Sign in with address and password."""
    browser = body.client == "browser"
    signed_in = await services.sessions.sign_in(body.email, body.password, asking=asking, browser=browser)
    if browser:
        return await begin_browser_session(signed_in, request, response, services)
    actor = await _actor_of(signed_in, services)
    return (await describe(actor, None, services)).model_copy(update={"token": signed_in.token})


@routes.ask("GET", "", Permission.SELF)
async def show_session(actor: Asking, services: Services) -> SessionOut:
    """Who is signed in, and what they may do."""
    session = await services.people.sessions.get(INSTANCE, actor.session or "")
    return await describe(actor, session.value.csrf if session is not None else None, services)


@routes.ask("PATCH", "", Permission.SELF)
async def change_session(body: SessionChange, actor: Asking, services: Services) -> SessionOut:
    """Choose another workspace for the requests that name none."""
    await services.sessions.choose(actor, body.workspace)
    session = await services.people.sessions.need(INSTANCE, actor.session or "")
    return await describe(actor, session.value.csrf, services)


@routes.ask("DELETE", "", Permission.SELF, status=204)
async def sign_out(response: Response, actor: Asking, services: Services) -> None:
    """Sign out."""
    await services.sessions.sign_out(actor)
    response.delete_cookie(COOKIE, path="/")


@routes.ask("POST", "/password", Permission.SELF, status=204)
async def change_password(body: PasswordChange, actor: Asking, services: Services) -> None:
    """Change one's own password; every other session ends."""
    await services.accounts.change_password(actor, body.old_password, body.password)


async def begin_browser_session(
    signed_in: SignedIn, request: Request, response: Response, services: Platform
) -> SessionOut:
    """Give the browser its cookie, and the page what it must know."""
    secure = request.url.scheme == "https" or services.settings.public_url.startswith("https:")
    response.set_cookie(
        COOKIE, signed_in.token, path="/", httponly=True, samesite="lax", secure=secure, max_age=30 * 24 * 3600
    )
    return await describe(await _actor_of(signed_in, services), signed_in.csrf, services)


async def _actor_of(signed_in: SignedIn, services: Platform) -> Actor:
    found = await services.sessions.actor(signed_in.token, "", asking=Actor())
    assert found is not None
    return found[0]


async def describe(actor: Actor, csrf: str | None, services: Platform) -> SessionOut:
    """The session as the interface wants it."""
    account = await services.people.accounts.need(INSTANCE, actor.id)
    members = await services.people.members.all(INSTANCE, field="account", value=actor.id)
    names = await services.people.workspaces.get_many(INSTANCE, [one.value.workspace for one in members])
    return SessionOut(
        account=AccountOut(
            id=account.id, email=account.value.email, name=account.value.name, lang=account.value.lang,
            operator=account.value.operator,
        ),
        workspace=actor.workspace,
        workspaces=[
            MembershipOut(id=one.value.workspace, name=names[one.value.workspace].value.name, role=one.value.role)
            for one in members
            if one.value.workspace in names
        ],
        permissions=sorted(actor.permissions),
        folders={folder: sorted(granted) for folder, granted in actor.folders.items()},
        csrf=csrf,
    )  # fmt: skip
