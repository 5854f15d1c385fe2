"""How comments are shown to callers."""

from __future__ import annotations

from studio.server.resources.comments.schemas import CommentOut, ThreadOut
from studio.services._collection import Kept
from studio.services.comments.model import Comment
from studio.services.comments.reading import ThreadShown


def comment_out(kept: Kept[Comment]) -> CommentOut:
    """A comment."""
    one = kept.value
    deleted = one.deleted_at is not None
    return CommentOut(
        number=one.number, revision=kept.revision, by=one.by, name=one.name, text=None if deleted else one.text,
        mentions=one.mentions, at=one.at, edited_at=one.edited_at, deleted=deleted,
    )  # fmt: skip


def thread_out(shown: ThreadShown) -> ThreadOut:
    """A thread."""
    one = shown.thread.value
    return ThreadOut(
        id=shown.thread.id, workflow=one.workflow, version=one.version or None, node=one.node or None,
        detached=shown.detached, by=one.by, at=one.at, resolved=one.resolved_at is not None,
        resolved_at=one.resolved_at, resolved_by=one.resolved_by or None, unread=shown.unread,
        comments=[comment_out(kept) for kept in shown.comments],
    )  # fmt: skip
