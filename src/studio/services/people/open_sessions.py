"""The sessions that somebody has open: looking at them, ending them."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.access import Actor
from studio.domain.errors import NotFound
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.guards import (
    need_member,
    require_person,
    require_power_over,
    require_power_over_account,
)
from studio.services.people.model import People, Session
from studio.services.people.sessions import LIFETIME


class OpenSessions:
    """Lists and ends sessions."""

    def __init__(self, people: People, clock: Clock) -> None:
        self._people = people
        self._clock = clock

    async def own(self, actor: Actor) -> list[Kept[Session]]:
        """All sessions of the actor, the one used last first."""
        require_person(actor)
        found = await self._people.sessions.all(INSTANCE, parent=actor.id)
        now = self._clock()
        live = [one for one in found if one.value.signed_in_at + LIFETIME >= now]
        return sorted(live, key=lambda one: one.value.seen_at, reverse=True)

    async def end_own(self, actor: Actor, session: str) -> None:
        """End one of the actor's sessions.

        Raises:
            NotFound: They have none such.
        """
        require_person(actor)
        found = await self._people.sessions.get(INSTANCE, session)
        if found is None or found.value.account != actor.id:
            raise NotFound("session.not_found", "There is no session {id}.", id=session)
        await self._end(actor, actor.id, [found])

    async def end_others(self, actor: Actor) -> int:
        """End all sessions of the actor but the present one; how many there were."""
        require_person(actor)
        found = [one for one in await self._people.sessions.all(INSTANCE, parent=actor.id) if one.id != actor.session]
        return await self._end(actor, actor.id, found)

    async def end_of_member(self, actor: Actor, account: str) -> int:
        """End all sessions of a member; how many there were. Keys stay.

        Raises:
            NotFound: There is no such member of the workspace.
            AccessRefused: The member may more than the actor, here or elsewhere.
        """
        await need_member(self._people, actor.workspace, account)
        await require_power_over(self._people, actor, actor.workspace, account)
        await require_power_over_account(self._people, actor, account)
        return await self.end_of(actor, account)

    async def end_of(self, actor: Actor, account: str) -> int:
        """End all sessions of an account; how many there were. Asks no permission.

        Raises:
            NotFound: There is no such account.
        """
        await self._people.accounts.need(INSTANCE, account)
        return await self._end(actor, account, await self._people.sessions.all(INSTANCE, parent=account))

    async def _end(self, actor: Actor, account: str, sessions: Sequence[Kept[Session]]) -> int:
        if sessions:
            await self._people.records.commit(
                [self._people.sessions.drop(INSTANCE, one.id) for one in sessions],
                [entry(
                    actor, "session.ended", kind="account", id=account, workspace=INSTANCE,
                    after={"sessions": len(sessions)},
                )],
            )  # fmt: skip
        return len(sessions)
