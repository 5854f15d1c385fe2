"""The API of profile. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, cast

from studio.client import models as m
from studio.client.transport import Part


class ProfilePart(Part):
    """Operations on profile."""

    async def show_profile(self) -> m.ProfileOut:
        """One's own account."""
        return cast("m.ProfileOut", await self.ask("GET", "/profile"))

    async def change_profile(self, body: m.ProfileChange, *, if_match: str | None = None) -> m.ProfileOut:
        """Change one's own name, language or time zone."""
        return cast("m.ProfileOut", await self.ask("PATCH", "/profile", headers={"If-Match": if_match}, json=body))

    async def ask_email_change(self, body: m.EmailAsk) -> Any:
        """Ask for another address: a link is sent there. The answer is the same whether it has an account
        already.
        """
        return await self.ask("POST", "/profile/email", json=body)

    async def confirm_email(self, body: m.LinkSecret) -> m.ProfileOut:
        """Make the address of a link one's own."""
        return cast("m.ProfileOut", await self.ask("POST", "/profile/email/confirm", json=body))

    async def export_own_data(self) -> m.OwnData:
        """Everything that Studio keeps about the caller."""
        return cast("m.OwnData", await self.ask("GET", "/profile/export"))

    async def enrol_second_factor(self, body: m.PasswordAgain) -> m.EnrolmentOut:
        """Begin to set up a second factor (TOTP). It counts once a first code confirms it."""
        return cast("m.EnrolmentOut", await self.ask("POST", "/profile/second-factor", json=body))

    async def confirm_second_factor(self, body: m.CodeIn) -> m.RecoveryCodesOut:
        """Turn the second factor on with a first code. Every other session ends."""
        return cast("m.RecoveryCodesOut", await self.ask("POST", "/profile/second-factor/confirm", json=body))

    async def disable_second_factor(self, body: m.PasswordAgain) -> None:
        """Turn one's own second factor off. Every other session ends."""
        await self.ask("POST", "/profile/second-factor/disable", json=body)

    async def make_recovery_codes(self, body: m.PasswordAgain) -> m.RecoveryCodesOut:
        """Make other recovery codes. Those from before work no more."""
        return cast("m.RecoveryCodesOut", await self.ask("POST", "/profile/second-factor/recovery-codes", json=body))

    async def list_own_sessions(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutOpenSessionOut:
        """Where one is signed in, the session used last first."""
        return cast(
            "m.PageOutOpenSessionOut",
            await self.ask("GET", "/profile/sessions", query={"cursor": cursor, "limit": limit}),
        )

    def iter_own_sessions(self, *, limit: int | None = None) -> AsyncGenerator[m.OpenSessionOut]:
        """Every item of ``list_own_sessions``, page by page as they are needed."""
        return cast("AsyncGenerator[m.OpenSessionOut]", self.paged("/profile/sessions", {"limit": limit}))

    async def end_other_sessions(self) -> m.EndedOut:
        """Sign out everywhere else."""
        return cast("m.EndedOut", await self.ask("DELETE", "/profile/sessions"))

    async def end_own_session(self, session: str) -> None:
        """End one of one's own sessions."""
        await self.ask("DELETE", f"/profile/sessions/{self.quote(session)}")
