"""The API of service accounts. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class ServiceAccountsPart(Part):
    """Operations on service accounts."""

    async def list_service_accounts(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutServiceAccountOut:
        """The service accounts of the workspace."""
        return cast(
            "m.PageOutServiceAccountOut",
            await self.ask("GET", "/service-accounts", query={"cursor": cursor, "limit": limit}),
        )

    def iter_service_accounts(self, *, limit: int | None = None) -> AsyncGenerator[m.ServiceAccountOut]:
        """Every item of ``list_service_accounts``, page by page as they are needed."""
        return cast("AsyncGenerator[m.ServiceAccountOut]", self.paged("/service-accounts", {"limit": limit}))

    async def create_service_account(
        self, body: m.ServiceAccountIn, *, idempotency_key: str | None = None
    ) -> m.ServiceAccountOut:
        """Make a service account: it has no password and no session, API keys act for it."""
        return cast(
            "m.ServiceAccountOut",
            await self.ask("POST", "/service-accounts", headers={"Idempotency-Key": idempotency_key}, json=body),
        )

    async def show_service_account(self, account: str) -> m.ServiceAccountOut:
        """One service account."""
        return cast("m.ServiceAccountOut", await self.ask("GET", f"/service-accounts/{self.quote(account)}"))

    async def change_service_account(
        self, account: str, body: m.ServiceAccountChange, *, if_match: str | None = None
    ) -> m.ServiceAccountOut:
        """Rename a service account, or turn it off or on. Keys of one that is off do nothing."""
        return cast(
            "m.ServiceAccountOut",
            await self.ask(
                "PATCH", f"/service-accounts/{self.quote(account)}", headers={"If-Match": if_match}, json=body
            ),
        )

    async def delete_service_account(self, account: str) -> None:
        """Delete a service account for good. Its keys do nothing from then on."""
        await self.ask("DELETE", f"/service-accounts/{self.quote(account)}")
