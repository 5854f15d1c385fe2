"""The API of keys. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class KeysPart(Part):
    """Operations on keys."""

    async def list_keys(
        self, *, owner: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutKeyOut:
        """One's own keys, newest first."""
        return cast(
            "m.PageOutKeyOut", await self.ask("GET", "/keys", query={"owner": owner, "cursor": cursor, "limit": limit})
        )

    def iter_keys(self, *, owner: str | None = None, limit: int | None = None) -> AsyncGenerator[m.KeyOut]:
        """Every item of ``list_keys``, page by page as they are needed."""
        return cast("AsyncGenerator[m.KeyOut]", self.paged("/keys", {"owner": owner, "limit": limit}))

    async def create_key(self, body: m.KeyIn, *, idempotency_key: str | None = None) -> m.NewKeyOut:
        """Make a key. Its token is shown this once.

        It acts for its owner: oneself, or with `key.manage` a service account. Whatever its scopes say, it
        may never do
        more than its owner may at that moment.
        """
        return cast(
            "m.NewKeyOut", await self.ask("POST", "/keys", headers={"Idempotency-Key": idempotency_key}, json=body)
        )

    async def show_current_key(self) -> m.CurrentKeyOut:
        """The key that makes this request, and what it may do now."""
        return cast("m.CurrentKeyOut", await self.ask("GET", "/keys/current"))

    async def show_key(self, key: str) -> m.KeyOut:
        """A key of one's own, or with `key.manage` any of the workspace."""
        return cast("m.KeyOut", await self.ask("GET", f"/keys/{self.quote(key)}"))

    async def change_key(self, key: str, body: m.KeyChange, *, if_match: str | None = None) -> m.KeyOut:
        """Change name, scopes, networks, quotas or expiry. It holds from the next request on."""
        return cast(
            "m.KeyOut", await self.ask("PATCH", f"/keys/{self.quote(key)}", headers={"If-Match": if_match}, json=body)
        )

    async def revoke_key(self, key: str, *, if_match: str | None = None) -> None:
        """Make a key void, from the next request on. It stays in the list for ninety days."""
        await self.ask("DELETE", f"/keys/{self.quote(key)}", headers={"If-Match": if_match})

    async def rotate_key(
        self, key: str, body: m.RotateIn, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> m.NewKeyOut:
        """Give the key a new token, shown this once; the old one counts for a while more."""
        return cast(
            "m.NewKeyOut",
            await self.ask(
                "POST",
                f"/keys/{self.quote(key)}/rotate",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def show_key_usage(
        self, key: str, *, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutKeyDayOut:
        """What a key did by day and workflow, newest day first."""
        return cast(
            "m.PageOutKeyDayOut",
            await self.ask("GET", f"/keys/{self.quote(key)}/usage", query={"cursor": cursor, "limit": limit}),
        )
