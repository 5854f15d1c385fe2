"""More of executions: where their time went, how nodes failed, files, exports; running them again; many at once."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query
from fastapi.responses import StreamingResponse
from starlette.responses import Response

from studio.contracts.stored import ExecutionFilter
from studio.domain.access import Actor, Permission
from studio.domain.errors import UserError
from studio.server._asking import Asking, Services
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.executions.routes import Reveal
from studio.server.resources.executions.schemas import (
    AttemptOut,
    AttemptsOut,
    BulkIn,
    BulkOut,
    ExecutionOut,
    FilterIn,
    ForkIn,
    ReplayIn,
    TimelineOut,
)
from studio.server.resources.executions.shown import bar_out, error_out, execution_out, first_at, outcome_out
from studio.services.executing.rerunning import Replay
from studio.services.platform import Platform
from studio.services.workflows.starting import workflow_tag

routes = Routes("/executions", "executions")

_PATH = "Path of a node run, or `$inputs`, `$event`, `$output`."
_SAFE_TYPES = frozenset(
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain", "text/csv",
        "application/json", "application/zip", "application/vnd.apache.arrow.file", "audio/mpeg", "video/mp4",
    }
)  # fmt: skip
"""What a browser does not run. Anything else goes out as bytes."""


@routes.ask("GET", "/{execution}/document", Permission.EXECUTION_VIEW)
async def show_document(execution: str, actor: Asking, services: Services) -> dict[str, Any]:
    """The workflow as this execution runs it. To see it needs the right to see the workflow, too."""
    return await services.executing.reading.document(actor, execution)


@routes.ask("GET", "/{execution}/timeline", Permission.EXECUTION_VIEW)
async def show_timeline(
    execution: str, actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 200
) -> TimelineOut:
    """Node runs outside maps with when they began, worked and waited, in the order of their paths."""
    after = decode_cursor(cursor)
    row, runs, more = await services.executing.reading.timeline(actor, execution, after[1] if after else None, limit)
    return TimelineOut(
        items=[bar_out(run, row.accepted_at) for run in runs], next=encode_cursor(("", more) if more else None),
        accepted_at=row.accepted_at, ended_at=row.ended_at,
    )  # fmt: skip


@routes.ask("GET", "/{execution}/attempts", Permission.EXECUTION_VIEW)
async def show_attempts(
    execution: str,
    actor: Asking,
    services: Services,
    path: Annotated[str, Query(max_length=2000, description="Path of a node run, or of an item of a map.")],
    reveal: Reveal = False,
) -> AttemptsOut:
    """How a node run failed: its attempts, and the error that it ended with."""
    attempts, error = await services.executing.reading.attempts(actor, execution, path, reveal=reveal)
    shown = [
        AttemptOut(number=one.number, next_at=one.next_at, error=error_out(one.error, actor.lang)) for one in attempts
    ]
    return AttemptsOut(attempts=shown, error=error_out(error, actor.lang))


@routes.ask(
    "GET", "/{execution}/files", Permission.EXECUTION_VIEW, response_class=Response,
    responses={200: {"description": "The file", "content": {"application/octet-stream": {}}}},
)  # fmt: skip
async def download_file(
    execution: str,
    actor: Asking,
    services: Services,
    path: Annotated[str, Query(max_length=2000, description=_PATH)],
    at: Annotated[list[str] | None, Query(max_length=64, description="Keys and indexes that lead to it.")] = None,
    reveal: Reveal = False,
) -> Response:
    """A file among the values, as a download; a table as an Arrow file."""
    ref, content = await services.executing.reading.file(actor, execution, path, at or [], reveal=reveal)
    name = "".join(one if one.isascii() and (one.isalnum() or one in "-_. ") else "_" for one in ref.name) or "file"
    headers = {"content-disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(ref.name, safe='')}"}
    if ref.blob.size is not None:
        headers["content-length"] = str(ref.blob.size)
    media = ref.media_type.partition(";")[0].strip().lower()
    media = media if media in _SAFE_TYPES else "application/octet-stream"
    return StreamingResponse(content, media_type=media, headers=headers)


@routes.ask("GET", "/{execution}/export", Permission.EXECUTION_VIEW)
async def export_execution(execution: str, actor: Asking, services: Services, reveal: Reveal = False) -> dict[str, Any]:
    """Everything known about an execution: facts, what was accepted, events, outputs, errors. Audited."""
    return await services.executing.reading.export(actor, execution, reveal=reveal)


@routes.ask("POST", "/{execution}/replay", Permission.EXECUTION_CONTROL, status=202, repeatable=True)
async def replay_execution(execution: str, body: ReplayIn, actor: Asking, services: Services) -> ExecutionOut:
    """Run an execution again, as a new one: all of it, or from a node on; as it was, or on a newer version."""
    how = Replay(
        on=body.on, start=body.start, again=body.again, until=body.until, inputs=body.inputs,
        breakpoints={one.node: one.condition for one in body.breakpoints}, pinned=body.pinned is not None,
    )  # fmt: skip
    return execution_out(await services.executing.rerunning.replay(actor, execution, how))


@routes.ask("POST", "/{execution}/retry", Permission.EXECUTION_CONTROL, status=202, repeatable=True)
async def retry_execution(execution: str, actor: Asking, services: Services) -> ExecutionOut:
    """Run only what failed, items of maps included, as a new execution under the same idempotency keys."""
    return execution_out(await services.executing.rerunning.retry(actor, execution))


@routes.ask("POST", "/{execution}/fork", Permission.EXECUTION_CONTROL, status=202, repeatable=True)
async def fork_execution(execution: str, body: ForkIn, actor: Asking, services: Services) -> ExecutionOut:
    """A new execution that copies the history up to a node, and goes on from there by itself."""
    return execution_out(await services.executing.rerunning.fork(actor, execution, body.until, body.on))


@routes.ask("DELETE", "/{execution}", Permission.EXECUTION_DELETE, status=204)
async def delete_execution(execution: str, actor: Asking, services: Services) -> None:
    """Delete an execution that has ended, with what it called and everything recorded of it. Audited."""
    await services.executing.bulk.delete(actor, execution)


@routes.ask("POST", "/bulk", Permission.EXECUTION_CONTROL)
async def act_on_many(body: BulkIn, actor: Asking, services: Services) -> BulkOut:
    """Do the same to many executions, and tell what came of each.

    Give `ids`, or a `filter` for the newest that fit. With `dry` they are only counted. Deleting needs the permission
    to delete.
    """
    if (body.ids is None) == (body.filter is None):
        raise UserError("execution.bulk_which", "Give either ids or a filter.").at(param="ids")
    if body.filter is not None:
        wanted = await _wanted(actor, services, body.filter)
        ids, more = await services.executing.bulk.chosen(actor, wanted, body.most)
    else:
        known = list(dict.fromkeys(body.ids or []))
        ids, more = known[: body.most], len(known) > body.most
    if body.dry:
        return BulkOut(count=len(ids), more=more, outcomes=[])
    outcomes = await services.executing.bulk.act(actor, body.action, ids, Replay(on=body.on), body.reason)
    return BulkOut(count=len(ids), more=more, outcomes=[outcome_out(one, actor.lang) for one in outcomes])


async def _wanted(actor: Actor, services: Platform, given: FilterIn) -> ExecutionFilter:
    tag = given.tag
    if given.workflow is not None:
        tag = workflow_tag((await services.workflows.finder.find(actor, given.workflow)).id)
    return ExecutionFilter(
        workspace=actor.workspace, status=tuple(given.status) if given.status else None, tag=tag,
        error_code=given.error, from_id=first_at(given.since), before=first_at(given.until),
    )  # fmt: skip
