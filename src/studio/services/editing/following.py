"""Following a workflow: what is changed in its draft, what is said about it, who has it open.

Changes and comments are numbered: a position is the revision of the draft and the number of the last event of comments.
Whoever comes back with the position they have is told all that came after it. Presence has no number: who comes back
is told who is there now.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

from studio.domain.access import Actor
from studio.services.comments.reading import ReadingComments
from studio.services.editing._history import LogGone
from studio.services.editing.editing import Editing
from studio.services.editing.feed import Feed
from studio.services.editing.presence import Present, Tab, shown
from studio.services.executing.watching import START, TICK, Position, Tick
from studio.services.workflows.model import Shelf

_PAGE = 200
_LOOK_EVERY = 1.0


class Followed(NamedTuple):
    """Something to tell: its type, what it is about, and where one stands then (None for what has no number)."""

    type: str
    value: Any
    position: Position | None = None


class Following:
    """Follows workflows."""

    def __init__(self, editing: Editing, comments: ReadingComments, present: Present, shelf: Shelf, feed: Feed) -> None:
        self._editing = editing
        self._comments = comments
        self._present = present
        self._shelf = shelf
        self._feed = feed

    async def events(
        self, workspace: str, workflow: str, after: Position, who: Callable[[], Actor], tab: Tab | None = None
    ) -> AsyncIterator[Followed | Tick]:
        """What happens after a position, for ever; ``TICK`` whenever nothing came.

        Args:
            workspace: Which.
            workflow: Its id. Asks no permission but for comments.
            after: What is known already; ``START`` for what stands there now.
            who: Who is told, as they are at that moment.
            tab: Where somebody is shown to others while they follow.
        """
        with self._feed.subscribed(workspace, workflow) as subscription:
            one = _Follow(self, workspace, workflow, who)
            yield await one.hello(after, tab)
            looked = 0.0
            while True:
                told = False
                async for event in one.news():
                    told = True
                    yield event
                if time.monotonic() - looked >= _LOOK_EVERY:
                    looked = time.monotonic()
                    if tab is not None:
                        await tab.beat()
                    for event in await one.others():
                        yield event
                for passed in await subscription.wait():
                    if (event := one.present(passed)) is not None:
                        told = True
                        yield event
                if not told:
                    yield TICK

    async def operations(self, workspace: str, workflow: str, revision: int) -> list[Any] | None:
        """The next batches after a revision, None where they are not known any more."""
        try:
            return (await self._editing.history.after_revision(workspace, workflow, revision, _PAGE)).records
        except LogGone:
            return None

    async def revision(self, workspace: str, workflow: str) -> int:
        """The revision of the draft."""
        return (await self._shelf.drafts.need(workspace, workflow)).revision

    @property
    def comments(self) -> ReadingComments:
        """Looks at comments."""
        return self._comments

    async def everybody(self, workspace: str, workflow: str) -> dict[str, dict[str, Any]]:
        """Who has the workflow open, by person and tab."""
        found = [shown(one) for one in await self._present.everybody(workspace, workflow)]
        return {f"{one['account']}.{one['client']}": one for one in found}


class _Follow:
    """Where one follower stands."""

    def __init__(self, following: Following, workspace: str, workflow: str, who: Callable[[], Actor]) -> None:
        self._of = following
        self._workspace = workspace
        self._workflow = workflow
        self._who = who
        self._revision = 0
        self._comments = 0
        self._seen: dict[str, dict[str, Any]] = {}

    async def hello(self, after: Position, tab: Tab | None) -> Followed:
        """Where everything stands."""
        revision = await self._of.revision(self._workspace, self._workflow)
        newest = await self._of.comments.newest(self._workspace, self._workflow)
        self._revision, self._comments = after if after != START else (revision, newest)
        if tab is not None:
            await tab.arrive()
        self._seen = await self._of.everybody(self._workspace, self._workflow)
        told = {
            "workflow": self._workflow, "revision": revision, "comments": newest, "present": [*self._seen.values()]
        }  # fmt: skip
        return Followed("hello", told, self._position)

    @property
    def _position(self) -> Position:
        return self._revision, self._comments

    async def news(self) -> AsyncIterator[Followed]:
        """Changes and comments that are not told yet."""
        while (records := await self._of.operations(self._workspace, self._workflow, self._revision)) is not None:
            for record in records:
                self._revision = record.revision
                yield Followed("operation", record, self._position)
            if len(records) < _PAGE:
                break
        else:
            self._revision = await self._of.revision(self._workspace, self._workflow)
            yield Followed("reload", {"revision": self._revision}, self._position)
        comments = self._of.comments
        while changed := await comments.changed_after(self._workspace, self._workflow, self._comments):
            for one in changed:
                self._comments = one.value.seq
                thread = await comments.show_changed(self._who(), one)
                if thread is not None:
                    yield Followed("comment", thread, self._position)

    async def others(self) -> list[Followed]:
        """Those in other processes: who is new, elsewhere, or gone."""
        now = await self._of.everybody(self._workspace, self._workflow)
        found: list[Followed | None] = []
        for key, one in now.items():
            before = self._seen.get(key)
            if before is None or (before["node"], before["selection"]) != (one["node"], one["selection"]):
                found.append(self.present({"type": "presence", **one}))
        for key in [key for key in self._seen if key not in now]:
            gone = self._seen[key]
            found.append(self.present({"type": "left", "account": gone["account"], "client": gone["client"]}))
        return [one for one in found if one is not None]

    def present(self, event: dict[str, Any]) -> Followed | None:
        """What is passed on between those who have it open; None where it is known."""
        key = f"{event['account']}.{event['client']}"
        about = {name: one for name, one in event.items() if name != "type"}
        if event["type"] != "left":
            self._seen[key] = about
        elif self._seen.pop(key, None) is None:
            return None
        return Followed(event["type"], about)
