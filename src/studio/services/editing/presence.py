"""Who has a workflow open, and where in it they are."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from studio.domain.access import Actor
from studio.domain.errors import Conflict
from studio.services._clock import Clock
from studio.services.editing.feed import Feed
from studio.services.editing.model import EditingShelf, Presence

LASTS = 20_000_000
"""How long somebody is shown who gives no sign of life, microseconds."""
_STORE_EVERY = 5_000_000
_STORE_CHANGE_EVERY = 1_000_000
MAX_SELECTION = 50
MAX_TABS = 20
"""Tabs of one workflow that one person has open in this process; each looks and writes once a second."""
_COLOURS = (
    "#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#db2777", "#0891b2", "#65a30d", "#ea580c", "#4f46e5",
    "#0d9488", "#be123c",
)  # fmt: skip


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody is: the node they have open, what they have selected, their pointer on the canvas."""

    node: str | None = None
    selection: list[str] = []
    cursor: tuple[float, float] | None = None


def colour_of(account: str) -> str:
    """The colour that stands for a person, the same everywhere."""
    return _COLOURS[zlib.crc32(account.encode()) % len(_COLOURS)]


def shown(one: Presence) -> dict[str, Any]:
    """Somebody's presence as others see it."""
    return {
        "account": one.account, "client": one.client, "name": one.name, "colour": colour_of(one.account),
        "node": one.node, "selection": one.selection, "cursor": one.cursor,
    }  # fmt: skip


class Tab:
    """One open tab of somebody."""

    def __init__(
        self, shelf: EditingShelf, clock: Clock, feed: Feed, actor: Actor, workflow: str, client: str,
        closed: Callable[[], None],
    ) -> None:  # fmt: skip
        self._closed = closed
        self._shelf = shelf
        self._clock = clock
        self._feed = feed
        self._workspace = actor.workspace
        self.id = f"{workflow}.{actor.id}.{client}"
        self.presence = Presence(workflow=workflow, account=actor.id, client=client, name=actor.name)
        self._stored_at = 0
        self._stored = Where()

    async def beat(self, where: Where | None = None) -> None:
        """Give a sign of life, and tell where they are. Others in this process hear of it at once."""
        now = self._clock()
        before = self.presence
        if where is not None:
            self.presence = msgspec.structs.replace(
                before, node=where.node, selection=where.selection[:MAX_SELECTION], cursor=where.cursor
            )
            if self.presence != before:
                self._tell({"type": "presence", **shown(self.presence)})
        place = Where(node=self.presence.node, selection=self.presence.selection)
        wait = _STORE_CHANGE_EVERY if place != self._stored else _STORE_EVERY
        if now - self._stored_at >= wait:
            self._stored_at, self._stored = now, place
            kept = msgspec.structs.replace(self.presence, at=now)
            put = self._shelf.presence.put(self._workspace, self.id, kept, expires_at=now + LASTS)
            await self._shelf.records.commit([put])

    async def arrive(self) -> None:
        """Be shown."""
        await self.beat()
        self._tell({"type": "presence", **shown(self.presence)})

    async def leave(self) -> None:
        """Be shown no longer."""
        self._closed()
        self._tell({"type": "left", "account": self.presence.account, "client": self.presence.client})
        await self._shelf.records.commit([self._shelf.presence.drop(self._workspace, self.id)])

    def _tell(self, event: dict[str, Any]) -> None:
        self._feed.tell(self._workspace, self.presence.workflow, event)


class Present:
    """Shows who has workflows open."""

    def __init__(self, shelf: EditingShelf, clock: Clock, feed: Feed) -> None:
        self._shelf = shelf
        self._clock = clock
        self._feed = feed
        self._tabs: Counter[tuple[str, str, str]] = Counter()

    def tab(self, actor: Actor, workflow: str, client: str) -> Tab:
        """A tab that somebody opens; it counts until it leaves.

        Raises:
            Conflict: They have many open already.
        """
        key = (actor.workspace, workflow, actor.id)
        if self._tabs[key] >= MAX_TABS:
            raise Conflict("editing.tabs", "You have this workflow open {most} times already.", most=MAX_TABS)
        self._tabs[key] += 1

        def closed() -> None:
            self._tabs[key] -= 1
            if not self._tabs[key]:
                del self._tabs[key]

        return Tab(self._shelf, self._clock, self._feed, actor, workflow, client, closed)

    async def everybody(self, workspace: str, workflow: str) -> list[Presence]:
        """Who has a workflow open, in all processes; by tab."""
        found = await self._shelf.presence.page(workspace, parent=workflow, limit=200)
        return [one.value for one in found.items]
