"""Sending somebody to a provider and taking them back: the authorisation code with PKCE (RFC 6749, 4.1; RFC 7636).

Connecting credentials and signing in by a provider both go this way; what they do with the tokens differs.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from studio.contracts.records import Records
from studio.crypto.passwords import secret_digest
from studio.domain.errors import RecordChanged
from studio.domain.ids import INSTANCE
from studio.services._collection import Collection, Kept

T = TypeVar("T", bound=msgspec.Struct)
_LONGEST_STATE = 200


def way_there(
    url: str, *, client_id: str, redirect_uri: str, state: str, verifier: str, more: Mapping[str, str]
) -> str | None:
    """The address to send a browser to; None where ``url`` is no web address.

    What the address says itself does not stand in for what is said here.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.fragment:
        return None
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "state": state,
        "code_challenge": challenge, "code_challenge_method": "S256", **more,
    }  # fmt: skip
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in query]
    return urlunsplit(parts._replace(query=urlencode([*kept, *query.items()])))


async def begun(collection: Collection[T], state: str) -> Kept[T] | None:
    """What was begun under a state; None where nothing was."""
    return await collection.get(INSTANCE, secret_digest(state)) if 0 < len(state) <= _LONGEST_STATE else None


async def used_up(records: Records, collection: Collection[T], found: Kept[T]) -> bool:
    """Use up what was begun: whether nobody else has. It counts once, whatever comes of it."""
    try:
        await records.commit([collection.drop(INSTANCE, found.id, expected=found.revision)])
    except RecordChanged:
        return False
    return True
