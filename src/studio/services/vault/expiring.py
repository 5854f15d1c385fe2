"""Credentials that end soon, or whose provider wants somebody to sign in again."""

from __future__ import annotations

from studio.domain.access import Actor
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.vault.access import Access, granted
from studio.services.vault.model import Credential, Vault

DAY = 24 * 3600 * 1_000_000


class Expiring:
    """Finds them. Where each is used, ``Usage`` tells."""

    def __init__(self, vault: Vault, access: Access, clock: Clock) -> None:
        self._vault = vault
        self._access = access
        self._clock = clock

    async def within(self, actor: Actor, days: int) -> list[Kept[Credential]]:
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
        return list(found.values())
