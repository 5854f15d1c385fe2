"""Sealed records and the audit log over a driver. One class for both databases."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence

import msgspec

from studio.contracts.records import AuditDraft, AuditEntry, ChainBreak, Change, Find, Found, Put, Record
from studio.crypto import KeyRing, place
from studio.domain.errors import RecordCorrupt
from studio.domain.ids import new_id
from studio.storage._codec import Codec, record_name
from studio.storage._damaged import is_row
from studio.storage._driver import Driver
from studio.storage._keys import KeyKeeper
from studio.storage._plans import sealed
from studio.storage._statement import Row

TABLE = "records"
_LOG = "audit"
_MAX_PAGE = 1000
_VERIFY_PAGE = 500


class SqlRecords:
    """Implements ``studio.contracts.records.Records``; see there for what each method promises."""

    def __init__(self, driver: Driver, ring: KeyRing, keys: KeyKeeper, codec: Codec) -> None:
        self._driver = driver
        self._ring = ring
        self._keys = keys
        self._codec = codec
        self._watching: list[Callable[[Sequence[Change]], None]] = []

    def watch(self, told: Callable[[Sequence[Change]], None]) -> None:
        """Tell somebody of what is committed."""
        self._watching.append(told)

    async def get(self, workspace: str, kind: str, id: str) -> Record | None:
        """One record."""
        row = await self._driver.read(sealed.get(workspace, kind, id))
        return None if row is None else (await self._opened([row]))[0]

    async def get_many(self, workspace: str, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """Those that exist, by id."""
        rows = await self._driver.read(sealed.get_many(workspace, kind, ids)) if ids else []
        return {record.id: record for record in await self._opened(rows)}

    async def by_key(self, workspace: str, kind: str, key: str) -> Record | None:
        """The record with a unique key."""
        row = await self._driver.read(sealed.by_key(workspace, kind, key))
        return None if row is None else (await self._opened([row]))[0]

    async def by_keys(self, workspace: str, kind: str, keys: Sequence[str]) -> dict[str, Record]:
        """The records with unique keys, by key."""
        if not keys:
            return {}
        ids, rows = await self._driver.read(sealed.by_keys(workspace, kind, keys))
        records = {record.id: record for record in await self._opened(rows)}
        return {key: records[id] for key, id in ids.items() if id in records}

    async def find(self, wanted: Find) -> list[Found]:
        """A page of records."""
        rows = await self._driver.read(sealed.find(_bounded(wanted)))
        records = await self._opened([row[:-1] for row in rows])
        return [Found(record, row[-1]) for record, row in zip(records, rows, strict=True)]

    async def count(self, workspace: str, kind: str, parent: str | None = None) -> int:
        """How many there are."""
        return await self._driver.read(sealed.count(workspace, kind, parent))

    async def commit(self, changes: Sequence[Change], audit: Sequence[AuditDraft] = ()) -> list[int]:
        """Carry out all changes and write all entries, or nothing."""
        for workspace in {one.workspace for one in (*changes, *audit)}:
            await self._keys.need(workspace)
        prepared = [
            (one, self._codec.record(TABLE, one.workspace, record_name(one.kind, one.id), one.value))
            if isinstance(one, Put)
            else (one, b"")
            for one in changes
        ]
        entries = [self._entry(draft) for draft in audit]
        try:
            return await self._driver.write(
                sealed.COMMIT, sealed.Committing(prepared, entries, self._head_seal), power=True
            )
        finally:
            # Whoever was cancelled, or lost the connection, meanwhile does not know whether it was written.
            for told in self._watching:
                told(changes)

    def _entry(self, draft: AuditDraft) -> sealed.SealedEntry:
        id = new_id()
        value = self._codec.record(_LOG, draft.workspace, id, draft.value)
        return sealed.SealedEntry(draft.workspace, id, self._entry_digest(draft.workspace, id, draft.value), value)

    def _entry_digest(self, workspace: str, id: str, value: bytes) -> bytes:
        return self._mac(workspace, place("audit-entry", id) + value)

    def _head_seal(self, workspace: str, seq: int, chain: bytes) -> bytes:
        return self._mac(workspace, place("audit-head", seq) + chain)

    def _mac(self, workspace: str, data: bytes) -> bytes:
        return hmac.digest(self._ring.digest_key(workspace), data, hashlib.sha256)

    async def digest(self, workspace: str, text: str) -> str:
        """A keyed digest of a text."""
        await self._keys.need(workspace)
        return self._mac(workspace, place("record-digest", text)).hex()

    async def drop_expired(self, limit: int) -> int:
        """Delete what has expired."""
        return await self._driver.write(sealed.DROP_EXPIRED, limit, power=False)

    async def audit(
        self, workspace: str, *, before: int | None = None, after: int | None = None, limit: int = 100
    ) -> list[AuditEntry]:
        """Entries of a log."""
        rows = await self._driver.read(sealed.entries(workspace, before, after, max(1, min(limit, _MAX_PAGE))))

        def decode() -> list[AuditEntry]:
            return [
                AuditEntry(
                    workspace=workspace, seq=row[0], id=row[1], at=row[2],
                    value=self._codec.open_record(_LOG, workspace, row[1], bytes(row[5])),
                )
                for row in rows
            ]  # fmt: skip

        return await self._keys.opened(decode, sum(len(row[5]) for row in rows))

    async def verify_audit(self, workspace: str) -> tuple[int, ChainBreak | None]:
        """Check a whole log."""
        await self._keys.need(workspace)
        # The head first: entries that are added while the log is read stand after it.
        head = await self._driver.read(sealed.head(workspace))
        last, chain = 0, sealed.FIRST_CHAIN
        at_head: bytes | None = chain
        while True:
            rows = await self._driver.read(sealed.entries(workspace, None, last, _VERIFY_PAGE))
            for row in rows:
                if row[0] != last + 1:
                    return last, ChainBreak(last + 1, "missing")
                chain, broken = await self._linked(workspace, chain, row)
                if broken is not None:
                    return last, broken
                last += 1
                if head is not None and last == head[0]:
                    at_head = chain
            if len(rows) < _VERIFY_PAGE:
                break
        return last, self._check_head(workspace, head, last, at_head)

    async def _linked(self, workspace: str, chain: bytes, row: Row) -> tuple[bytes, ChainBreak | None]:
        """The chain after an entry, or what is wrong with it."""
        seq, id, at, digest, kept, value = row
        try:
            clear = await self._keys.opened(
                lambda: self._codec.open_record(_LOG, workspace, id, bytes(value)), len(value)
            )
        except RecordCorrupt:
            return chain, ChainBreak(seq, "changed")
        if not hmac.compare_digest(self._entry_digest(workspace, id, clear), bytes(digest)):
            return chain, ChainBreak(seq, "changed")
        chain = sealed.next_chain(chain, seq, at, bytes(digest))
        return chain, None if chain == bytes(kept) else ChainBreak(seq, "chain")

    def _check_head(self, workspace: str, head: Row | None, last: int, chain: bytes | None) -> ChainBreak | None:
        if head is None:
            return ChainBreak(1, "head") if last else None
        seq, kept, seal = head[0], bytes(head[1]), bytes(head[2])
        if last < seq:
            return ChainBreak(last + 1, "missing")
        if kept != chain or (seq and not hmac.compare_digest(self._head_seal(workspace, seq, kept), seal)):
            return ChainBreak(seq, "head")
        return None

    async def _opened(self, rows: Sequence[Row]) -> list[Record]:
        def decode() -> list[Record]:
            return [self._record(row) for row in rows]

        return await self._keys.opened(decode, sum(len(row[8]) for row in rows))

    def _record(self, row: Row) -> Record:
        workspace, kind, id, parent, revision, created_at, updated_at, expires_at, value = row
        if not is_row((revision, created_at, updated_at), int, int, int):
            raise RecordCorrupt(
                "storage.record_corrupt", "The record {name} in {table} is damaged and cannot be read.",
                name=f"{kind} {id}", table=TABLE,
            )  # fmt: skip
        return Record(
            workspace=workspace, kind=kind, id=id, parent=parent, revision=revision, created_at=created_at,
            updated_at=updated_at, expires_at=expires_at,
            value=self._codec.open_record(TABLE, workspace, record_name(kind, id), bytes(value)),
        )  # fmt: skip


def _bounded(wanted: Find) -> Find:
    return msgspec.structs.replace(wanted, limit=max(1, min(wanted.limit, _MAX_PAGE)))
