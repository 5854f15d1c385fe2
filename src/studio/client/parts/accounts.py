"""The API of accounts. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class AccountsPart(Part):
    """Operations on accounts."""

    async def list_accounts(
        self,
        *,
        q: str | None = None,
        active: bool | None = None,
        operator: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> m.PageOutOperatedAccountOut:
        """The persons of the instance, by name."""
        return cast(
            "m.PageOutOperatedAccountOut",
            await self.ask(
                "GET",
                "/accounts",
                query={"q": q, "active": active, "operator": operator, "limit": limit, "cursor": cursor},
            ),
        )

    def iter_accounts(
        self,
        *,
        q: str | None = None,
        active: bool | None = None,
        operator: bool | None = None,
        limit: int | None = None,
    ) -> AsyncGenerator[m.OperatedAccountOut]:
        """Every item of ``list_accounts``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.OperatedAccountOut]",
            self.paged("/accounts", {"q": q, "active": active, "operator": operator, "limit": limit}),
        )

    async def create_account(self, body: m.AccountIn, *, idempotency_key: str | None = None) -> m.AccountMadeOut:
        """Make an account that belongs to no workspace yet, and a link by which its owner chooses a password."""
        return cast(
            "m.AccountMadeOut",
            await self.ask("POST", "/accounts", headers={"Idempotency-Key": idempotency_key}, json=body),
        )

    async def list_open_leaves(self, *, cursor: str | None = None, limit: int | None = None) -> m.PageOutLeaveOpen:
        """Off-boardings that were interrupted, the oldest first."""
        return cast(
            "m.PageOutLeaveOpen", await self.ask("GET", "/accounts/leaves", query={"cursor": cursor, "limit": limit})
        )

    def iter_open_leaves(self, *, limit: int | None = None) -> AsyncGenerator[m.LeaveOpen]:
        """Every item of ``list_open_leaves``, page by page as they are needed."""
        return cast("AsyncGenerator[m.LeaveOpen]", self.paged("/accounts/leaves", {"limit": limit}))

    async def show_account(self, account: str) -> m.AccountShownOut:
        """One account with its memberships."""
        return cast("m.AccountShownOut", await self.ask("GET", f"/accounts/{self.quote(account)}"))

    async def change_account(
        self, account: str, body: m.AccountChange, *, if_match: str | None = None
    ) -> m.OperatedAccountOut:
        """Rename somebody, change their address, let them in no more or again, make or unmake them an
        operator.

        The last active operator stays one.
        """
        return cast(
            "m.OperatedAccountOut",
            await self.ask("PATCH", f"/accounts/{self.quote(account)}", headers={"If-Match": if_match}, json=body),
        )

    async def offboard_account(self, account: str, body: m.LeaveEverywhereIn) -> m.LeaveOut:
        """Let somebody leave the instance: every workspace, and no sign-in any more."""
        return cast("m.LeaveOut", await self.ask("POST", f"/accounts/{self.quote(account)}/offboarding", json=body))

    async def plan_account_offboarding(self, account: str, body: m.LeaveEverywhereIn) -> m.LeaveOut:
        """What it means that somebody leaves the instance. Nothing is changed."""
        return cast(
            "m.LeaveOut", await self.ask("POST", f"/accounts/{self.quote(account)}/offboarding/preview", json=body)
        )

    async def resume_offboarding(self, account: str) -> None:
        """Go on with an off-boarding that was interrupted."""
        await self.ask("POST", f"/accounts/{self.quote(account)}/offboarding/resume")

    async def make_account_reset_link(self, account: str) -> m.LinkOut:
        """A link by which somebody chooses a password, valid for a day. Pass it on; it is not shown again."""
        return cast("m.LinkOut", await self.ask("POST", f"/accounts/{self.quote(account)}/reset-link"))

    async def reset_account_second_factor(self, account: str) -> None:
        """Turn the second factor of somebody off who has lost it. They are signed out everywhere."""
        await self.ask("DELETE", f"/accounts/{self.quote(account)}/second-factor")

    async def end_account_sessions(self, account: str) -> m.EndedOut:
        """Sign somebody out everywhere."""
        return cast("m.EndedOut", await self.ask("DELETE", f"/accounts/{self.quote(account)}/sessions"))
