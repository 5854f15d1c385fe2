"""The API of setup. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class SetupPart(Part):
    """Operations on setup."""

    async def setup_state(self) -> m.SetupState:
        """Whether Studio has been set up."""
        return cast("m.SetupState", await self.ask("GET", "/setup"))

    async def set_up(self, body: m.SetupIn) -> m.SessionOut:
        """Make the first account with the secret of the set-up link, and sign it in."""
        return cast("m.SessionOut", await self.ask("POST", "/setup", json=body))
