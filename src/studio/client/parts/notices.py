"""The API of notices. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class NoticesPart(Part):
    """Operations on notices."""

    async def show_own_notices(self) -> m.OwnNoticesBody:
        """Which notices the caller gets by mail from the workspace they are in."""
        return cast("m.OwnNoticesBody", await self.ask("GET", "/notices/own"))

    async def set_own_notices(self, body: m.OwnNoticesBody) -> m.OwnNoticesBody:
        """Choose which notices the caller gets by mail from the workspace they are in."""
        return cast("m.OwnNoticesBody", await self.ask("PUT", "/notices/own", json=body))

    async def show_notices(self) -> m.NoticesOut:
        """Which notices the workspace gives, and how."""
        return cast("m.NoticesOut", await self.ask("GET", "/notices/settings"))

    async def set_notices(self, body: m.NoticesIn, *, if_match: str | None = None) -> m.NoticesOut:
        """Say which notices the workspace gives. The webhook's secret is shown in this answer where it is new."""
        return cast(
            "m.NoticesOut", await self.ask("PUT", "/notices/settings", headers={"If-Match": if_match}, json=body)
        )

    async def test_notices(self) -> None:
        """Post a notice to the webhook, to see whether it arrives."""
        await self.ask("POST", "/notices/test")
