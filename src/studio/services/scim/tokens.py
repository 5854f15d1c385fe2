"""The tokens of directories, made by operators."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from studio.crypto.passwords import new_secret, same_secret, secret_digest
from studio.domain.access import Actor, ActorKind
from studio.domain.errors import NotFound, UserError
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.checks import check_text
from studio.services.people.model import People
from studio.services.people.rights import permissions_of_role
from studio.services.scim.shelf import DirectoryToken, ScimShelf

PREFIX = "scim_"
_TOKEN = re.compile(r"scim_([0-9a-z]{26})_([A-Za-z0-9_-]{43})")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


class MadeToken(NamedTuple):
    """A new token; ``text`` is shown this once."""

    token: Kept[DirectoryToken]
    text: str


class DirectoryTokens:
    """Makes, lists and revokes tokens, and knows whose one is."""

    def __init__(self, people: People, shelf: ScimShelf) -> None:
        self._people = people
        self._shelf = shelf

    async def all(self) -> list[Kept[DirectoryToken]]:
        """Every token, the oldest first."""
        return await self._shelf.tokens.all(INSTANCE)

    async def create(self, actor: Actor, token: DirectoryToken) -> MadeToken:
        """Make a token.

        Raises:
            NotFound: There is no such workspace or role.
            UserError: The name or a domain will not do.
        """
        if await self._people.workspaces.get(INSTANCE, token.workspace) is None:
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=token.workspace).at(
                param="workspace"
            )
        await permissions_of_role(self._people, token.workspace, token.role)
        domains = [one.strip().casefold().removeprefix("@") for one in token.domains]
        for one in domains:
            if not _DOMAIN.fullmatch(one):
                raise UserError("sso.domain_name", "{domain} is no mail domain.", domain=one[:80]).at(param="domains")
        id, secret = new_id(), new_secret()
        made = msgspec.structs.replace(
            token, name=check_text(token.name), digest=secret_digest(secret), domains=domains, created_by=actor.id
        )
        after = {"workspace": made.workspace, "authority": made.authority, "role": made.role, "domains": domains}
        await self._shelf.records.commit(
            [self._shelf.tokens.put(INSTANCE, id, made, expected=0)],
            [
                entry(
                    actor,
                    "directory.token_created",
                    kind="directory",
                    id=id,
                    name=made.name,
                    after=after,
                    workspace=log,
                )
                for log in dict.fromkeys((INSTANCE, made.workspace))
            ],
        )
        return MadeToken(await self._shelf.tokens.need(INSTANCE, id), f"{PREFIX}{id}_{secret}")

    async def revoke(self, actor: Actor, id: str) -> None:
        """Make a token void, from the next request on.

        Raises:
            NotFound: There is none such.
        """
        found = await self._shelf.tokens.get(INSTANCE, id)
        if found is None:
            raise NotFound("directory.not_found", "There is no directory token {id}.", id=id)
        await self._shelf.records.commit(
            [self._shelf.tokens.drop(INSTANCE, id, expected=found.revision)],
            [
                entry(actor, "directory.token_revoked", kind="directory", id=id, name=found.value.name, workspace=log)
                for log in dict.fromkeys((INSTANCE, found.value.workspace))
            ],
        )

    async def holder(self, text: str, asking: Actor) -> tuple[Kept[DirectoryToken], Actor] | None:
        """Whose token it is, and as whom the directory acts; None where it is none, or the workspace is not in use."""
        parts = _TOKEN.fullmatch(text)
        found = await self._shelf.tokens.get(INSTANCE, parts[1]) if parts is not None else None
        if parts is None or found is None or not same_secret(found.value.digest, parts[2]):
            return None
        place = await self._people.workspaces.get(INSTANCE, found.value.workspace)
        if place is None or not place.value.active:
            return None
        actor = msgspec.structs.replace(
            asking, kind=ActorKind.SYSTEM, id=found.id, name=f"{found.value.name} (SCIM)", key=found.id,
            workspace=found.value.workspace,
        )  # fmt: skip
        return found, actor
