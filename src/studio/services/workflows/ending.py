"""What stands around a workflow ends with it, and comes back with it: comments and what was read of them, pinned data.

There may be more of it than one transaction should hold. So what is to become of it is written down together with the
deletion, and carried out in pieces afterwards; what is interrupted is gone on with by whichever server looks next.

What ends by itself is left alone: presence, the record of operations, notices. Executions are kept by the rules for
executions, and keys that name the workflow allow nothing more by that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec

from studio.contracts.records import Change, Records
from studio.domain.errors import RecordChanged
from studio.services._collection import Collection, Kept
from studio.services.comments.model import CommentShelf
from studio.services.editing.model import EditingShelf
from studio.services.notices.model import Shelf as NoticeShelf
from studio.services.pinning.model import PinnedShelf
from studio.services.workflows.purging import Purging

_BATCH = 500
_T = TypeVar("_T", bound=msgspec.Struct)


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """That everything of a workflow ends at a time, or with None is to stay. Its id is the workflow."""

    expires_at: int | None = None


class Endings:
    """Lets what belongs to workflows end, or stay.

    Args:
        records: Where everything is kept.
        purging: What ends only when the workflow can be brought back no more.
    """

    def __init__(self, records: Records, purging: Purging) -> None:
        self._records = records
        self._purging = purging
        self._endings = Collection(records, "workflow_ending", Ending)
        self._comments = CommentShelf(records)
        self._editing = EditingShelf(records)
        self._health = NoticeShelf(records).health
        self._pinned = PinnedShelf(records).outputs

    def begun(self, workspace: str, workflow: str, expires_at: int | None) -> list[Change]:
        """The changes that say what is to become of it; ``finish`` carries it out."""
        told: list[Change] = [
            self._endings.put(workspace, workflow, Ending(expires_at=expires_at)),
            self._purging.begun(workspace, workflow, expires_at),
        ]
        if expires_at is not None:
            # Whether it fails is nobody's business any more.
            told.append(self._health.drop(workspace, workflow))
        return told

    async def finish(self, workspace: str, workflow: str) -> None:
        """Carry out what was begun.

        Raises:
            RecordChanged: Others changed something meanwhile; again later.
        """
        kept = await self._endings.get(workspace, workflow)
        if kept is None:
            return
        batch: list[Change] = []
        async for change in self._all(workspace, workflow, kept.value.expires_at):
            batch.append(change)
            if len(batch) >= _BATCH:
                await self._records.commit(batch)
                batch = []
        await self._records.commit([*batch, self._endings.drop(workspace, workflow, expected=kept.revision)])

    async def resume(self, workspaces: Callable[[], Awaitable[Sequence[str]]]) -> None:
        """Go on with what was interrupted."""
        for workspace in await workspaces():
            for one in await self._endings.all(workspace):
                try:
                    await self.finish(workspace, one.id)
                except RecordChanged:
                    continue  # another server is at it
        await self._purging.resume(workspaces)

    async def _all(self, workspace: str, workflow: str, expires_at: int | None) -> AsyncIterator[Change]:
        comments = self._comments
        async for thread in _under(comments.threads, workspace, workflow):
            async for comment in _under(comments.comments, workspace, thread.id):
                for change in again(comments.comments, comment, expires_at):
                    yield change
            for change in again(comments.threads, thread, expires_at):
                yield change
        events = await comments.events.get(workspace, workflow)
        for change in again(comments.events, events, expires_at) if events is not None else ():
            yield change
        async for one in _under(comments.read, workspace, workflow):
            for change in again(comments.read, one, expires_at):
                yield change
        async for one in _under(self._pinned, workspace, workflow):
            for change in again(self._pinned, one, expires_at):
                yield change
        async for one in _under(self._editing.undo, workspace, workflow):
            # The draft that comes back is another revision: steps on the one before cannot be taken back any more.
            yield self._editing.undo.drop(workspace, one.id)


def again(collection: Collection[_T], one: Kept[_T], expires_at: int | None) -> list[Change]:
    """The change that lets something end at a time, or stay; none where that is so already."""
    if one.record.expires_at == expires_at:
        return []
    return [collection.put(one.record.workspace, one.id, one.value, expected=one.revision, expires_at=expires_at)]


async def _under(collection: Collection[_T], workspace: str, parent: str) -> AsyncIterator[Kept[_T]]:
    after: tuple[str, str] | None = None
    while True:
        page = await collection.page(workspace, parent=parent, after=after, limit=_BATCH)
        for one in page.items:
            yield one
        after = page.after
        if after is None:
            return
