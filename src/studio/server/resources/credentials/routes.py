"""Credentials: what may be known of them, changing, sharing, testing and deleting them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Query, Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor, page_of
from studio.server._routes import Routes
from studio.server.resources.credentials.schemas import (
    ConnectOut,
    CredentialChange,
    CredentialIn,
    CredentialOut,
    EndingOut,
    OwnerIn,
    PlacesOut,
    SharingModel,
    TestOut,
)
from studio.server.resources.credentials.shown import credential_out, ending_out, microseconds, place_out, test_out
from studio.services.vault.credentials import Seen, Wanted
from studio.services.vault.model import Sharing

routes = Routes("/credentials", "credentials")


def _given(seen: Seen, response: Response) -> CredentialOut:
    give_etag(response, seen.credential.revision)
    return credential_out(seen)


@routes.ask("GET", "", Permission.CREDENTIAL_VIEW)
async def list_credentials(
    actor: Asking,
    services: Services,
    type: Annotated[str | None, Query(max_length=200, description="Only those of this type.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PageOut[CredentialOut]:
    """Credentials that are the caller's own or shared with them."""
    found, more = await services.vault.credentials.page(actor, type=type, after=decode_cursor(cursor), limit=limit)
    return PageOut(items=[credential_out(one) for one in found], next=encode_cursor(more))


@routes.ask("POST", "", Permission.CREDENTIAL_MANAGE, status=201)
async def create_credential(body: CredentialIn, response: Response, actor: Asking, services: Services) -> CredentialOut:
    """Make a credential. Nobody else may use it until it is shared."""
    seen = await services.vault.credentials.create(
        actor, name=body.name, type=body.type, fields=body.fields, description=body.description,
        client=body.client or "", expires_at=microseconds(body.expires_at),
    )  # fmt: skip
    return _given(seen, response)


@routes.ask("GET", "/expiring", Permission.CREDENTIAL_VIEW)
async def list_expiring_credentials(
    actor: Asking,
    services: Services,
    days: Annotated[int, Query(ge=0, le=366)] = 14,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PageOut[EndingOut]:
    """Credentials that end within some days, or whose provider wants a sign-in, with the workflows they affect."""
    found = await services.vault.expiring.within(actor, days)
    page, following = page_of(found, lambda one: one.id, cursor, limit)
    places = await services.vault.usage.of_several(actor, page)
    return PageOut(items=[ending_out(one, places[one.id]) for one in page], next=following)


@routes.ask("GET", "/{credential}", Permission.CREDENTIAL_VIEW)
async def show_credential(credential: str, response: Response, actor: Asking, services: Services) -> CredentialOut:
    """A credential, without its secrets."""
    return _given(await services.vault.credentials.show(actor, credential), response)


@routes.ask("PATCH", "/{credential}", Permission.CREDENTIAL_MANAGE)
async def change_credential(
    credential: str,
    body: CredentialChange,
    response: Response,
    actor: Asking,
    services: Services,
    if_match: IfMatch = None,
) -> CredentialOut:
    """Change a credential. Secrets that are not given stay as they are."""
    wanted = Wanted(
        name=body.name, description=body.description, fields=body.fields, client=body.client,
        expires_at=microseconds(body.expires_at) if "expires_at" in body.model_fields_set else msgspec.UNSET,
    )  # fmt: skip
    expected = expected_revision(if_match)
    return _given(await services.vault.credentials.change(actor, credential, wanted, expected), response)


@routes.ask("DELETE", "/{credential}", Permission.CREDENTIAL_MANAGE, status=204)
async def delete_credential(
    credential: str,
    actor: Asking,
    services: Services,
    force: Annotated[bool, Query(description="Even where workflows name it, which fail from then on.")] = False,
    if_match: IfMatch = None,
) -> None:
    """Delete a credential. Where workflows name it, it is refused with their names unless `force` is given.

    Tokens are made void at their provider, where it says how.
    """
    await services.vault.usage.delete(actor, credential, expected_revision(if_match), force=force)


@routes.ask("GET", "/{credential}/usage", Permission.CREDENTIAL_VIEW)
async def show_credential_usage(
    credential: str, actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 50
) -> PlacesOut:
    """The workflows whose draft or published version names a credential, or an alias that stands for it."""
    places = await services.vault.usage.of(actor, credential)
    seen = [one for one in places if one.visible]
    page, following = page_of(seen, lambda one: one.workflow.id, cursor, limit)
    return PlacesOut(items=[place_out(one) for one in page], next=following, hidden=len(places) - len(seen))


@routes.ask("POST", "/{credential}/test", Permission.CREDENTIAL_USE)
async def test_credential(credential: str, actor: Asking, services: Services) -> TestOut:
    """Make the harmless call of the credential's type and say whether it worked.

    It goes through the same policy as the requests of workflows, and takes fifteen seconds at most.
    """
    return test_out(await services.vault.testing.test(actor, credential))


@routes.ask("PUT", "/{credential}/sharing", Permission.CREDENTIAL_MANAGE)
async def share_credential(
    credential: str, body: SharingModel, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> CredentialOut:
    """Say who may use or manage a credential beside its owner; whoever is left out may not any more."""
    sharing = Sharing(members=dict(body.members), groups=dict(body.groups), everyone=body.everyone or "")
    expected = expected_revision(if_match)
    return _given(await services.vault.credentials.share(actor, credential, sharing, expected), response)


@routes.ask("POST", "/{credential}/transfer", Permission.CREDENTIAL_MANAGE)
async def transfer_credential(
    credential: str, body: OwnerIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> CredentialOut:
    """Make another member the owner."""
    expected = expected_revision(if_match)
    return _given(await services.vault.credentials.transfer(actor, credential, body.owner, expected), response)


@routes.ask("POST", "/{credential}/connect", Permission.CREDENTIAL_MANAGE)
async def connect_credential(credential: str, actor: Asking, services: Services) -> ConnectOut:
    """Begin to sign in at the provider of a credential: the address to send this session's browser to.

    The provider sends it back to `/oauth/callback`, within ten minutes.
    """
    return ConnectOut(url=await services.vault.connecting.start(actor, credential))
