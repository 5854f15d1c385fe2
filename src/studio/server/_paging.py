"""Cursors of lists: opaque to callers, and of one list only."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

import orjson
from fastapi import Query

from studio.domain.errors import UserError

Limit = Annotated[int, Query(ge=1, le=200, description="How many items a page holds.")]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")]


def encode_cursor(after: tuple[str, str] | None) -> str | None:
    """The cursor for what stands after this."""
    return None if after is None else base64.urlsafe_b64encode(orjson.dumps(after)).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> tuple[str, str] | None:
    """Inverse of ``encode_cursor``.

    Raises:
        UserError: It is no cursor.
    """
    if cursor is None:
        return None
    try:
        value, id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(value, str) and isinstance(id, str):
            return value, id
    except (ValueError, TypeError, binascii.Error):
        pass
    raise UserError("request.cursor", "This is no cursor of this list. Begin with its first page.").at(param="cursor")
