"""The audit log of a workspace, and that of the instance for its operators."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query, Response
from fastapi.responses import StreamingResponse

from studio.domain.access import Actor, Permission
from studio.domain.errors import NotFound
from studio.domain.ids import INSTANCE
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.audit.schemas import BreakOut, EntryOut, StreamIn, StreamOut, VerifiedOut
from studio.services.audit.exporting import Format
from studio.services.audit.looking import Shown, Wanted
from studio.services.audit.model import Stream
from studio.services.audit.streaming import Status
from studio.services.platform import Platform

routes = Routes("/audit", "audit")
instance_routes = Routes("/operator/audit", "audit")

_LINES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The entries, a line each.",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}, "text/csv": {"schema": {"type": "string"}}},
    }
}
_MEDIA = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


def _wanted(
    action: Annotated[
        str | None, Query(max_length=100, description="An action, or with a dot at its end all of a thing: `member.`")
    ] = None,
    actor: Annotated[str | None, Query(max_length=64, description="Account.")] = None,
    key: Annotated[str | None, Query(max_length=64, description="API key.")] = None,
    target_kind: Annotated[str | None, Query(max_length=64)] = None,
    target: Annotated[str | None, Query(max_length=200, description="Id of what was acted on.")] = None,
    outcome: Annotated[str | None, Query(max_length=20)] = None,
    since: Annotated[datetime | None, Query(description="At or after.")] = None,
    until: Annotated[datetime | None, Query(description="Before.")] = None,
) -> Wanted:
    return Wanted(
        action=action, actor=actor, key=key, target_kind=target_kind, target=target, outcome=outcome,
        since=_micros(since), until=_micros(until),
    )  # fmt: skip


Filter = Annotated[Wanted, Depends(_wanted)]


@routes.ask("GET", "", Permission.AUDIT_VIEW)
async def list_audit(
    actor: Asking, services: Services, wanted: Filter, cursor: Cursor = None, limit: Limit = 50
) -> PageOut[EntryOut]:
    """Entries, newest first. A page of a narrow filter may be short, or empty, and have a `next`."""
    return await _page(services, actor.workspace, wanted, cursor, limit)


@routes.ask("GET", "/export", Permission.AUDIT_EXPORT, response_class=StreamingResponse, responses=_LINES)
async def export_audit(
    actor: Asking, services: Services, wanted: Filter, format: Annotated[Format, Query()] = "ndjson"
) -> StreamingResponse:
    """Every entry there is now, oldest first, as lines of JSON or CSV. The log tells of the export."""
    return await _export(services, actor, actor.workspace, wanted, format)


@routes.ask("GET", "/verify", Permission.AUDIT_VIEW)
async def verify_audit(actor: Asking, services: Services) -> VerifiedOut:
    """Check that the log is what was written: nothing missing, changed, moved or cut off."""
    return await _verified(services, actor.workspace)


@routes.ask("GET", "/stream", Permission.AUDIT_EXPORT)
async def show_audit_stream(response: Response, actor: Asking, services: Services) -> StreamOut:
    """Where the entries go, and how far they are."""
    return await _show_stream(services, actor.workspace, response)


@routes.ask("PUT", "/stream", Permission.AUDIT_EXPORT)
async def set_audit_stream(
    body: StreamIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> StreamOut:
    """Send every entry from now on to a webhook or a syslog server, at least once and in order."""
    return await _set_stream(services, actor, actor.workspace, body, response, if_match)


@routes.ask("DELETE", "/stream", Permission.AUDIT_EXPORT, status=204)
async def remove_audit_stream(actor: Asking, services: Services) -> None:
    """Send no more."""
    await services.audit.streaming.remove(actor, actor.workspace)


@instance_routes.ask("GET", "", Permission.OPERATE)
async def list_instance_audit(
    services: Services, wanted: Filter, cursor: Cursor = None, limit: Limit = 50
) -> PageOut[EntryOut]:
    """Entries about the instance: sign-ins, accounts, workspaces, settings."""
    return await _page(services, INSTANCE, wanted, cursor, limit)


@instance_routes.ask("GET", "/export", Permission.OPERATE, response_class=StreamingResponse, responses=_LINES)
async def export_instance_audit(
    actor: Asking, services: Services, wanted: Filter, format: Annotated[Format, Query()] = "ndjson"
) -> StreamingResponse:
    """Every entry about the instance."""
    return await _export(services, actor, INSTANCE, wanted, format)


@instance_routes.ask("GET", "/verify", Permission.OPERATE)
async def verify_instance_audit(services: Services) -> VerifiedOut:
    """Check the log of the instance."""
    return await _verified(services, INSTANCE)


@instance_routes.ask("GET", "/stream", Permission.OPERATE)
async def show_instance_audit_stream(response: Response, services: Services) -> StreamOut:
    """Where the entries about the instance go."""
    return await _show_stream(services, INSTANCE, response)


@instance_routes.ask("PUT", "/stream", Permission.OPERATE)
async def set_instance_audit_stream(
    body: StreamIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> StreamOut:
    """Send every entry about the instance from now on to a webhook or a syslog server."""
    return await _set_stream(services, actor, INSTANCE, body, response, if_match)


@instance_routes.ask("DELETE", "/stream", Permission.OPERATE, status=204)
async def remove_instance_audit_stream(actor: Asking, services: Services) -> None:
    """Send no more entries about the instance."""
    await services.audit.streaming.remove(actor, INSTANCE)


async def _page(
    services: Platform, workspace: str, wanted: Wanted, cursor: str | None, limit: int
) -> PageOut[EntryOut]:
    after = decode_cursor(cursor)
    before = int(after[1]) if after is not None and after[1].isdecimal() and len(after[1]) < 16 else None
    found, more = await services.audit.reader.page(workspace, wanted, before=before, limit=limit)
    return PageOut(items=[_shown(one) for one in found], next=encode_cursor(("", str(more)) if more else None))


def _shown(one: Shown) -> EntryOut:
    return EntryOut(seq=one.entry.seq, id=one.entry.id, at=one.entry.at, **msgspec.structs.asdict(one.facts))


async def _export(
    services: Platform, actor: Actor, workspace: str, wanted: Wanted, format: Format
) -> StreamingResponse:
    pieces = await services.audit.exporter.export(actor, workspace, wanted, format)
    headers = {"content-disposition": f'attachment; filename="audit.{format}"'}
    return StreamingResponse(pieces, media_type=_MEDIA[format], headers=headers)


async def _verified(services: Platform, workspace: str) -> VerifiedOut:
    found = await services.audit.verifier.check(workspace)
    broken = BreakOut.model_validate(found.broken) if found.broken is not None else None
    return VerifiedOut(entries=found.entries, broken=broken)


async def _show_stream(services: Platform, workspace: str, response: Response) -> StreamOut:
    status = await services.audit.streaming.show(workspace)
    if status is None:
        raise NotFound("audit.no_stream", "This log is not sent anywhere.")
    give_etag(response, status.revision)
    return _stream_out(status, None)


async def _set_stream(
    services: Platform, actor: Actor, workspace: str, body: StreamIn, response: Response, if_match: str | None
) -> StreamOut:
    stream = Stream(**body.model_dump(exclude={"whole"}))
    status, secret = await services.audit.streaming.set(
        actor, workspace, stream, whole=body.whole, expected=expected_revision(if_match)
    )
    give_etag(response, status.revision)
    return _stream_out(status, secret)


def _stream_out(status: Status, secret: str | None) -> StreamOut:
    one, progress = status.stream, status.progress
    return StreamOut(
        kind=one.kind, url=one.url, host=one.host, port=one.port, transport=one.transport, ca=one.ca, secret=secret,
        sent=progress.seq, last=status.last, sent_at=progress.sent_at, tries=progress.tries,
        next_at=progress.next_at or None, error=progress.error,
    )  # fmt: skip


def _micros(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    # Without a zone it is UTC, as all times that Studio gives.
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000_000)
