"""What is kept of API keys. Everything here stands in sealed records of the key's workspace; see docs/adr/0020."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from studio.contracts.records import Records
from studio.services._collection import Collection

State: TypeAlias = Literal["active", "expired", "revoked"]


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An API key. What it may do is its owner's rights at the moment of a request, less what its scopes leave out.

    Args:
        name: What it is for.
        owner: Account that it acts for.
        digest: Of the token's secret, which is not kept.
        created_by: Account that made it.
        hint: The last characters of the token, to tell keys apart.
        old_digest: Of the secret before it was rotated, which counts until ``old_until``.
        old_until: Microseconds; 0 where there is none.
        workflows: Ids of the only workflows it may touch; None for all.
        permissions: The only ones it may use; None for all that the owner has.
        ips: Networks that requests may come from; none for everywhere.
        expires_at: Microseconds; None for never.
        revoked_at: Since when it is void; None where it is not.
        requests_per_minute: 0 for no limit, as with those below.
        requests_per_day: By days of UTC.
        executions_per_day: By days of UTC.
        allow_get: Whether it may run workflows by GET.
    """

    name: str
    owner: str
    digest: str
    created_by: str = ""
    hint: str = ""
    old_digest: str = ""
    old_until: int = 0
    workflows: list[str] | None = None
    permissions: list[str] | None = None
    ips: list[str] = []
    expires_at: int | None = None
    revoked_at: int | None = None
    requests_per_minute: int = 0
    requests_per_day: int = 0
    executions_per_day: int = 0
    allow_get: bool = False

    def state(self, now: int) -> State:
        """Whether it can be used."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"


class KeyUse(msgspec.Struct, frozen=True, kw_only=True):
    """When and from where a key was used last. Written some seconds later, so that not every request is a write."""

    at: int = 0
    ip: str = ""


class KeyDay(msgspec.Struct, frozen=True, kw_only=True):
    """What a key did on a day (UTC). Its id is ``key.YYYY-MM-DD``.

    ``executions`` counts those that were accepted, by the id of the workflow; ``refused`` the requests that its quotas
    turned away.
    """

    key: str
    day: str
    requests: int = 0
    refused: int = 0
    executions: dict[str, int] = {}


def day_id(key: str, day: str) -> str:
    """Id of a key's day; those of one key sort by day."""
    return f"{key}.{day}"


class KeyShelf:
    """Where keys are kept."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.keys = Collection(records, "key", Key, fields=lambda one: {"owner": one.owner})
        self.uses = Collection(records, "key_use", KeyUse)
        self.days = Collection(records, "key_day", KeyDay, parent=lambda one: one.key)
