"""Failures as problem details, in the language of the request."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, cast

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from studio.domain import errors
from studio.domain.errors import AccessRefused, NotFound, StudioError, UserError, WorkflowInvalid
from studio.i18n import choose_language, filled, render
from studio.server._behind import platform_of
from studio.services.editing._attempt import ConflictFound, EditConflict
from studio.services.editing._history import LogGone
from studio.services.executing.starting import Overloaded
from studio.services.gateway.buckets import TooManyRequests
from studio.services.gateway.running import RunFailed
from studio.services.people.sessions import TooManyAttempts
from studio.services.policy import NotSignedIn
from studio.services.reasons import reason_for
from studio.services.workflows.files import FilesInvalid

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("studio.server")


class BodyTooLarge(StudioError):
    """A request body is larger than allowed."""


class BodyTooSlow(StudioError):
    """A request body does not arrive in time."""


# The first that fits: more precise ones stand before their bases.
_STATUS: tuple[tuple[type[StudioError], int], ...] = (
    (NotSignedIn, 401),
    (BodyTooLarge, 413),
    (BodyTooSlow, 408),
    (TooManyAttempts, 429),
    (TooManyRequests, 429),
    (Overloaded, 503),
    (errors.AccessRefused, 403),
    (errors.NotFound, 404),
    (LogGone, 410),
    (errors.RecordChanged, 412),
    (errors.KeyReused, 422),
    (errors.Conflict, 409),
    (errors.WorkflowInvalid, 422),
    (errors.ExpressionError, 422),
    (errors.RateLimited, 429),
    (errors.ProviderError, 502),
    (errors.NodeError, 422),
    (errors.WriteRefused, 422),
    (errors.RecordCorrupt, 500),
    (errors.StorageError, 503),
)

_SAY_WHEN = (TooManyAttempts, TooManyRequests, Overloaded, RunFailed)
"""Errors that know when another attempt is worth it."""

_HTTP_ERRORS: dict[int, Callable[[], StudioError]] = {
    404: lambda: NotFound("request.no_route", "There is nothing at this address."),
    405: lambda: UserError("request.method", "This address does not take this method."),
}


def status_of(error: StudioError) -> int:
    """The HTTP status for an error."""
    if isinstance(error, RunFailed):
        return error.status
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def language(headers: Mapping[str, str]) -> str:
    """The language that a request asks for: the first of Accept-Language that Studio speaks."""
    for part in headers.get("accept-language", "").split(",")[:20]:
        tag = part.split(";")[0].strip().partition("-")[0].lower()
        if tag in ("en", "fr", "ar"):
            return choose_language(tag, {})
    return "en"


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    request_id: str | None = None,
    param: str | None = None,
    problems: list[dict[str, Any]] | None = None,
    execution: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document."""
    body: dict[str, Any] = {
        "type": f"/errors/{code}", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": detail,
    }  # fmt: skip
    more = {"instance": request_id, "param": param, "problems": problems, "execution": execution}
    body.update({name: value for name, value in more.items() if value is not None})
    return JSONResponse(body, status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def answer(
    error: StudioError,
    lang: str,
    request_id: str | None,
    *,
    status: int | None = None,
    problems: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer for one of Studio's errors."""
    status = status_of(error) if status is None else status
    given = dict(headers or {})
    if status == 401:
        given["www-authenticate"] = "Bearer"
    retry_after = getattr(error, "retry_after", None) if isinstance(error, _SAY_WHEN) else None
    if retry_after is not None:
        given["retry-after"] = str(max(1, math.ceil(retry_after)))
    elif status in (429, 503):
        given["retry-after"] = "5"
    if isinstance(error, errors.StorageError) and not isinstance(error, errors.WriteRefused):
        detail = render(_unwell(error, request_id), lang=lang)
    else:
        detail = render(error, lang=lang)
    if isinstance(error, WorkflowInvalid):
        problems = [workflow_problem(one, lang) for one in error.problems]
    if isinstance(error, EditConflict):
        problems = [edit_conflict(one, lang) for one in error.conflicts]
    if isinstance(error, FilesInvalid):
        problems = [{**one, "file": file} for one, file in zip(problems or (), error.files, strict=True)]
    return problem(
        status, error.code, detail, request_id=request_id, param=error.param, problems=problems,
        execution=error.execution if isinstance(error, RunFailed) else None, headers=given,
    )  # fmt: skip


def _unwell(error: errors.StorageError, request_id: str | None) -> StudioError:
    """What callers are told of a database or disk that fails: where it is and what it says is for the log alone."""
    _LOG.error("storage failed: %s", error.message, extra={"request_id": request_id, "code": error.code})
    return UserError(
        "request.storage", "Studio cannot read or write what it keeps. The log tells more under the id of this request."
    )


def _id_of(request: Request) -> str | None:
    return request.scope.get("state", {}).get("request_id")


def workflow_problem(one: Any, lang: str) -> dict[str, Any]:
    """A problem of a workflow in a language; what it does not have is left out."""

    def say(code: str, template: str, arguments: dict[str, Any]) -> str:
        return render(code, template, arguments, lang)

    shown = {
        "code": one.code, "message": one.text(say),
        "severity": one.severity, "node": one.node, "param": one.param, "line": one.line, "column": one.column,
        "suggestion": one.suggestion,
    }  # fmt: skip
    return {name: value for name, value in shown.items() if value is not None}


def edit_conflict(one: ConflictFound, lang: str) -> dict[str, Any]:
    """What is in the way of an operation: what stands there now, who changed that and when (microseconds)."""
    known = {"revision": one.revision, "by": one.by, "name": one.name, "at": one.at}
    return {
        "operation": one.operation, "code": one.error.code, "message": render(one.error, lang=lang),
        "path": list(one.path), "removed": one.value is msgspec.UNSET,
        "value": None if one.value is msgspec.UNSET else one.value, **known,
    }  # fmt: skip


async def tell_refusal(connection: HTTPConnection, error: AccessRefused) -> None:
    """Tell the audit log of somebody who was kept from something that matters."""
    asking = connection.scope.get("state", {}).get("asking")
    if asking is None:
        return
    actor, permission = asking
    route = getattr(connection.scope.get("route"), "path", connection.url.path)
    method = str(connection.scope.get("method", "GET"))
    await platform_of(connection).audit.refusals.tell(actor, permission, method, route, error)


def install(app: FastAPI) -> None:
    """Make every failure of the app a problem document."""

    async def studio_error(request: Request, error: Exception) -> Response:
        state = request.scope.get("state", {})
        if isinstance(error, AccessRefused):
            await tell_refusal(request, error)
        return answer(cast("StudioError", error), language(request.headers), state.get("request_id"))

    async def invalid(request: Request, error: Exception) -> Response:
        found = cast("RequestValidationError", error).errors()
        problems = [_field_problem(one, language(request.headers)) for one in found]
        first = problems[0] if problems else {}
        refused = UserError(
            "request.invalid", "The request does not fit: {where}: {reason}",
            where=first.get("param", "body"), reason=first.get("message", "?"),
        ).at(param=first.get("param"))  # fmt: skip
        return answer(refused, language(request.headers), _id_of(request), problems=problems)

    async def http_error(request: Request, error: Exception) -> Response:
        given = cast("HTTPException", error)
        # FastAPI wraps what goes wrong while the body arrives.
        if isinstance(given.__cause__, StudioError):
            return answer(given.__cause__, language(request.headers), _id_of(request))
        kind = _HTTP_ERRORS.get(given.status_code)
        refused = kind() if kind else UserError("request.refused", "The request cannot be understood.")
        return answer(
            refused, language(request.headers), _id_of(request), status=given.status_code, headers=given.headers
        )

    async def unexpected(request: Request, error: Exception) -> Response:
        _LOG.error("request failed", exc_info=error, extra={"request_id": _id_of(request)})
        failed = UserError(
            "request.failed", "Something went wrong inside Studio. The log tells more under the id of this request."
        )
        return answer(failed, language(request.headers), _id_of(request), status=500)

    app.add_exception_handler(StudioError, studio_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(ValidationError, unexpected)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, unexpected)


def _field_problem(one: Any, lang: str) -> dict[str, Any]:
    where = ".".join(str(part) for part in one["loc"] if part not in ("body", "query", "path", "header"))
    message = filled("{reason}", {"reason": reason_for(one)}, lang)
    return {"param": where or "body", "code": str(one["type"]), "message": message}
