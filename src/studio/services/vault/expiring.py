"""Credentials that end soon, or whose provider wants somebody to sign in again, and the workflows that need them."""

from __future__ import annotations

from typing import NamedTuple

from studio.domain.access import Actor
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.vault.access import Access, granted
from studio.services.vault.model import Credential, Vault
from studio.services.vault.usage import Place, Usage

DAY = 24 * 3600 * 1_000_000


class Ending(NamedTuple):
    """A credential that needs somebody's attention. ``expires_at`` is None where it needs a sign-in."""

    credential: Kept[Credential]
    expires_at: int | None
    places: list[Place]


class Expiring:
    """Finds them. What sends notices asks here."""

    def __init__(self, vault: Vault, access: Access, usage: Usage, clock: Clock) -> None:
        self._vault = vault
        self._access = access
        self._usage = usage
        self._clock = clock

    async def within(self, actor: Actor, days: int) -> list[Ending]:
        """Those that the actor may see, the most urgent first."""
        until = self._clock() + days * DAY
        waiting = await self._vault.credentials.all(actor.workspace, field="sign_in")
        ending = [
            one
            for one in await self._vault.credentials.all(actor.workspace, field="expires")
            if one.value.expires_at is not None and one.value.expires_at <= until
        ]
        groups = await self._access.groups(actor)
        found = {one.id: one for one in [*waiting, *ending] if granted(one.value, actor, groups)}
        places = await self._usage.of_several(actor, list(found.values())) if found else {}
        return [Ending(one, one.value.expires_at, places[one.id]) for one in found.values()]
