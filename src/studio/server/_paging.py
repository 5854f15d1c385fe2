"""Cursors of lists: opaque to callers, and of one list only."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

import orjson
from fastapi import Query

from studio.domain.errors import UserError

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=200, description="How many items a page holds.")]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")]


def page_of(
    found: Sequence[T], key: Callable[[T], str], cursor: str | None, limit: int
) -> tuple[Sequence[T], str | None]:
    """A page of a list that is at hand as a whole, and the cursor of the next one.

    It goes on behind the item that the cursor names; where that is gone, at the place where it stood.

    Raises:
        UserError: It is no cursor.
    """
    after = decode_cursor(cursor)
    start = 0
    if after is not None:
        place = int(after[0]) if after[0].isdecimal() and len(after[0]) < 10 else 0
        start = next((at + 1 for at, one in enumerate(found) if key(one) == after[1]), place)
    page = found[start : start + limit]
    more = start + limit < len(found)
    return page, encode_cursor((str(start + limit - 1), key(page[-1])) if more else None)


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
