"""Conversations about workflows, their versions and nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from studio.contracts.records import AuditDraft, Change
from studio.domain.access import Actor, Permission
from studio.domain.errors import AccessRefused, Conflict, NotFound, RecordChanged, UserError
from studio.domain.ids import new_id
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.comments.mentions import Mentioned, Mentions, Notify
from studio.services.comments.model import Comment, CommentShelf, Events, Thread, comment_id
from studio.services.editing.feed import Feed
from studio.services.workflows.finding import Finder
from studio.services.workflows.model import Shelf, WorkflowHead, version_id

MAX_TEXT = 10_000
MAX_COMMENTS = 1000
MAX_THREADS = 5000
_TRIES = 20


class Place(NamedTuple):
    """What a thread is about: a workflow, a version of it (0: the draft), a node in it ("": the whole)."""

    version: int = 0
    node: str = ""


class Comments:
    """Makes and changes comments.

    Args:
        notify: Tells people that they were mentioned.
    """

    def __init__(
        self, shelf: Shelf, finder: Finder, mentions: Mentions, clock: Clock, feed: Feed, notify: Notify
    ) -> None:
        self.shelf = CommentShelf(shelf.records)
        self._workflows = shelf
        self._finder = finder
        self._mentions = mentions
        self._notify = notify
        self._clock = clock
        self._feed = feed

    async def begin(self, actor: Actor, reference: str, place: Place, text: str) -> Kept[Thread]:
        """Begin a thread.

        Raises:
            NotFound: There is no such workflow or version.
            AccessRefused: The actor may not write comments there.
            UserError: The text is empty or too long, or mentions somebody who may not see the workflow.
        """
        head = await self._writable(actor, reference)
        text = _checked(text)
        if (
            place.version
            and await self._workflows.versions.get(actor.workspace, version_id(head.id, place.version)) is None
        ):
            raise NotFound(
                "workflow.version_not_found", "{name} has no version {number}.",
                name=head.value.name, number=place.version,
            )  # fmt: skip
        mentions = await self._mentions.of(actor, head, text)
        id, now = new_id(), self._clock()
        thread = Thread(workflow=head.id, version=place.version, node=place.node, by=actor.id, at=now, comments=1)
        comment = Comment(
            thread=id, workflow=head.id, number=1, by=actor.id, name=actor.name, text=text, mentions=mentions, at=now
        )
        audit = _audit(actor, "comment.made", head, comment_id(id, 1), place)
        told = await self._told(actor, head, comment, mentions)
        await self._commit(actor, head, id, thread, 0, [(comment, 0)], [audit], told)
        return await self.shelf.threads.need(actor.workspace, id)

    async def reply(self, actor: Actor, thread: str, text: str) -> Kept[Thread]:
        """Say something in a thread.

        Raises:
            NotFound: There is no such thread.
            UserError: As for ``begin``.
            Conflict: The thread is full.
        """
        text = _checked(text)
        for _ in range(_TRIES):
            kept, head = await self._thread(actor, thread, Permission.COMMENT_WRITE)
            mentions = await self._mentions.of(actor, head, text)
            number = kept.value.comments + 1
            if number > MAX_COMMENTS:
                raise Conflict("comment.full", "A thread has {most} comments at most.", most=MAX_COMMENTS)
            comment = Comment(
                thread=thread, workflow=head.id, number=number, by=actor.id, name=actor.name, text=text,
                mentions=mentions, at=self._clock(),
            )  # fmt: skip
            changed = msgspec.structs.replace(kept.value, comments=number)
            place = Place(kept.value.version, kept.value.node)
            audit = _audit(actor, "comment.made", head, comment_id(thread, number), place)
            told = await self._told(actor, head, comment, mentions)
            try:
                await self._commit(actor, head, thread, changed, kept.revision, [(comment, 0)], [audit], told)
            except RecordChanged:
                continue
            return await self.shelf.threads.need(actor.workspace, thread)
        raise busy(thread)

    async def edit(
        self, actor: Actor, thread: str, number: int, text: str, expected: int | None = None
    ) -> Kept[Thread]:
        """Change one's own comment.

        Raises:
            NotFound: There is no such comment, or it is deleted.
            AccessRefused: It is somebody else's.
            RecordChanged: It has another revision than ``expected``.
        """
        text = _checked(text)
        kept, head = await self._thread(actor, thread, Permission.COMMENT_WRITE)
        comment = await self._comment(actor, thread, number)
        if comment.value.by != actor.id:
            raise AccessRefused("comment.not_yours", "Only who wrote a comment can change it.")
        mentions = await self._mentions.of(actor, head, text)
        changed = msgspec.structs.replace(comment.value, text=text, mentions=mentions, edited_at=self._clock())
        revision = comment.revision if expected is None else expected
        audit = _audit(actor, "comment.changed", head, comment.id, Place(kept.value.version, kept.value.node))
        fresh = [one for one in mentions if one not in comment.value.mentions]
        told = await self._told(actor, head, changed, fresh)
        await self._commit(actor, head, thread, kept.value, kept.revision, [(changed, revision)], [audit], told)
        return await self.shelf.threads.need(actor.workspace, thread)

    async def delete(self, actor: Actor, thread: str, number: int) -> Kept[Thread]:
        """Delete one's own comment; who manages members can delete any. The thread keeps its place.

        Raises:
            NotFound: There is no such comment.
            AccessRefused: It is somebody else's.
        """
        kept, head = await self._thread(actor, thread, Permission.COMMENT_WRITE)
        comment = await self._comment(actor, thread, number)
        if comment.value.by != actor.id and not actor.may(Permission.MEMBER_MANAGE):
            raise AccessRefused("comment.not_yours_to_delete", "Only who wrote a comment, and an Admin, can delete it.")
        gone = msgspec.structs.replace(comment.value, text="", mentions=[], deleted_at=self._clock())
        audit = _audit(actor, "comment.deleted", head, comment.id, Place(kept.value.version, kept.value.node))
        await self._commit(actor, head, thread, kept.value, kept.revision, [(gone, comment.revision)], [audit])
        return await self.shelf.threads.need(actor.workspace, thread)

    async def resolve(self, actor: Actor, thread: str, *, on: bool) -> Kept[Thread]:
        """Settle a thread, or open it again.

        Raises:
            NotFound: There is no such thread.
        """
        for _ in range(_TRIES):
            kept, head = await self._thread(actor, thread, Permission.COMMENT_WRITE)
            if (kept.value.resolved_at is not None) == on:
                return kept
            changed = msgspec.structs.replace(
                kept.value, resolved_at=self._clock() if on else None, resolved_by=actor.id if on else ""
            )
            action = "comment.resolved" if on else "comment.reopened"
            audit = _audit(actor, action, head, thread, Place(kept.value.version, kept.value.node))
            try:
                await self._commit(actor, head, thread, changed, kept.revision, [], [audit])
            except RecordChanged:
                continue
            return await self.shelf.threads.need(actor.workspace, thread)
        raise busy(thread)

    async def follow(self, actor: Actor, workflow: str, names: Sequence[tuple[str, str]]) -> list[Change]:
        """The changes that let threads of a draft follow nodes that are renamed (old name, new name)."""
        threads = await self.shelf.threads.all(actor.workspace, parent=workflow)
        changes: list[Change] = []
        for kept in threads:
            node = kept.value.node
            for old, new in names if not kept.value.version else ():
                if node == old or node.startswith(f"{old}."):
                    node = new + node[len(old) :]
            if node != kept.value.node:
                moved = msgspec.structs.replace(kept.value, node=node)
                changes.append(self.shelf.threads.put(actor.workspace, kept.id, moved, expected=kept.revision))
        return changes

    async def _writable(self, actor: Actor, reference: str) -> Kept[WorkflowHead]:
        head = await self._finder.find(actor, reference, Permission.WORKFLOW_VIEW)
        return await self._finder.find(actor, head.id, Permission.COMMENT_WRITE)

    async def _thread(
        self, actor: Actor, thread: str, permission: Permission
    ) -> tuple[Kept[Thread], Kept[WorkflowHead]]:
        kept = await self.shelf.threads.get(actor.workspace, thread)
        if kept is None:
            raise no_thread(thread)
        try:
            await self._finder.find(actor, kept.value.workflow)
        except NotFound as error:
            raise no_thread(thread) from error
        return kept, await self._finder.find(actor, kept.value.workflow, permission)

    async def _comment(self, actor: Actor, thread: str, number: int) -> Kept[Comment]:
        kept = await self.shelf.comments.get(actor.workspace, comment_id(thread, number))
        if kept is None or kept.value.deleted_at is not None:
            raise NotFound("comment.not_found", "There is no comment {number} in this thread.", number=number)
        return kept

    async def _commit(
        self,
        actor: Actor,
        head: Kept[WorkflowHead],
        id: str,
        thread: Thread,
        revision: int,
        comments: Sequence[tuple[Comment, int]],
        audit: Sequence[AuditDraft],
        more: Sequence[Change] = (),
    ) -> None:
        """Store a thread and comments of it (with the revisions they must have) as the next event.

        Only as long as the workflow is there: of one that is deleted meanwhile nothing is left behind.
        """
        workspace, shelf = actor.workspace, self.shelf
        for _ in range(_TRIES):
            events = await shelf.events.get(workspace, head.id)
            last = events.value if events is not None else Events()
            if not revision and last.threads >= MAX_THREADS:
                raise Conflict("comment.threads", "A workflow has {most} threads at most.", most=MAX_THREADS)
            counted = Events(seq=last.seq + 1, threads=last.threads + (not revision))
            kept = msgspec.structs.replace(thread, seq=counted.seq)
            changes: list[Change] = [
                shelf.events.put(workspace, head.id, counted, expected=events.revision if events is not None else 0),
                shelf.threads.put(workspace, id, kept, expected=revision),
                *(
                    shelf.comments.put(workspace, comment_id(id, one.number), one, expected=expected)
                    for one, expected in comments
                ),
                self._workflows.workflows.check(workspace, head.id, head.revision),
                *more,
            ]
            try:
                await shelf.records.commit(changes, audit)
            except RecordChanged as error:
                kind = error.arguments.get("kind")
                if kind == self._workflows.workflows.kind:
                    head = await self._finder.find(actor, head.id, Permission.COMMENT_WRITE)
                elif kind != shelf.events.kind:
                    raise
                continue
            self._feed.tell(workspace, head.id)
            return
        raise busy(id)

    async def _told(
        self, actor: Actor, head: Kept[WorkflowHead], comment: Comment, accounts: Sequence[str]
    ) -> Sequence[Change]:
        """The changes that tell people of a mention; nobody is told of their own."""
        told = [
            Mentioned(
                actor.workspace, head.id, head.value.name, comment.thread, comment_id(comment.thread, comment.number),
                actor.id, actor.name, account,
            )
            for account in accounts
            if account != actor.id
        ]  # fmt: skip
        return await self._notify(told) if told else ()


def _checked(text: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= MAX_TEXT or any(ord(one) < 32 and one not in "\n\t\r" for one in text):
        raise UserError("comment.text", "A comment has 1 to {most} characters.", most=MAX_TEXT).at(param="text")
    return text


def _audit(actor: Actor, action: str, head: Kept[WorkflowHead], id: str, place: Place) -> AuditDraft:
    after: dict[str, Any] = {"workflow": head.id, "version": place.version, "node": place.node}
    return entry(actor, action, kind="comment", id=id, name=head.value.name, after=after)


def no_thread(thread: str) -> NotFound:
    """The error for a thread that is not there."""
    return NotFound("comment.no_thread", "There is no thread {id}.", id=thread)


def busy(thread: str) -> RecordChanged:
    """The error for a thread that others change all the time."""
    return RecordChanged(
        "record.changed", "The {kind} was changed meanwhile. Load it again and repeat the change.",
        kind="comment_thread", id=thread,
    )  # fmt: skip
