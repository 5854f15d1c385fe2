"""External secret stores: which a workspace has, and setting them up."""

from __future__ import annotations

from typing import Any, cast

from fastapi import Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.secret_stores.schemas import (
    StoreCheckIn,
    StoreIn,
    StoreNameOut,
    StoreOut,
)
from studio.services._collection import Kept
from studio.services.vault.model import StoreSetup

routes = Routes("", "credentials")

_OF = "/operator/workspaces/{workspace}/secret-stores"


def _out(kept: Kept[StoreSetup]) -> StoreOut:
    value = kept.value
    return StoreOut(
        name=value.name, kind=cast("Any", value.kind), paths=value.paths, settings=value.settings,
        secrets=sorted(value.secrets), updated_at=kept.record.updated_at,
    )  # fmt: skip


@routes.ask("GET", "/secret-stores", Permission.CREDENTIAL_VIEW)
async def list_secret_stores(
    actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 50
) -> PageOut[StoreNameOut]:
    """The stores that credentials of the workspace may refer to, by name."""
    page, following = page_of(await services.vault.stores.all(actor.workspace), lambda one: one.id, cursor, limit)
    items = [StoreNameOut(name=one.id, kind=cast("Any", one.value.kind), paths=one.value.paths) for one in page]
    return PageOut(items=items, next=following)


@routes.ask("GET", _OF, Permission.OPERATE)
async def list_secret_store_setups(
    workspace: str, services: Services, cursor: Cursor = None, limit: Limit = 50
) -> PageOut[StoreOut]:
    """The stores of a workspace as they are set up, by name."""
    page, following = page_of(await services.vault.stores.all(workspace), lambda one: one.id, cursor, limit)
    return PageOut(items=[_out(one) for one in page], next=following)


@routes.ask("GET", _OF + "/{name}", Permission.OPERATE)
async def show_secret_store_setup(workspace: str, name: str, response: Response, services: Services) -> StoreOut:
    """A store as it is set up, without its secrets."""
    found = await services.vault.stores.get(workspace, name)
    give_etag(response, found.revision)
    return _out(found)


@routes.ask("PUT", _OF + "/{name}", Permission.OPERATE)
async def set_secret_store(
    workspace: str,
    name: str,
    body: StoreIn,
    response: Response,
    actor: Asking,
    services: Services,
    if_match: IfMatch = None,
) -> StoreOut:
    """Give a workspace a store, or change one.

    Whoever manages credentials in the workspace can have a credential refer to any path that is opened here, and send
    it to a host of their choice. Open only what is theirs.
    """
    setup = StoreSetup(name=name, kind=body.kind, paths=body.paths, settings=body.settings, secrets=body.secrets)
    found = await services.vault.stores.put(actor, workspace, setup, expected_revision(if_match))
    give_etag(response, found.revision)
    return _out(found)


@routes.ask("DELETE", _OF + "/{name}", Permission.OPERATE, status=204)
async def delete_secret_store(
    workspace: str, name: str, actor: Asking, services: Services, if_match: IfMatch = None
) -> None:
    """Take a store from a workspace. Credentials that refer to it fail from then on."""
    await services.vault.stores.delete(actor, workspace, name, expected_revision(if_match))


@routes.ask("POST", _OF + "/{name}/check", Permission.OPERATE, status=204)
async def check_secret_store(workspace: str, name: str, body: StoreCheckIn, actor: Asking, services: Services) -> None:
    """Read a secret from a store, to see whether that works. What it is is not told."""
    await services.vault.stores.check(actor, workspace, name, body.path, body.key)
