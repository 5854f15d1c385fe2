"""API keys: making, changing, rotating, revoking, and what they have done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import Query, Response

from studio.domain.access import Permission
from studio.domain.errors import NotFound
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.keys.schemas import (
    CurrentKeyOut,
    KeyChange,
    KeyDayOut,
    KeyIn,
    KeyOut,
    NewKeyOut,
    RotateIn,
)
from studio.services._collection import Kept
from studio.services.gateway.keys import Made, Wanted
from studio.services.gateway.model import Key, KeyUse
from studio.services.platform import Platform

routes = Routes("/keys", "keys")

Owner = Annotated[
    str | None, Query(max_length=64, description="Of another account, or `*` for all; needs `key.manage`.")
]


@routes.ask("GET", "", Permission.SELF)
async def list_keys(
    actor: Asking, services: Services, owner: Owner = None, cursor: Cursor = None, limit: Limit = 50
) -> PageOut[KeyOut]:
    """One's own keys, newest first."""
    page = await services.gateway.keys.page(actor, owner, after=decode_cursor(cursor), limit=limit)
    uses = await services.gateway.keys.uses(actor.workspace, [one.id for one in page.items])
    items = [key_out(services, one, uses.get(one.id)) for one in page.items]
    return PageOut(items=items, next=encode_cursor(page.after))


@routes.ask("POST", "", Permission.SELF, status=201)
async def create_key(body: KeyIn, response: Response, actor: Asking, services: Services) -> NewKeyOut:
    """Make a key. Its token is shown this once.

    It acts for its owner: oneself, or with `key.manage` a service account. Whatever its scopes say, it may never do
    more than its owner may at that moment.
    """
    made = await services.gateway.keys.create(actor, _wanted(body, body.model_dump()), owner=body.owner)
    give_etag(response, made.key.revision)
    return new_key_out(services, made)


@routes.ask("GET", "/current", Permission.PUBLIC)
async def show_current_key(actor: Asking, services: Services) -> CurrentKeyOut:
    """The key that makes this request, and what it may do now."""
    if actor.key is None:
        raise NotFound("key.none", "This request carries no key.")
    found = await services.gateway.shelf.keys.need(actor.workspace, actor.key)
    return CurrentKeyOut(
        id=found.id, name=found.value.name, workspace=actor.workspace, owner=actor.id,
        permissions=sorted(actor.permissions), folders={at: sorted(given) for at, given in actor.folders.items()},
        workflows=found.value.workflows, expires_at=found.value.expires_at,
    )  # fmt: skip


@routes.ask("GET", "/{key}", Permission.SELF)
async def show_key(key: str, response: Response, actor: Asking, services: Services) -> KeyOut:
    """A key of one's own, or with `key.manage` any of the workspace."""
    found = await services.gateway.keys.show(actor, key)
    give_etag(response, found.revision)
    return await _shown(services, found)


@routes.ask("PATCH", "/{key}", Permission.SELF)
async def change_key(
    key: str, body: KeyChange, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> KeyOut:
    """Change name, scopes, networks, quotas or expiry. It holds from the next request on."""
    wanted = _wanted(body, body.model_dump(exclude_unset=True))
    found = await services.gateway.keys.change(actor, key, wanted, expected_revision(if_match))
    give_etag(response, found.revision)
    return await _shown(services, found)


@routes.ask("POST", "/{key}/rotate", Permission.SELF, repeatable=True)
async def rotate_key(
    key: str, body: RotateIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> NewKeyOut:
    """Give the key a new token, shown this once; the old one counts for a while more."""
    made = await services.gateway.keys.rotate(
        actor, key, grace=body.grace_seconds * 1_000_000, expected=expected_revision(if_match)
    )
    give_etag(response, made.key.revision)
    return new_key_out(services, made)


@routes.ask("DELETE", "/{key}", Permission.SELF, status=204)
async def revoke_key(key: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Make a key void, from the next request on. It stays in the list for ninety days."""
    await services.gateway.keys.revoke(actor, key, expected_revision(if_match))


@routes.ask("GET", "/{key}/usage", Permission.SELF)
async def show_key_usage(
    key: str, actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 30
) -> PageOut[KeyDayOut]:
    """What a key did by day and workflow, newest day first."""
    page = await services.gateway.keys.usage(actor, key, after=decode_cursor(cursor), limit=limit)
    items = [KeyDayOut(**{name: getattr(one.value, name) for name in KeyDayOut.model_fields}) for one in page.items]
    return PageOut(items=items, next=encode_cursor(page.after))


async def _shown(services: Platform, key: Kept[Key]) -> KeyOut:
    uses = await services.gateway.keys.uses(key.record.workspace, [key.id])
    return key_out(services, key, uses.get(key.id))


def _facts(services: Platform, key: Kept[Key], use: Kept[KeyUse] | None) -> dict[str, Any]:
    one, now = key.value, services.ports.clock()
    given = {name: getattr(one, name) for name in KeyOut.model_fields if hasattr(one, name)}
    return {
        **given,
        "id": key.id,
        "token": f"sk_{key.record.workspace}_{key.id}_…{one.hint}",
        "state": one.state(now),
        "created_at": key.record.created_at,
        "old_until": one.old_until if one.old_until > now else None,
        "last_used_at": use.value.at if use is not None else None,
        "last_used_from": use.value.ip if use is not None else None,
    }


def key_out(services: Platform, key: Kept[Key], use: Kept[KeyUse] | None) -> KeyOut:
    """A key as lists show it."""
    return KeyOut(**_facts(services, key, use))


def new_key_out(services: Platform, made: Made) -> NewKeyOut:
    """A key with its token."""
    return NewKeyOut(**_facts(services, made.key, None), secret=made.token)


def _wanted(body: KeyIn | KeyChange, given: dict[str, Any]) -> Wanted:
    given.pop("owner", None)
    if isinstance(given.get("expires_at"), datetime):
        moment = body.expires_at
        assert moment is not None
        # Without a zone it is UTC, as all times that Studio gives.
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        given["expires_at"] = int(moment.timestamp() * 1_000_000)
    return Wanted(**{name: given.get(name, msgspec.UNSET) for name in Wanted.__slots__})
