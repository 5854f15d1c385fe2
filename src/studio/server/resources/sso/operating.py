"""Identity providers and break-glass accounts, for operators."""

from __future__ import annotations

import msgspec
from fastapi import Response

from studio.domain.access import Permission
from studio.domain.ids import INSTANCE
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.sso.routes import logout_uri, redirect_uri
from studio.server.resources.sso.schemas import (
    BreakGlassOut,
    EndpointsOut,
    ProviderChange,
    ProviderIn,
    ProviderOut,
    ProvidersOut,
)
from studio.services._collection import Kept
from studio.services.people.model import Account
from studio.services.platform import Platform
from studio.services.sso.model import IdentityProvider

routes = Routes("/operator", "identity providers")


@routes.ask("GET", "/identity-providers", Permission.OPERATE)
async def list_identity_providers(services: Services) -> ProvidersOut:
    """All identity providers."""
    return ProvidersOut(items=[_shown(one, services) for one in await services.sso.providers.all()])


@routes.ask("POST", "/identity-providers", Permission.OPERATE, status=201)
async def create_identity_provider(
    body: ProviderIn, response: Response, actor: Asking, services: Services
) -> ProviderOut:
    """Set an identity provider up (OpenID Connect)."""
    given = body.model_dump()
    id = given.pop("id")
    made = await services.sso.providers.create(actor, id, msgspec.convert(given, IdentityProvider))
    give_etag(response, made.revision)
    return _shown(made, services)


@routes.ask("GET", "/identity-providers/{provider}", Permission.OPERATE)
async def show_identity_provider(provider: str, response: Response, services: Services) -> ProviderOut:
    """One identity provider."""
    found = await services.sso.providers.show(provider)
    give_etag(response, found.revision)
    return _shown(found, services)


@routes.ask("PATCH", "/identity-providers/{provider}", Permission.OPERATE)
async def change_identity_provider(
    provider: str,
    body: ProviderChange,
    response: Response,
    actor: Asking,
    services: Services,
    if_match: IfMatch = None,
) -> ProviderOut:
    """Change an identity provider; what is left out stays."""
    found = await services.sso.providers.show(provider)
    given = {**msgspec.to_builtins(found.value), **body.model_dump(exclude_unset=True)}
    expected = expected_revision(if_match)
    changed = await services.sso.providers.change(
        actor, provider, msgspec.convert(given, IdentityProvider),
        expected=found.revision if expected is None else expected,
    )  # fmt: skip
    give_etag(response, changed.revision)
    return _shown(changed, services)


@routes.ask("DELETE", "/identity-providers/{provider}", Permission.OPERATE, status=204)
async def delete_identity_provider(provider: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Remove an identity provider. Sessions that were begun with it end."""
    await services.sso.providers.delete(actor, provider, expected=expected_revision(if_match))


@routes.ask("POST", "/identity-providers/{provider}/test", Permission.OPERATE)
async def test_identity_provider(provider: str, actor: Asking, services: Services) -> EndpointsOut:
    """Ask a provider what it says about itself, and read its keys."""
    found = await services.sso.providers.tried(actor, provider)
    return EndpointsOut(
        authorization_endpoint=found.authorize, token_endpoint=found.token, jwks_uri=found.keys,
        userinfo_endpoint=found.userinfo, end_session_endpoint=found.end_session,
    )  # fmt: skip


@routes.ask("GET", "/break-glass", Permission.OPERATE)
async def list_break_glass(services: Services, cursor: Cursor = None, limit: Limit = 50) -> PageOut[BreakGlassOut]:
    """The accounts that may sign in with a password although a provider is enforced."""
    found = [one for one in await services.people.accounts.all(INSTANCE, field="person") if one.value.break_glass]
    page, following = page_of(found, lambda one: one.id, cursor, limit)
    return PageOut(items=[_glass(one) for one in page], next=following)


@routes.ask("PUT", "/break-glass/{account}", Permission.OPERATE)
async def give_break_glass(account: str, actor: Asking, services: Services) -> BreakGlassOut:
    """Let an account sign in with its password although a provider is enforced. Each such sign-in is audited."""
    return _glass(await services.sso.providers.break_glass(actor, account, True))


@routes.ask("DELETE", "/break-glass/{account}", Permission.OPERATE, status=204)
async def take_break_glass(account: str, actor: Asking, services: Services) -> None:
    """Take that away."""
    await services.sso.providers.break_glass(actor, account, False)


def _glass(one: Kept[Account]) -> BreakGlassOut:
    account = one.value
    return BreakGlassOut(id=one.id, email=account.email, name=account.name, operator=account.operator)


def _shown(one: Kept[IdentityProvider], services: Platform) -> ProviderOut:
    given = msgspec.to_builtins(one.value)
    secret = given.pop("client_secret")
    return ProviderOut(
        id=one.id, has_secret=secret is not None, redirect_uri=redirect_uri(services, one.id),
        backchannel_logout_uri=logout_uri(services, one.id), **given,
    )  # fmt: skip
