"""ETag and If-Match: the revision of what is edited."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Response

from studio.domain.errors import UserError

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="ETag of what was loaded; refused with 412 where it changed."),
]


def give_etag(response: Response, revision: int) -> None:
    """Say which revision this is."""
    response.headers["ETag"] = f'"{revision}"'


def expected_revision(if_match: str | None) -> int | None:
    """The revision that a change expects; None where it does not say, or says ``*``.

    Raises:
        UserError: It is no ETag of Studio's.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise UserError("request.if_match", "If-Match must be an ETag as it was given.").at(param="If-Match")
    return int(text)
