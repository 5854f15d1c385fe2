"""What a server says when it refuses or fails, as exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from studio.domain.errors import StudioError


class ApiError(StudioError):
    """The server refused a request, or failed.

    Attributes:
        status: The HTTP status; 0 for a problem inside a stream that told none.
        code: Stable code of the error, such as ``workflow.not_found``.
        detail: What happened, in the language that was asked for.
        problems: Every single thing that is wrong, where there is more than one sentence to it.
        retry_after: Seconds after which another attempt is worth it; None where the server does not say.
        request_id: Id of the request, as it stands in the server's log.
        problem: The whole answer.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], *, retry_after: float | None = None) -> None:
        detail = str(problem.get("detail", f"HTTP {status}"))
        # The sentence comes in the language that was asked for: it is not looked up again.
        super().__init__(str(problem.get("code", "client.answer")), "{detail}", detail=detail)
        self.status = status
        self.detail = detail
        self.problem = problem
        self.problems = cast("list[dict[str, Any]]", problem.get("problems") or [])
        self.retry_after = retry_after
        self.request_id = cast("str | None", problem.get("instance"))
        self.param = problem.get("param")

    def __str__(self) -> str:
        return f"{self.detail} [{self.code}]"


class Invalid(ApiError):
    """400, 413, 415, 422: the request, or the workflow in it, is not acceptable as it is."""


class NotSignedIn(ApiError):
    """401: there is no token, or it is not valid any more."""


class NotAllowed(ApiError):
    """403: the caller may not do this."""


class Missing(ApiError):
    """404, 410: it is not there, or not for this caller."""


class Conflicting(ApiError):
    """409: it does not fit the present state."""


class Changed(ApiError):
    """412: somebody else has changed it since it was loaded."""


class TooMany(ApiError):
    """429: a limit or a quota is used up; ``retry_after`` says when there is more."""


class ServerFailed(ApiError):
    """500 and above: the server, or what it depends on, failed or is too busy."""


class Unreachable(StudioError):
    """The server does not answer, or the connection to it was lost."""


_KINDS: dict[int, type[ApiError]] = {
    401: NotSignedIn, 403: NotAllowed, 404: Missing, 410: Missing, 409: Conflicting, 412: Changed, 429: TooMany,
}  # fmt: skip


def api_error(status: int, problem: Mapping[str, Any], *, retry_after: float | None = None) -> ApiError:
    """The error for an answer."""
    kind = ServerFailed if status >= 500 else _KINDS.get(status, Invalid)
    return kind(status, problem, retry_after=retry_after)


def problem_of(content: bytes, status: int) -> Mapping[str, Any]:
    """The problem document of an answer; one made up where something else came, as from a proxy."""
    import orjson

    try:
        found = orjson.loads(content)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return cast("Mapping[str, Any]", found)
    return {"code": "client.answer", "detail": f"HTTP {status}"}
