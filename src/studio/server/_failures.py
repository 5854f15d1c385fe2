"""Failures in the API's description: what each status means, with an example of code and sentence."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"
EVERYWHERE: tuple[str, ...] = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-Id")
"""Headers of answers."""
_AT_THE_EDGE = frozenset({"421", "431"})
"""Answers that are given before anybody counts requests."""

PROBLEMS: dict[str, tuple[str, str, str]] = {
    "400": (
        "The request cannot be understood.",
        "request.cursor",
        "This is no cursor of this list. Begin with its first page.",
    ),
    "401": (
        "Nobody is signed in, or the token is not valid any more.",
        "access.not_signed_in",
        "Sign in first.",
    ),
    "403": (
        "The caller may not do this.",
        "access.missing_permission",
        "This needs the permission workflow.edit.",
    ),
    "404": (
        "It is not there, or not for this caller.",
        "workflow.not_found",
        "There is no workflow greeting.",
    ),
    "408": (
        "The body does not arrive in time.",
        "request.too_slow",
        "The request did not arrive in time.",
    ),
    "409": (
        "It does not fit the present state.",
        "workflow.import_exists",
        "There is a workflow with the key greeting already. Say what becomes of greeting.yaml.",
    ),
    "410": (
        "It is not kept any more.",
        "editing.log_gone",
        "What was changed since that revision is not known any more. Load the draft anew.",
    ),
    "412": (
        "Somebody else has changed it since.",
        "record.changed",
        "The workflow was changed meanwhile. Load it again and repeat the change.",
    ),
    "413": (
        "The body is too large.",
        "request.too_large",
        "The request is larger than 16777216 bytes.",
    ),
    "415": (
        "The body is of no kind that is taken.",
        "request.refused",
        "The request cannot be understood.",
    ),
    "421": (
        "The server has another name than the one in Host.",
        "request.host",
        "Studio does not answer under the name studio.example.org. Set public_url to the one it has.",
    ),
    "422": (
        "What is asked for does not fit.",
        "request.invalid",
        "The request does not fit: name: Field required",
    ),
    "429": (
        "A limit or a quota is used up.",
        "request.too_many",
        "At most 1200 requests a minute are answered. Wait a moment.",
    ),
    "431": (
        "The headers are too long.",
        "request.headers_too_large",
        "The headers of the request are longer than 65536 bytes.",
    ),
    "500": (
        "Something went wrong inside Studio.",
        "request.failed",
        "Something went wrong inside Studio. The log tells more under the id of this request.",
    ),
    "502": (
        "Another system failed.",
        "http.status",
        "api.example.org answered with status 500.",
    ),
    "503": (
        "Studio has too much to do, or cannot reach its database.",
        "execution.overloaded",
        "Studio has more to do than it can take on. Try again in a moment.",
    ),
}
"""By status: what it means, and an example of code and sentence."""


def failure(status: str) -> dict[str, Any]:
    """What a failure with this status looks like, wherever it comes from."""
    meaning, code, detail = PROBLEMS[status]
    body = {
        "type": f"/errors/{code}", "title": HTTPStatus(int(status)).phrase, "status": int(status), "code": code,
        "detail": detail, "instance": "01m8h9rts8w6yk3d1g5v0qeb2n",
    }  # fmt: skip
    wanted = ["X-Request-Id"] if status in _AT_THE_EDGE else [*EVERYWHERE]
    wanted += ["Retry-After"] if status in ("429", "503") else []
    wanted += ["WWW-Authenticate"] if status == "401" else []
    return {
        "description": meaning,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in wanted},
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": body}},
    }
