"""Telling people that they were mentioned in a comment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from studio.contracts.records import Change, Records
from studio.domain.ids import new_id
from studio.services.comments.mentions import Mentioned, Mentions
from studio.services.comments.model import CommentShelf
from studio.services.notices.model import Notice, NoticeSettings, Shelf
from studio.services.workflows.model import Shelf as WorkflowShelf

KIND = "mention"


class Mentioning:
    """Makes notices of mentions, and says whether they are still worth telling.

    Args:
        records: Where everything is kept.
        mentions: Knows who may see a workflow.
        clock: The database's, microseconds.
    """

    def __init__(self, records: Records, mentions: Mentions, clock: Callable[[], int]) -> None:
        self._shelf = Shelf(records)
        self._comments = CommentShelf(records).comments
        self._workflows = WorkflowShelf(records).workflows
        self._mentions = mentions
        self._clock = clock

    async def told(self, mentioned: Sequence[Mentioned]) -> list[Change]:
        """The changes that tell each person, where their workspace gives such notices."""
        changes: list[Change] = []
        for one in mentioned:
            kept = await self._shelf.settings.get(one.workspace, "settings")
            settings = kept.value if kept is not None else NoticeSettings()
            if KIND not in settings.kinds:
                continue
            notice = Notice(
                kind=KIND, subject=one.workflow, name=one.workflow_name, to=[one.account],
                facts={"by": one.by_name, "thread": one.thread, "comment": one.comment},
                due=self._clock() + settings.wait * 1_000_000,
            )  # fmt: skip
            changes.append(self._shelf.notices.put(one.workspace, new_id(), notice, expected=0))
        return changes

    async def stands(self, workspace: str, notice: Notice) -> bool:
        """Whether a notice is still to be told: the comment mentions the person, who may see the workflow."""
        if notice.kind != KIND:
            return True
        comment = await self._comments.get(workspace, str(notice.facts.get("comment")))
        head = await self._workflows.get(workspace, notice.subject)
        if comment is None or comment.value.deleted_at is not None or head is None or head.value.deleted_at is not None:
            return False
        for account in notice.to:
            if account not in comment.value.mentions or not await self._mentions.may_see(workspace, account, head):
                return False
        return True
