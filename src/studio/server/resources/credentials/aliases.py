"""Aliases of credentials."""

from __future__ import annotations

from fastapi import Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.credentials.schemas import AliasIn, AliasOut
from studio.server.resources.credentials.shown import alias_out

routes = Routes("/credential-aliases", "credentials")


@routes.ask("GET", "", Permission.CREDENTIAL_VIEW)
async def list_credential_aliases(
    actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 200
) -> PageOut[AliasOut]:
    """Every alias of the workspace."""
    page, following = page_of(await services.vault.aliases.all(actor), lambda one: one.id, cursor, limit)
    return PageOut(items=[alias_out(one) for one in page], next=following)


@routes.ask("GET", "/{alias}", Permission.CREDENTIAL_VIEW)
async def show_credential_alias(alias: str, response: Response, actor: Asking, services: Services) -> AliasOut:
    """An alias."""
    found = await services.vault.aliases.get(actor, alias)
    give_etag(response, found.revision)
    return alias_out(found)


@routes.ask("PUT", "/{alias}", Permission.CREDENTIAL_MANAGE)
async def set_credential_alias(
    alias: str, body: AliasIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> AliasOut:
    """Say what an alias stands for. The caller must be allowed to use it, and to manage what it stood for before."""
    found = await services.vault.aliases.set(actor, alias, body.targets, expected_revision(if_match))
    give_etag(response, found.revision)
    return alias_out(found)


@routes.ask("DELETE", "/{alias}", Permission.CREDENTIAL_MANAGE, status=204)
async def delete_credential_alias(alias: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Delete an alias."""
    await services.vault.aliases.delete(actor, alias, expected_revision(if_match))
