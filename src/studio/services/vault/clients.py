"""Clients that the operator registered with providers, once for everybody."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from studio.domain.access import Actor
from studio.domain.errors import Conflict, NotFound, UserError
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.vault.forms import Forms, token_scheme
from studio.services.vault.model import OAuthClient, Vault

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")
_PLACES = ("token_url", "authorize_url", "revoke_url", "issuer")


class Clients:
    """Keeps registered clients. The routes that change them are the operator's."""

    def __init__(self, vault: Vault, forms: Forms) -> None:
        self._vault = vault
        self._forms = forms

    async def all(self) -> list[Kept[OAuthClient]]:
        """Every client."""
        return await self._vault.clients.all(INSTANCE)

    async def get(self, name: str) -> Kept[OAuthClient]:
        """One.

        Raises:
            NotFound: There is none.
        """
        found = await self._vault.clients.get(INSTANCE, name)
        if found is None:
            raise NotFound("oauth.no_client", "There is no client {name}.", name=name)
        return found

    async def put(
        self, actor: Actor, name: str, client: OAuthClient, *, secret_given: bool, expected: int | None
    ) -> Kept[OAuthClient]:
        """Register a client, or change one. The secret stays where it is not given and no address changes.

        Raises:
            UserError: The type is not one that renews tokens, or an address is missing or no web address.
            Conflict: It is of another type.
            RecordChanged: It has another revision.
        """
        if not _NAME.fullmatch(name):
            raise UserError("oauth.client_name", "{name} is no name for a client.", name=name[:80]).at(param="name")
        before = await self._vault.clients.get(INSTANCE, name)
        if token_scheme(await self._forms.need(client.type)) is None:
            raise UserError("oauth.type", "Credentials of type {type} have no client.", type=client.type).at(
                param="type"
            )
        if before is not None and before.value.type != client.type:
            raise Conflict("oauth.client_type", "A client stays with its type. Register another one.").at(param="type")
        for place in _PLACES:
            _check_url(place, getattr(client, place))
        if before is not None and not secret_given:
            if any(getattr(before.value, one) != getattr(client, one) for one in _PLACES if one != "issuer"):
                raise UserError(
                    "oauth.secret_again", "An address changes. Enter the client's secret again with it."
                ).at(param="client_secret")
            client = msgspec.structs.replace(client, client_secret=before.value.client_secret)
        await self._vault.records.commit(
            [self._vault.clients.put(INSTANCE, name, client, expected=expected)],
            [entry(
                actor, "oauth_client.set", kind="oauth_client", id=name, name=client.title, workspace=INSTANCE,
                before=_told(before.value) if before is not None else None, after=_told(client),
            )],
        )  # fmt: skip
        return await self.get(name)

    async def delete(self, actor: Actor, name: str, expected: int | None) -> None:
        """Forget a client. Credentials that sign in with it can be renewed no more.

        Raises:
            NotFound: There is none.
        """
        found = await self.get(name)
        await self._vault.records.commit(
            [self._vault.clients.drop(INSTANCE, name, expected=expected)],
            [entry(
                actor, "oauth_client.deleted", kind="oauth_client", id=name, name=found.value.title,
                workspace=INSTANCE, before=_told(found.value),
            )],
        )  # fmt: skip


def _check_url(name: str, url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.fragment):
        raise UserError("oauth.url", "{url} is no web address.", url=url[:200]).at(param=name)


def _told(client: OAuthClient) -> dict[str, object]:
    return {**msgspec.structs.asdict(client), "client_secret": MASKED if client.client_secret else ""}
