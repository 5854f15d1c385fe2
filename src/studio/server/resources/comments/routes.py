"""Comments: threads about workflows, versions and nodes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.comments.schemas import CountsOut, ReadIn, TextIn, ThreadIn, ThreadOut
from studio.server.resources.comments.shown import thread_out
from studio.services.comments.comments import Place
from studio.services.comments.reading import State

routes = Routes("/comments", "comments")
Workflow = Annotated[str, Query(min_length=1, max_length=64, description="Id or key.")]


@routes.ask("GET", "", Permission.COMMENT_VIEW)
async def list_threads(
    actor: Asking,
    services: Services,
    workflow: Workflow,
    version: Annotated[int | None, Query(ge=0, le=10**8, description="Only about this version; 0: the draft.")] = None,
    node: Annotated[str | None, Query(max_length=600, description="Only about this node.")] = None,
    state: State = "all",
    unread: Annotated[bool, Query(description="Only with something that the caller has not read.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PageOut[ThreadOut]:
    """Threads of a workflow, the one in which something happened last first."""
    found = await services.reading_comments.page(
        actor,
        workflow,
        version=version,
        node=node,
        state=state,
        unread=unread,
        after=decode_cursor(cursor),
        limit=limit,
    )
    return PageOut(items=[thread_out(one) for one in found.items], next=encode_cursor(found.after))


@routes.ask("POST", "", Permission.COMMENT_WRITE, status=201)
async def begin_thread(body: ThreadIn, actor: Asking, services: Services) -> ThreadOut:
    """Begin a thread about a workflow, a version of it, or a node."""
    place = Place(body.version or 0, body.node or "")
    made = await services.comments.begin(actor, body.workflow, place, body.text)
    return thread_out(await services.reading_comments.show(actor, made.id))


@routes.ask("GET", "/counts", Permission.COMMENT_VIEW)
async def count_threads(actor: Asking, services: Services, workflow: Workflow) -> CountsOut:
    """How many threads a workflow has, open ones by node, and in how many there is something unread."""
    found = await services.reading_comments.counts(actor, workflow)
    return CountsOut(open=found.open, resolved=found.resolved, unread=found.unread, nodes=found.nodes)


@routes.ask("POST", "/read", Permission.COMMENT_VIEW, status=204)
async def mark_read(body: ReadIn, actor: Asking, services: Services) -> None:
    """Have threads count as read by the caller as they are now."""
    await services.reading_comments.mark_read(actor, body.workflow, body.threads)


@routes.ask("GET", "/{thread}", Permission.COMMENT_VIEW)
async def show_thread(thread: str, actor: Asking, services: Services) -> ThreadOut:
    """A thread with its comments."""
    return thread_out(await services.reading_comments.show(actor, thread))


@routes.ask("POST", "/{thread}/replies", Permission.COMMENT_WRITE, status=201)
async def reply_to_thread(thread: str, body: TextIn, actor: Asking, services: Services) -> ThreadOut:
    """Say something in a thread."""
    await services.comments.reply(actor, thread, body.text)
    return thread_out(await services.reading_comments.show(actor, thread))


@routes.ask("PATCH", "/{thread}/replies/{number}", Permission.COMMENT_WRITE)
async def change_comment(
    thread: str, number: int, body: TextIn, actor: Asking, services: Services, if_match: IfMatch = None
) -> ThreadOut:
    """Change one's own comment. `If-Match` takes the comment's `revision`."""
    await services.comments.edit(actor, thread, number, body.text, expected_revision(if_match))
    return thread_out(await services.reading_comments.show(actor, thread))


@routes.ask("DELETE", "/{thread}/replies/{number}", Permission.COMMENT_WRITE)
async def delete_comment(thread: str, number: int, actor: Asking, services: Services) -> ThreadOut:
    """Delete one's own comment; an Admin can delete any. The others stay in their places."""
    await services.comments.delete(actor, thread, number)
    return thread_out(await services.reading_comments.show(actor, thread))


@routes.ask("POST", "/{thread}/resolve", Permission.COMMENT_WRITE)
async def resolve_thread(thread: str, actor: Asking, services: Services) -> ThreadOut:
    """Settle a thread."""
    await services.comments.resolve(actor, thread, on=True)
    return thread_out(await services.reading_comments.show(actor, thread))


@routes.ask("POST", "/{thread}/reopen", Permission.COMMENT_WRITE)
async def reopen_thread(thread: str, actor: Asking, services: Services) -> ThreadOut:
    """Open a settled thread again."""
    await services.comments.resolve(actor, thread, on=False)
    return thread_out(await services.reading_comments.show(actor, thread))
