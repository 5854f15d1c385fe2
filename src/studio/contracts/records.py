"""What the services ask of the database beside executions: sealed records and the audit log.

Accounts, members, drafts, comments, settings and the like are *records*: a value that is always encrypted, under
(workspace, kind, id), with a revision that rises by one at each change. What lists and look-ups need in clear is given
beside the value: unique keys and index fields. What is personal or secret goes there only as a keyed digest
(``Records.digest``). Several changes and the audit entries that tell of them are one transaction.

All times are integers: microseconds since 1970-01-01 UTC by the database's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

import msgspec

ABSENT = 0
"""The revision of a record that does not exist."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record as read. ``revision`` is at least 1."""

    workspace: str
    kind: str
    id: str
    parent: str
    revision: int
    created_at: int
    updated_at: int
    expires_at: int | None
    value: bytes


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """Write a record with all its unique keys and fields.

    Args:
        expected: The revision it must have, ``ABSENT`` where it must not exist, None where that does not matter.
        parent: What it belongs to; records of one parent are listed together.
        unique: Keys that no other record of this kind in this workspace may have.
        fields: Values to find it by, one per field.
        expires_at: When it is gone, None for never. It is not given any more from that moment on.
    """

    workspace: str
    kind: str
    id: str
    value: bytes
    expected: int | None = None
    parent: str = ""
    unique: tuple[str, ...] = ()
    fields: Mapping[str, str] = {}
    expires_at: int | None = None


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """Delete a record; nothing happens where there is none and ``expected`` is None."""

    workspace: str
    kind: str
    id: str
    expected: int | None = None


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Only where a record that is not changed has this revision (``ABSENT``: does not exist)."""

    workspace: str
    kind: str
    id: str
    expected: int


Change: TypeAlias = Put | Drop | Check


class AuditDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An entry for the audit log of a workspace. ``value`` is sealed; the log adds place, time and chain."""

    workspace: str
    value: bytes


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit log; ``seq`` counts from 1 without gaps."""

    workspace: str
    seq: int
    id: str
    at: int
    value: bytes


class ChainBreak(msgspec.Struct, frozen=True):
    """Where an audit log is not what was written: ``kind`` is missing, changed, chain, head."""

    seq: int
    kind: str


class Find(msgspec.Struct, frozen=True, kw_only=True):
    """Which records of a kind to list, by id (newest first with ``descending``) or by the value of ``field``.

    Args:
        parent: Only those of this parent.
        field: Sort by this field, and leave out what does not have it.
        value: Only where the field has this value.
        prefix: Only where the field's value begins like this.
        after: (value of the field or "", id) of the last record of the page before.
    """

    workspace: str
    kind: str
    parent: str | None = None
    field: str | None = None
    value: str | None = None
    prefix: str | None = None
    after: tuple[str, str] | None = None
    descending: bool = False
    limit: int = 100


class Found(msgspec.Struct, frozen=True):
    """A record in a list, and the value of the field that the list is sorted by."""

    record: Record
    value: str


class Records(Protocol):
    """Sealed records and the audit log. One contract suite runs over every implementation."""

    async def get(self, workspace: str, kind: str, id: str) -> Record | None:
        """One record, None where there is none or it has expired."""
        ...

    async def get_many(self, workspace: str, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """Those of these records that exist, by id."""
        ...

    async def by_key(self, workspace: str, kind: str, key: str) -> Record | None:
        """The record that has this unique key."""
        ...

    async def by_keys(self, workspace: str, kind: str, keys: Sequence[str]) -> dict[str, Record]:
        """The records that have these unique keys, by key."""
        ...

    async def find(self, wanted: Find) -> list[Found]:
        """A page of records."""
        ...

    async def count(self, workspace: str, kind: str, parent: str | None = None) -> int:
        """How many records of a kind there are."""
        ...

    async def commit(self, changes: Sequence[Change], audit: Sequence[AuditDraft] = ()) -> list[int]:
        """Carry out all changes and write all entries, or nothing; durable (power). Revisions in order, 0 for a drop.

        Raises:
            RecordChanged: A record has another revision than expected; names it.
            RecordTaken: A unique key belongs to another record.
        """
        ...

    def watch(self, told: Callable[[Sequence[Change]], None]) -> None:
        """Let somebody be told of the changes that go through this object, before ``commit`` returns or raises.

        They may not have been written; what other processes commit is not told. ``told`` must not fail.
        """
        ...

    async def digest(self, workspace: str, text: str) -> str:
        """A keyed digest of a text, the same at every call: to look up by what may not stand in clear."""
        ...

    async def drop_expired(self, limit: int) -> int:
        """Delete records that have expired; returns how many."""
        ...

    async def audit(
        self, workspace: str, *, before: int | None = None, after: int | None = None, limit: int = 100
    ) -> list[AuditEntry]:
        """Entries of a log: newest first and below ``before``, or oldest first and above ``after``."""
        ...

    async def verify_audit(self, workspace: str) -> tuple[int, ChainBreak | None]:
        """Check a whole log: how many entries it has, and the first place where it is not what was written."""
        ...
