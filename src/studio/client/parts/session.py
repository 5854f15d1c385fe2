"""The API of session. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class SessionPart(Part):
    """Operations on session."""

    async def show_session(self) -> m.SessionOut:
        """Who is signed in, and what they may do."""
        return cast("m.SessionOut", await self.ask("GET", "/session"))

    async def sign_in(self, body: m.SignIn) -> m.SessionOut:
        """Sign in with address and password."""
        return cast("m.SessionOut", await self.ask("POST", "/session", json=body))

    async def change_session(self, body: m.SessionChange) -> m.SessionOut:
        """Choose another workspace for the requests that name none."""
        return cast("m.SessionOut", await self.ask("PATCH", "/session", json=body))

    async def sign_out(self) -> None:
        """Sign out."""
        await self.ask("DELETE", "/session")

    async def change_password(self, body: m.PasswordChange) -> None:
        """Change one's own password; every other session ends."""
        await self.ask("POST", "/session/password", json=body)
