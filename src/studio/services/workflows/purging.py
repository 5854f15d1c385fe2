"""What nodes have kept of a workflow ends with it, when it can be brought back no more.

State of nodes stands outside of the records that end by themselves. So it is written down with the deletion when that
is due, and whichever server looks next does it. As long as something of the workflow runs on, it waits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from studio.contracts.records import Change
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionFilter
from studio.domain.errors import RecordChanged
from studio.domain.ids import workflow_tag
from studio.domain.status import ExecutionStatus
from studio.services._clock import Clock
from studio.services._collection import Collection, Kept
from studio.services.workflows.model import Shelf, moment

_BATCH = 200
_GOES_ON = tuple(status for status in ExecutionStatus if not status.terminal)


class Purge(msgspec.Struct, frozen=True, kw_only=True):
    """When the rest of a deleted workflow ends. Its id is the workflow."""

    at: int


class Purging:
    """Clears the state of nodes of workflows that are gone.

    Args:
        shelf: Where workflows are kept.
        store: Where the state is.
        clock: The database's, microseconds.
    """

    def __init__(self, shelf: Shelf, store: Store, clock: Clock) -> None:
        self._shelf = shelf
        self._store = store
        self._clock = clock
        self._purges = Collection(shelf.records, "workflow_purge", Purge, fields=lambda one: {"due": moment(one.at)})

    def begun(self, workspace: str, workflow: str, at: int | None) -> Change:
        """The change that says when it ends; with None that it stays."""
        return (
            self._purges.drop(workspace, workflow)
            if at is None
            else self._purges.put(workspace, workflow, Purge(at=at))
        )

    async def resume(self, workspaces: Callable[[], Awaitable[Sequence[str]]]) -> None:
        """Do what is due."""
        now = self._clock()
        for workspace in await workspaces():
            after: tuple[str, str] | None = None
            while True:
                page = await self._purges.page(workspace, field="due", after=after, limit=_BATCH)
                due = [one for one in page.items if one.value.at <= now]
                for one in due:
                    await self._purge(workspace, one)
                after = page.after
                if after is None or len(due) < len(page.items):
                    break

    async def _purge(self, workspace: str, one: Kept[Purge]) -> None:
        head = await self._shelf.workflows.get(workspace, one.id)
        wanted = ExecutionFilter(workspace=workspace, status=_GOES_ON, tag=workflow_tag(one.id), limit=1)
        if head is not None or await self._store.executions(wanted):
            return
        await self._store.drop_node_states(workspace, f"{one.id}/")
        try:
            await self._shelf.records.commit([self._purges.drop(workspace, one.id, expected=one.revision)])
        except RecordChanged:
            return  # another server has done the same
