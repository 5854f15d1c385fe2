"""Checking that audit logs are what was written."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from studio.contracts.records import ChainBreak, Records
from studio.domain.errors import NotFound
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.services.people.model import People


class Verified(NamedTuple):
    """What a check found: how many entries are right from the first on, and where it ends, if it does."""

    workspace: str
    entries: int
    broken: ChainBreak | None


class Verifier:
    """Checks logs, one at a time: it reads all of them."""

    def __init__(self, records: Records, people: People) -> None:
        self._records = records
        self._people = people
        self._turn = asyncio.Lock()

    async def check(self, workspace: str) -> Verified:
        """Check the log of a workspace, or of the instance."""
        async with self._turn:
            entries, broken = await self._records.verify_audit(workspace)
        if broken is None and not entries and workspace == INSTANCE and await self._people.accounts.count(INSTANCE):
            # Whoever removes a whole log with its head leaves no chain to check; making the first account is told.
            broken = ChainBreak(1, "missing")
        return Verified(workspace, entries, broken)

    async def all(self) -> list[Verified]:
        """Check the log of the instance and of every workspace."""
        known = [one.id for one in await self._people.workspaces.all(INSTANCE)]
        return [await self.check(workspace) for workspace in dict.fromkeys((INSTANCE, DEFAULT_WORKSPACE, *known))]

    async def one(self, workspace: str) -> Verified:
        """``check`` for a workspace that somebody names.

        Raises:
            NotFound: There is none such.
        """
        always = (INSTANCE, DEFAULT_WORKSPACE)
        if workspace not in always and await self._people.workspaces.get(INSTANCE, workspace) is None:
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=workspace)
        return await self.check(workspace)
