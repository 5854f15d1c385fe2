"""Who an account is in a workspace now: what it may do there, and its groups.

Asked by what runs, at every use of something; so an answer is kept for some seconds, unless this process changes
anything that it follows from. What another process changes is seen when they are over.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.contracts.records import Change
from studio.domain.access import Actor, ActorKind
from studio.domain.ids import INSTANCE
from studio.services.people.model import People, member_id
from studio.services.people.rights import rights_of

KEPT = 5.0
"""Seconds that an answer is kept."""
_MOST = 4096


class Standing(NamedTuple):
    """An account as an actor in a workspace, and the groups it is in there."""

    actor: Actor
    groups: Sequence[str]


async def standing_of(people: People, workspace: str, account: str) -> Standing | None:
    """Who an account is; None where it is not in use, or does not belong to the workspace."""
    found = await people.accounts.get(INSTANCE, account) if account else None
    if found is None or not found.value.active:
        return None
    rights = await rights_of(people, workspace, account)
    member = await people.members.get(INSTANCE, member_id(workspace, account))
    if rights is None or member is None:
        return None
    actor = Actor(
        kind=ActorKind.PERSON, id=account, name=found.value.name, workspace=workspace, permissions=rights[0],
        folders=rights[1],
    )  # fmt: skip
    return Standing(actor, tuple(member.value.groups))


class Standings:
    """Finds out who accounts are, for what runs.

    Args:
        people: Where accounts and members are kept.
        clock: Seconds that only rise.
    """

    def __init__(self, people: People, clock: Callable[[], float] = time.monotonic) -> None:
        self._people = people
        self._clock = clock
        self._kinds = frozenset(
            one.kind for one in (people.accounts, people.workspaces, people.members, people.roles, people.groups)
        )
        self._known: OrderedDict[tuple[str, str], tuple[Standing | None, float]] = OrderedDict()
        self._changes = 0
        people.records.watch(self._committed)

    async def lately(self, workspace: str, account: str) -> Standing | None:
        """Who they are, as it was some seconds ago at most; None as in ``standing_of``."""
        key = workspace, account
        known = self._known.get(key)
        if known is not None and self._clock() < known[1]:
            return known[0]
        until, changes = self._clock() + KEPT, self._changes
        found = await standing_of(self._people, workspace, account)
        if changes == self._changes:  # else it may be older than what was changed meanwhile
            self._known[key] = found, until
            self._known.move_to_end(key)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return found

    def _committed(self, changes: Sequence[Change]) -> None:
        if any(one.kind in self._kinds for one in changes):
            self._changes += 1
            self._known.clear()
