"""The API of usage. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class UsagePart(Part):
    """Operations on usage."""

    async def show_usage(self, *, days: int | None = None) -> m.UsageOut:
        """What the workspace used day by day, newest first, and how far its quotas are used up."""
        return cast("m.UsageOut", await self.ask("GET", "/usage", query={"days": days}))
