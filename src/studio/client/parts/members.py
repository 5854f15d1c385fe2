"""The API of members. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class MembersPart(Part):
    """Operations on members."""

    async def list_members(
        self,
        *,
        q: str | None = None,
        group: str | None = None,
        role: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.PageOutMemberOut:
        """The members of the workspace, by name."""
        return cast(
            "m.PageOutMemberOut",
            await self.ask(
                "GET", "/members", query={"q": q, "group": group, "role": role, "limit": limit, "cursor": cursor}
            ),
        )

    def iter_members(
        self, *, q: str | None = None, group: str | None = None, role: str | None = None, limit: int | None = None
    ) -> AsyncGenerator[m.MemberOut]:
        """Every item of ``list_members``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.MemberOut]",
            self.paged("/members", {"q": q, "group": group, "role": role, "limit": limit}),
        )

    async def show_member(self, account: str) -> m.MemberOut:
        """One member."""
        return cast("m.MemberOut", await self.ask("GET", f"/members/{self.quote(account)}"))

    async def change_member(self, account: str, body: m.MemberChange, *, if_match: str | None = None) -> m.MemberOut:
        """Give a member another role, other folder roles, other groups. It holds from their next request on.

        Nobody gives rights that they do not have, and nobody changes a member who may more than they do.
        """
        return cast(
            "m.MemberOut",
            await self.ask("PATCH", f"/members/{self.quote(account)}", headers={"If-Match": if_match}, json=body),
        )

    async def remove_member(self, account: str) -> None:
        """End a membership. What the member owns stays theirs until it is handed over; to do it all: off-
        boarding.
        """
        await self.ask("DELETE", f"/members/{self.quote(account)}")

    async def hand_over(self, account: str, body: m.HandOverIn) -> m.HandedOut:
        """Give everything that a member owns in the workspace to another one."""
        return cast("m.HandedOut", await self.ask("POST", f"/members/{self.quote(account)}/handover", json=body))

    async def plan_offboarding(self, account: str, *, heir: str | None = None) -> m.LeaveOut:
        """What it means that a member leaves the workspace. Nothing is changed."""
        return cast(
            "m.LeaveOut", await self.ask("GET", f"/members/{self.quote(account)}/offboarding", query={"heir": heir})
        )

    async def offboard_member(self, account: str, body: m.LeaveIn) -> m.LeaveOut:
        """Let a member leave the workspace: sessions, keys and all else that lets them in ends, what they own
        is handed on.

        Done at once in one transaction, unless there is very much; called again it goes on where it was
        interrupted.
        """
        return cast("m.LeaveOut", await self.ask("POST", f"/members/{self.quote(account)}/offboarding", json=body))

    async def make_member_reset_link(self, account: str) -> m.LinkOut:
        """A link by which a member chooses a password, valid for a day. Pass it on; it is not shown again."""
        return cast("m.LinkOut", await self.ask("POST", f"/members/{self.quote(account)}/reset-link"))

    async def reset_member_second_factor(self, account: str) -> None:
        """Turn the second factor of a member off who has lost it. They are signed out everywhere."""
        await self.ask("DELETE", f"/members/{self.quote(account)}/second-factor")

    async def end_member_sessions(self, account: str) -> m.EndedOut:
        """Sign a member out everywhere."""
        return cast("m.EndedOut", await self.ask("DELETE", f"/members/{self.quote(account)}/sessions"))
