"""Keys, names and tags of workflows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from studio.domain.errors import UserError
from studio.domain.ids import WORKFLOW_TAG

MAX_KEY = 63
MAX_TAGS = 20
MAX_TAG = 50
RESERVED_TAG = WORKFLOW_TAG
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")


def is_id(text: str) -> bool:
    """Whether a text has the form of an id, which no key has."""
    return _ID.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Whether a text has the form of a key."""
    return _KEY.fullmatch(text) is not None and not is_id(text)


def check_key(key: str) -> str:
    """A key.

    Raises:
        UserError: It has another form.
    """
    if not is_key(key):
        raise UserError(
            "workflow.key", "{key} is no key: use a-z, 0-9 and -, {most} at most.", key=repr(key[:80]), most=MAX_KEY
        ).at(param="key")
    return key


def key_for(name: str, taken: Sequence[str] = ()) -> str:
    """A key made from a name: ``Quake report`` gives ``quake-report``, or ``quake-report-2`` where that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: MAX_KEY - 6].strip("-") or "workflow"
    if is_id(key):
        key = f"{key}-1"
    found, number = key, 1
    while found in taken:
        number += 1
        found = f"{key}-{number}"
    return found


def check_workflow_name(name: object) -> str:
    """A name of a workflow.

    Raises:
        UserError: It is none, or has control characters.
    """
    if not isinstance(name, str) or not 1 <= len(name) <= 200 or any(unicodedata.category(one) == "Cc" for one in name):
        raise UserError("workflow.name", "A workflow has a name of 1 to 200 characters.").at(param="name")
    return name


def check_tags(tags: Sequence[str]) -> list[str]:
    """Tags, each once, without blanks around them.

    Raises:
        UserError: There are too many, or one has another form.
    """
    found = list(dict.fromkeys(" ".join(tag.split()) for tag in tags))
    if len(found) > MAX_TAGS:
        raise UserError("workflow.too_many_tags", "A workflow has {most} tags at most.", most=MAX_TAGS).at(param="tags")
    for tag in found:
        if not 1 <= len(tag) <= MAX_TAG or any(unicodedata.category(one) == "Cc" for one in tag):
            raise UserError("workflow.tag", "A tag has from 1 to {most} characters.", most=MAX_TAG).at(param="tags")
    return found
