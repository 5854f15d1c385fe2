"""Coming back from a provider, and the clients that the operator registered."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse

from studio.domain.access import Permission
from studio.domain.phrases import Phrase
from studio.i18n import filled, right_to_left
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.oauth.schemas import ClientIn, ClientOut
from studio.services._collection import Kept
from studio.services.platform import Platform
from studio.services.vault.connecting import CALLBACK, Back
from studio.services.vault.model import OAuthClient

routes = Routes("/oauth", "credentials")

_Text = Annotated[str, Query(max_length=4000)]


@routes.ask(
    "GET", "/callback", Permission.SELF, response_class=HTMLResponse,
    responses={200: {"description": "A page that says so.", "content": {"text/html": {"schema": {"type": "string"}}}}},
)  # fmt: skip
async def finish_sign_in(
    request: Request,
    actor: Asking,
    services: Services,
    state: _Text = "",
    code: _Text = "",
    error: _Text = "",
    iss: _Text = "",
) -> Response:
    """Where providers send browsers back to. It works once, and only for the session that began the sign-in.

    It leads to no other address, whatever the provider says.
    """
    await services.vault.connecting.finish(actor, Back(state=state, code=code, error=error, issuer=iss))
    done = Phrase("oauth.connected", "The credential is connected. You can close this window.")
    text = filled("{text}", {"text": done}, actor.lang)
    side = "rtl" if right_to_left(actor.lang) else "ltr"
    page = (
        f'<!doctype html><html lang="{actor.lang}" dir="{side}"><meta charset="utf-8"><title>Studio</title>'
        f"<p>{text}</p></html>"
    )
    return HTMLResponse(page)


def _out(kept: Kept[OAuthClient], services: Platform) -> ClientOut:
    value = kept.value
    return ClientOut(
        name=kept.id, title=value.title, type=value.type, client_id=value.client_id,
        secret_set=bool(value.client_secret), authorize_url=value.authorize_url, token_url=value.token_url,
        revoke_url=value.revoke_url, issuer=value.issuer, scopes=value.scopes,
        redirect_uri=services.address + CALLBACK, updated_at=kept.record.updated_at,
    )  # fmt: skip


@routes.ask("GET", "/clients", Permission.OPERATE)
async def list_oauth_clients(services: Services, cursor: Cursor = None, limit: Limit = 50) -> PageOut[ClientOut]:
    """The clients that are registered with providers, by name."""
    page, following = page_of(await services.vault.clients.all(), lambda one: one.id, cursor, limit)
    return PageOut(items=[_out(one, services) for one in page], next=following)


@routes.ask("GET", "/clients/{name}", Permission.OPERATE)
async def show_oauth_client(name: str, response: Response, services: Services) -> ClientOut:
    """A client."""
    found = await services.vault.clients.get(name)
    give_etag(response, found.revision)
    return _out(found, services)


@routes.ask("PUT", "/clients/{name}", Permission.OPERATE)
async def set_oauth_client(
    name: str, body: ClientIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> ClientOut:
    """Register a client with a provider, once for all workspaces, or change one."""
    client = OAuthClient(
        title=body.title, type=body.type, client_id=body.client_id, client_secret=body.client_secret or "",
        authorize_url=body.authorize_url, token_url=body.token_url, revoke_url=body.revoke_url, issuer=body.issuer,
        scopes=body.scopes,
    )  # fmt: skip
    found = await services.vault.clients.put(
        actor, name, client, secret_given=body.client_secret is not None, expected=expected_revision(if_match)
    )
    give_etag(response, found.revision)
    return _out(found, services)


@routes.ask("DELETE", "/clients/{name}", Permission.OPERATE, status=204)
async def delete_oauth_client(name: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Forget a client. Credentials that sign in with it can be renewed no more."""
    await services.vault.clients.delete(actor, name, expected_revision(if_match))
