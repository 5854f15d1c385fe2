"""Telling somebody that they own a workflow now."""

from __future__ import annotations

from collections.abc import Callable

from studio.contracts.records import Change, Records
from studio.domain.access import Actor
from studio.domain.ids import new_id
from studio.services._collection import Kept
from studio.services.notices.model import Notice, NoticeSettings, Shelf
from studio.services.workflows.model import WorkflowHead

KIND = "owner"


class Handing:
    """Makes notices of workflows that were handed over, and of those that were handed back.

    Args:
        records: Where everything is kept.
        clock: The database's, microseconds.
    """

    def __init__(self, records: Records, clock: Callable[[], int]) -> None:
        self._shelf = Shelf(records)
        self._clock = clock

    async def told(self, actor: Actor, head: Kept[WorkflowHead], changed: WorkflowHead) -> list[Change]:
        """The changes that tell the owner that a workflow gets, where the workspace gives such notices."""
        workspace = head.record.workspace
        kept = await self._shelf.settings.get(workspace, "settings")
        settings = kept.value if kept is not None else NoticeSettings()
        if KIND not in settings.kinds:
            return []
        notice = Notice(
            kind=KIND, subject=head.id, name=changed.name, to=[changed.owner],
            facts={"by": actor.name, "back": not changed.handed_from},
            due=self._clock() + settings.wait * 1_000_000,
        )  # fmt: skip
        return [self._shelf.notices.put(workspace, new_id(), notice, expected=0)]
