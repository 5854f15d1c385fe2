"""Signing in through an identity provider."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._cookies import SESSION, is_secure, read_cookie, take_cookie
from studio.server._routes import Routes
from studio.server.resources.session.routes import begin_browser_session
from studio.server.resources.sso.schemas import AddressOut, SignInWayOut, SignInWaysOut
from studio.services.platform import Platform
from studio.services.sso.flows import LASTS, Answer, Begun

FLOW_COOKIE = "studio_sso"
_PATH = "/api/v1/session/oidc"
Page = Annotated[str, Query(max_length=1000, description="The page of Studio to come back to.", examples=["/"])]

routes = Routes("/session", "session")


@routes.ask("GET", "/providers", Permission.PUBLIC)
async def list_sign_in_ways(services: Services) -> SignInWaysOut:
    """The identity providers that one can sign in with, and whether passwords count."""
    found = [one for one in await services.sso.providers.all() if one.value.active]
    items = [SignInWayOut(id=one.id, name=one.value.name, url=f"{_PATH}/{one.id}") for one in found]
    return SignInWaysOut(items=items, password=not any(one.value.enforced for one in found))


@routes.ask("GET", "/oidc/{provider}", Permission.PUBLIC, status=303, response_class=RedirectResponse)
async def sign_in_with_provider(
    provider: str, request: Request, asking: Asking, services: Services, return_to: Page = "/"
) -> Response:
    """Go to a provider to sign in. Open it in the browser."""
    begun = await services.sso.flows.begin(
        asking, provider, redirect_uri=redirect_uri(services, provider), return_to=return_to
    )
    response = RedirectResponse(begun.url, 303)
    _give_cookie(begun, request, response)
    return response


@routes.ask("POST", "/oidc/{provider}/connect", Permission.SELF)
async def connect_provider(
    provider: str, request: Request, response: Response, actor: Asking, services: Services, return_to: Page = "/"
) -> AddressOut:
    """Begin to connect a provider to one's own account; the browser goes to the address in the answer."""
    begun = await services.sso.flows.begin(
        actor, provider, redirect_uri=redirect_uri(services, provider), return_to=return_to, connect=True
    )
    _give_cookie(begun, request, response)
    return AddressOut(url=begun.url)


@routes.ask("GET", "/oidc/{provider}/callback", Permission.PUBLIC, status=303, response_class=RedirectResponse)
async def come_back_from_provider(
    provider: str,
    request: Request,
    asking: Asking,
    services: Services,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4096)] = "",
    error: Annotated[str, Query(max_length=500)] = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Where the provider sends the browser back to."""
    ended = await services.sso.flows.end(
        asking, provider, Answer(state, code, error, iss), browser=request.cookies.get(FLOW_COOKIE),
        old=read_cookie(request, SESSION),
    )  # fmt: skip
    response = RedirectResponse(ended.return_to, 303)
    response.delete_cookie(FLOW_COOKIE, path=_PATH)
    if ended.session is not None:
        await begin_browser_session(ended.session, request, response, services)
    return response


@routes.ask("POST", "/oidc/{provider}/logout", Permission.PUBLIC, status=204)
async def told_of_sign_out(
    provider: str,
    asking: Asking,
    services: Services,
    logout_token: Annotated[str, Form(max_length=131_072)] = "",
) -> None:
    """Where a provider tells that somebody has signed out there (back-channel logout)."""
    await services.sso.leaving.told(asking, provider, logout_token)


@routes.ask("POST", "/logout", Permission.SELF)
async def sign_out_everywhere(request: Request, response: Response, actor: Asking, services: Services) -> AddressOut:
    """Sign out; the browser goes to the address in the answer to sign out of the provider too."""
    url = await services.sso.leaving.sign_out(actor, f"{services.address}/")
    take_cookie(request, response, SESSION)
    return AddressOut(url=url)


def redirect_uri(services: Platform, provider: str) -> str:
    """Where a provider sends the browser back to: always the address that the operator has set, never the request's."""
    return f"{services.address}{_PATH}/{provider}/callback"


def logout_uri(services: Platform, provider: str) -> str:
    """Where a provider tells of sign-outs."""
    return f"{services.address}{_PATH}/{provider}/logout"


def _give_cookie(begun: Begun, request: Request, response: Response) -> None:
    # Lax, since the provider's page sends the browser back here.
    response.set_cookie(
        FLOW_COOKIE,
        begun.browser,
        path=_PATH,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
        max_age=LASTS // 1_000_000,
    )
