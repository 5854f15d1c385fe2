"""A value, or one key of a value that is a JSON object."""

from __future__ import annotations

import json
from typing import Any, cast

from studio.domain.errors import UserError


def value_in(text: str, path: str, key: str) -> str:
    """The text itself, or with a key what stands under it.

    Raises:
        UserError: It is no JSON object, or has no such key.
    """
    if not key:
        return text
    try:
        content: object = json.loads(text)
    except ValueError:
        content = None
    fields = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    return text_at(fields, path, key)


def text_at(fields: dict[str, Any], path: str, key: str) -> str:
    """What stands under a key, as text.

    Raises:
        UserError: Nothing does, or something that is no text or number.
    """
    found = fields.get(key)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise no_secret(path, key)
    return str(found)


def no_secret(path: str, key: str) -> UserError:
    """The error where there is no such secret."""
    return UserError("secret.not_found", "There is no secret {path} with the key {key}.", path=path, key=key or "-")
