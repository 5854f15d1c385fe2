"""Looking at comments: threads with what is unread in them, counts, events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from studio.domain.access import Actor, Permission
from studio.domain.errors import NotFound, RecordChanged
from studio.services._collection import Kept
from studio.services.comments.comments import Comments, busy, no_thread
from studio.services.comments.model import Comment, ReadUpTo, Thread
from studio.services.editing._tree import MISSING, get, node_path
from studio.services.editing.editing import Editing
from studio.services.workflows.finding import Finder
from studio.services.workflows.model import Shelf as WorkflowShelf
from studio.services.workflows.model import WorkflowHead

State: TypeAlias = Literal["open", "resolved", "all"]
_EVENTS = 200
_TRIES = 20


class ThreadShown(NamedTuple):
    """A thread with its comments. ``detached``: its node is not in the draft any more. ``unread``: by others."""

    thread: Kept[Thread]
    comments: list[Kept[Comment]]
    detached: bool
    unread: int


class Threads(NamedTuple):
    """A page of threads."""

    items: list[ThreadShown]
    after: tuple[str, str] | None


class Counts(NamedTuple):
    """How many threads a workflow has; ``nodes`` are open ones of the draft by node."""

    open: int
    resolved: int
    unread: int
    nodes: dict[str, int]


class ReadingComments:
    """Shows comments."""

    def __init__(self, comments: Comments, editing: Editing, finder: Finder) -> None:
        self._comments = comments
        self._shelf = comments.shelf
        self._editing = editing
        self._finder = finder
        self._workflows = WorkflowShelf(comments.shelf.records).workflows

    async def page(
        self,
        actor: Actor,
        reference: str,
        *,
        version: int | None = None,
        node: str | None = None,
        state: State = "all",
        unread: bool = False,
        after: tuple[str, str] | None = None,
        limit: int = 50,
    ) -> Threads:
        """Threads of a workflow, the one with the newest event first.

        Raises:
            NotFound: There is no such workflow.
        """
        head = await self._head(actor, reference)
        marks = (await self._marks(actor, head.id)).threads
        found: list[Kept[Thread]] = []
        last: tuple[str, str] | None = after
        while len(found) < limit:
            page = await self._shelf.threads.page(
                actor.workspace, parent=head.id, field="seq", prefix=f"{head.id}/", after=last, descending=True,
                limit=limit,
            )  # fmt: skip
            for one in page.items:
                last = (f"{head.id}/{one.value.seq:012d}", one.id)
                if _fits(one, version, node, state) and (not unread or one.value.comments > marks.get(one.id, 0)):
                    found.append(one)
                    if len(found) == limit:
                        break
            else:
                if page.after is None:
                    last = None
                    break
        shown = [await self._shown(actor, one, marks) for one in found]
        return Threads([one for one in shown if not unread or one.unread], last)

    async def show(self, actor: Actor, thread: str) -> ThreadShown:
        """A thread.

        Raises:
            NotFound: There is none such, or the actor may not see its workflow.
        """
        kept = await self._shelf.threads.get(actor.workspace, thread)
        if kept is None:
            raise no_thread(thread)
        try:
            await self._finder.find(actor, kept.value.workflow)
        except NotFound as error:
            raise no_thread(thread) from error
        await self._finder.find(actor, kept.value.workflow, Permission.COMMENT_VIEW)
        return await self._shown(actor, kept, (await self._marks(actor, kept.value.workflow)).threads)

    async def counts(self, actor: Actor, reference: str) -> Counts:
        """How many threads there are, and how many have something that the actor has not read.

        Raises:
            NotFound: There is no such workflow.
        """
        head = await self._head(actor, reference)
        marks = (await self._marks(actor, head.id)).threads
        threads = await self._shelf.threads.all(actor.workspace, parent=head.id)
        opened = [one for one in threads if one.value.resolved_at is None]
        nodes = Counter(one.value.node for one in opened if one.value.node and not one.value.version)
        unread = 0
        for one in threads:
            if one.value.comments > marks.get(one.id, 0):
                unread += bool(_unread(await self._of(actor.workspace, one.id), actor, marks.get(one.id, 0)))
        return Counts(len(opened), len(threads) - len(opened), unread, dict(nodes))

    async def mark_read(self, actor: Actor, reference: str, threads: Sequence[str] | None) -> None:
        """Have threads count as read by the actor as they are now; None for all of the workflow.

        Raises:
            NotFound: There is no such workflow.
        """
        head = await self._head(actor, reference)
        found = await self._shelf.threads.all(actor.workspace, parent=head.id)
        read = {one.id: one.value.comments for one in found if threads is None or one.id in threads}
        id = _mark_id(head.id, actor.id)
        for _ in range(_TRIES):
            kept = await self._shelf.read.get(actor.workspace, id)
            before = kept.value.threads if kept is not None else {}
            # Threads that are gone need no mark.
            marks = {one.id: max(before.get(one.id, 0), read.get(one.id, 0)) for one in found}
            mark = ReadUpTo(workflow=head.id, account=actor.id, threads={key: one for key, one in marks.items() if one})
            expected = kept.revision if kept is not None else 0
            try:
                await self._shelf.records.commit(
                    [
                        self._shelf.read.put(actor.workspace, id, mark, expected=expected),
                        self._workflows.check(actor.workspace, head.id, head.revision),
                    ]
                )
            except RecordChanged:
                head = await self._head(actor, head.id)
                continue
            return
        raise busy(head.id)

    async def newest(self, workspace: str, workflow: str) -> int:
        """The number of the last event of a workflow's comments."""
        kept = await self._shelf.events.get(workspace, workflow)
        return kept.value.seq if kept is not None else 0

    async def changed_after(self, workspace: str, workflow: str, seq: int) -> list[Kept[Thread]]:
        """The threads in which something happened after an event, in that order."""
        page = await self._shelf.threads.page(
            workspace, field="seq", prefix=f"{workflow}/", after=(f"{workflow}/{seq:012d}", "~"), limit=_EVENTS
        )
        return page.items

    async def show_changed(self, actor: Actor, thread: Kept[Thread]) -> ThreadShown | None:
        """A thread for somebody whose right to see the workflow is known; None without the right to see comments."""
        head = await self._finder.any(actor.workspace, thread.value.workflow)
        if head is None or not await self._finder.allows(actor, Permission.COMMENT_VIEW, head.value):
            return None
        return await self._shown(actor, thread, (await self._marks(actor, thread.value.workflow)).threads)

    async def _head(self, actor: Actor, reference: str) -> Kept[WorkflowHead]:
        head = await self._finder.find(actor, reference)
        return await self._finder.find(actor, head.id, Permission.COMMENT_VIEW)

    async def _marks(self, actor: Actor, workflow: str) -> ReadUpTo:
        kept = await self._shelf.read.get(actor.workspace, _mark_id(workflow, actor.id))
        return kept.value if kept is not None else ReadUpTo(workflow=workflow, account=actor.id)

    async def _of(self, workspace: str, thread: str) -> list[Kept[Comment]]:
        return await self._shelf.comments.all(workspace, parent=thread)

    async def _shown(self, actor: Actor, thread: Kept[Thread], marks: dict[str, int]) -> ThreadShown:
        comments = await self._of(actor.workspace, thread.id)
        unread = _unread(comments, actor, marks.get(thread.id, 0))
        return ThreadShown(thread, comments, await self._detached(actor.workspace, thread.value), unread)

    async def _detached(self, workspace: str, thread: Thread) -> bool:
        if not thread.node or thread.version:
            return False
        _, tree = await self._editing.document(workspace, thread.workflow)
        return not _has_node(tree, thread.node)


def _has_node(tree: dict[str, Any], node: str) -> bool:
    name = node.partition(".slots.")[0]
    return get(tree, node_path(name)) is not MISSING


def _unread(comments: Sequence[Kept[Comment]], actor: Actor, read: int) -> int:
    return sum(
        one.value.number > read and one.value.by != actor.id and one.value.deleted_at is None for one in comments
    )


def _fits(one: Kept[Thread], version: int | None, node: str | None, state: State) -> bool:
    thread = one.value
    if version is not None and thread.version != version:
        return False
    if node is not None and thread.node != node:
        return False
    return state == "all" or (thread.resolved_at is None) == (state == "open")


def _mark_id(workflow: str, account: str) -> str:
    return f"{workflow}.{account}"
