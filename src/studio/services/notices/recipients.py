"""Who is told."""

from __future__ import annotations

from typing import NamedTuple

from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from studio.services.notices.model import OwnNotices, Shelf
from studio.services.people.model import Account, People, member_id


class Recipient(NamedTuple):
    """Somebody who gets mail."""

    account: str
    email: str
    lang: str


class Recipients:
    """Finds who answers for what.

    Args:
        people: Accounts and members.
        shelf: Which notices they want.
    """

    def __init__(self, people: People, shelf: Shelf) -> None:
        self._people = people
        self._shelf = shelf

    async def owner(self, workspace: str, account: str) -> list[str]:
        """The owner where they still belong to the workspace; else its Admins."""
        if account and await self._member(workspace, account):
            return [account]
        return await self.admins(workspace)

    async def admins(self, workspace: str) -> list[str]:
        """The Admins of a workspace; of the instance its operators."""
        if workspace == INSTANCE:
            accounts = await self._people.accounts.all(INSTANCE, field="person", value="yes")
            return [one.id for one in accounts if one.value.operator and one.value.active]
        members = await self._people.members.all(INSTANCE, parent=workspace)
        found = [one.value.account for one in members if one.value.role == Role.ADMIN]
        return [account for account in found if await self._active(account)]

    async def wanting(self, workspace: str, account: str, kind: str) -> Recipient | None:
        """Who an account is, where they want this kind of notice and may still have it."""
        known = await self._active(account)
        if known is None or not known.email:
            return None
        if workspace != INSTANCE and not await self._member(workspace, account):
            return None
        kept = await self._shelf.own.get(workspace, account)
        own = kept.value if kept is not None else OwnNotices()
        return Recipient(account, known.email, known.lang) if kind in own.kinds else None

    async def _active(self, account: str) -> Account | None:
        found = await self._people.accounts.get(INSTANCE, account)
        return found.value if found is not None and found.value.active else None

    async def _member(self, workspace: str, account: str) -> bool:
        return (
            await self._active(account) is not None
            and await self._people.members.get(INSTANCE, member_id(workspace, account)) is not None
        )
