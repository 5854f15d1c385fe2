"""Bodies and answers about comments."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from studio.server._models import In, Out, Time

Text = Annotated[
    str,
    Field(
        min_length=1, max_length=10_000, examples=["Why not every hour, @01k1b2c3d4e5f6g7h8j9kmnpqr?"],
        description="Plain text or Markdown, kept as it is. `@` and the id of a member mentions them.",
    ),
]  # fmt: skip


class ThreadIn(In):
    """A new thread."""

    workflow: str = Field(min_length=1, max_length=64, description="Id or key.")
    version: int | None = Field(default=None, ge=1, le=10**8, description="A version; null for the draft.")
    node: str | None = Field(default=None, min_length=1, max_length=600, examples=["places.body.place"])
    text: Text


class TextIn(In):
    """What is said."""

    text: Text


class ReadIn(In):
    """What has been read."""

    workflow: str = Field(min_length=1, max_length=64, description="Id or key.")
    threads: list[Annotated[str, Field(max_length=64)]] | None = Field(
        default=None, max_length=1000, description="Ids; null for all."
    )


class CommentOut(Out):
    """What somebody said."""

    number: int = Field(description="Its place in the thread, from 1.")
    revision: int
    by: str
    name: str
    text: str | None = Field(description="Null where it is deleted.")
    mentions: list[str]
    at: Time
    edited_at: Time | None
    deleted: bool


class ThreadOut(Out):
    """A thread."""

    id: str
    workflow: str
    version: int | None
    node: str | None
    detached: bool = Field(description="The node is not in the draft any more.")
    by: str
    at: Time
    resolved: bool
    resolved_at: Time | None
    resolved_by: str | None
    unread: int = Field(description="Comments of others that the caller has not read.")
    comments: list[CommentOut]


class CountsOut(Out):
    """How many threads a workflow has."""

    open: int
    resolved: int
    unread: int = Field(description="Threads with something that the caller has not read.")
    nodes: dict[str, int] = Field(description="Open threads of the draft by node.", examples=[{"load": 2}])
