"""What is kept of comments. Everything here stands in sealed records; see docs/adr/0020."""

from __future__ import annotations

import msgspec

from studio.contracts.records import Records
from studio.services._collection import Collection


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation about a workflow, a version of it, or a node.

    Args:
        workflow: Id of the workflow.
        version: Number of the version that it is about, 0 for the draft.
        node: Name of the node, "" for the whole. It follows the node's new id where that is renamed in the draft.
        by: Account that began it.
        at: When.
        resolved_at: When it was settled, None while it is open.
        resolved_by: Who settled it.
        comments: How many comments were ever made in it, with those that are deleted.
        seq: Number of its last event among those of the workflow's threads.
    """

    workflow: str
    version: int = 0
    node: str = ""
    by: str = ""
    at: int = 0
    resolved_at: int | None = None
    resolved_by: str = ""
    comments: int = 0
    seq: int = 0


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said in a thread. Of a deleted one the text is gone."""

    thread: str
    workflow: str
    number: int
    by: str
    name: str = ""
    text: str = ""
    mentions: list[str] = []
    at: int = 0
    edited_at: int | None = None
    deleted_at: int | None = None


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """Counts what happened in the threads of a workflow. ``threads`` and ``open`` are how many there are."""

    seq: int = 0
    threads: int = 0


class ReadUpTo(msgspec.Struct, frozen=True, kw_only=True):
    """How many comments of each thread of a workflow somebody has read."""

    workflow: str
    account: str
    threads: dict[str, int] = {}


def comment_id(thread: str, number: int) -> str:
    """Id of a comment; ids of one thread sort by number."""
    return f"{thread}.{number:05d}"


class CommentShelf:
    """Where all of it is kept."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.threads = Collection(
            records, "comment_thread", Thread,
            parent=lambda one: one.workflow,
            fields=lambda one: {
                "seq": f"{one.workflow}/{one.seq:012d}",
                "place": f"{one.workflow}/{one.version}/{one.node}",
                **({"open": f"{one.workflow}"} if one.resolved_at is None else {}),
            },
        )  # fmt: skip
        self.comments = Collection(records, "comment", Comment, parent=lambda one: one.thread)
        self.events = Collection(records, "comment_events", Events)
        self.read = Collection(records, "comment_read", ReadUpTo, parent=lambda one: one.workflow)
