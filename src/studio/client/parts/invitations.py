"""The API of invitations. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class InvitationsPart(Part):
    """Operations on invitations."""

    async def list_invitations(self, *, cursor: str | None = None, limit: int | None = None) -> m.PageOutInvitationOut:
        """The invitations to the workspace that wait for an answer."""
        return cast(
            "m.PageOutInvitationOut", await self.ask("GET", "/invitations", query={"cursor": cursor, "limit": limit})
        )

    def iter_invitations(self, *, limit: int | None = None) -> AsyncGenerator[m.InvitationOut]:
        """Every item of ``list_invitations``, page by page as they are needed."""
        return cast("AsyncGenerator[m.InvitationOut]", self.paged("/invitations", {"limit": limit}))

    async def invite(self, body: m.InvitationIn, *, idempotency_key: str | None = None) -> m.InvitedOut:
        """Invite somebody by address. It is sent by mail where a mail server is set up; else its link is
        shown, once.

        It holds for seven days, once, and as long as whoever made it may give that role.
        """
        return cast(
            "m.InvitedOut",
            await self.ask("POST", "/invitations", headers={"Idempotency-Key": idempotency_key}, json=body),
        )

    async def accept_invitation(self, body: m.SecretIn) -> m.JoinedOut:
        """Take an invitation with the account that has the invited address and is signed in."""
        return cast("m.JoinedOut", await self.ask("POST", "/invitations/accept", json=body))

    async def join(self, body: m.NewcomerIn) -> m.SessionOut:
        """Take an invitation with a new account, which is signed in."""
        return cast("m.SessionOut", await self.ask("POST", "/invitations/join", json=body))

    async def look_at_invitation(self, body: m.SecretIn) -> m.OfferOut:
        """What an invitation offers, for whoever has its link."""
        return cast("m.OfferOut", await self.ask("POST", "/invitations/look", json=body))

    async def revoke_invitation(self, invitation: str) -> None:
        """Make an invitation void."""
        await self.ask("DELETE", f"/invitations/{self.quote(invitation)}")
