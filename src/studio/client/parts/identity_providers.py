"""The API of identity providers. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class IdentityProvidersPart(Part):
    """Operations on identity providers."""

    async def list_break_glass(self, *, cursor: str | None = None, limit: int | None = None) -> m.PageOutBreakGlassOut:
        """The accounts that may sign in with a password although a provider is enforced."""
        return cast(
            "m.PageOutBreakGlassOut",
            await self.ask("GET", "/operator/break-glass", query={"cursor": cursor, "limit": limit}),
        )

    def iter_break_glass(self, *, limit: int | None = None) -> AsyncGenerator[m.BreakGlassOut]:
        """Every item of ``list_break_glass``, page by page as they are needed."""
        return cast("AsyncGenerator[m.BreakGlassOut]", self.paged("/operator/break-glass", {"limit": limit}))

    async def give_break_glass(self, account: str) -> m.BreakGlassOut:
        """Let an account sign in with its password although a provider is enforced. Each such sign-in is
        audited.
        """
        return cast("m.BreakGlassOut", await self.ask("PUT", f"/operator/break-glass/{self.quote(account)}"))

    async def take_break_glass(self, account: str) -> None:
        """Take that away."""
        await self.ask("DELETE", f"/operator/break-glass/{self.quote(account)}")

    async def list_identity_providers(self) -> m.ProvidersOut:
        """All identity providers."""
        return cast("m.ProvidersOut", await self.ask("GET", "/operator/identity-providers"))

    async def create_identity_provider(
        self, body: m.ProviderIn, *, idempotency_key: str | None = None
    ) -> m.ProviderOut:
        """Set an identity provider up (OpenID Connect)."""
        return cast(
            "m.ProviderOut",
            await self.ask(
                "POST", "/operator/identity-providers", headers={"Idempotency-Key": idempotency_key}, json=body
            ),
        )

    async def show_identity_provider(self, provider: str) -> m.ProviderOut:
        """One identity provider."""
        return cast("m.ProviderOut", await self.ask("GET", f"/operator/identity-providers/{self.quote(provider)}"))

    async def change_identity_provider(
        self, provider: str, body: m.ProviderChange, *, if_match: str | None = None
    ) -> m.ProviderOut:
        """Change an identity provider; what is left out stays."""
        return cast(
            "m.ProviderOut",
            await self.ask(
                "PATCH",
                f"/operator/identity-providers/{self.quote(provider)}",
                headers={"If-Match": if_match},
                json=body,
            ),
        )

    async def delete_identity_provider(self, provider: str, *, if_match: str | None = None) -> None:
        """Remove an identity provider. Sessions that were begun with it end."""
        await self.ask("DELETE", f"/operator/identity-providers/{self.quote(provider)}", headers={"If-Match": if_match})

    async def test_identity_provider(self, provider: str) -> m.EndpointsOut:
        """Ask a provider what it says about itself, and read its keys."""
        return cast(
            "m.EndpointsOut", await self.ask("POST", f"/operator/identity-providers/{self.quote(provider)}/test")
        )
