"""What an execution recorded, as an expression may work on it: everything that is masked is masked before.

Only a snapshot of the journal and what follows it is read, and kept for whoever asks next. Nobody reveals anything
here: what an expression made of a secret could not be told from what it made of something else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from studio.contracts.blobs import BlobStore
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionRow
from studio.domain.errors import Conflict
from studio.domain.values import ItemsRef
from studio.engine import records as r
from studio.engine.encode import ItemsHandle, Values
from studio.engine.history import Recovered, recover
from studio.engine.projector import size_of
from studio.engine.records import Record
from studio.expressions import SKIPPED
from studio.services.executing.masking import Mask, Masking
from studio.services.vault.hidden import Hidden

_EXECUTIONS = 16
_VALUES = 64
MOST_BYTES = 32 * 1024 * 1024
"""Of a larger value nothing is previewed."""
_WINDOW, _MOST_WINDOWS = 64, 16
MOST_JOURNAL = 64 * 1024 * 1024
_INLINE = 8192


class Absent:
    """Stands for what was not recorded."""


ABSENT = Absent()


class MaskedItems(ItemsHandle):
    """A long list that is masked as it is read."""

    __slots__ = ("_mask",)

    def __init__(self, ref: ItemsRef, blobs: BlobStore, workspace: str, mask: Mask) -> None:
        super().__init__(ref, blobs, workspace)
        self._mask = mask

    def _decode(self, data: bytes) -> list[Any]:
        return self._mask.plain(super()._decode(data))


class Recording:
    """One execution up to a moment."""

    def __init__(
        self, row: ExecutionRow, found: Recovered, mask: Mask, hidden: Hidden, store: Store, blobs: BlobStore
    ) -> None:
        self.row = row
        self.found = found
        self.mask = mask
        self.hidden = hidden
        self._store = store
        self._blobs = blobs
        self._values: OrderedDict[str, Any] = OrderedDict()

    async def output(self, prefix: str, node: str) -> Any:
        """What a node run gave; ``SKIPPED`` where it did not run, ``ABSENT`` where nothing is known."""
        records = self.found.memory.frames.get(prefix, {}).get(node)
        record = None if records is None else records[-1]
        if record is None and prefix:
            record = await self._inside(prefix, node)
        if record is None:
            return ABSENT
        if record[0] == r.SKIPPED:
            return SKIPPED(node)
        if record[0] == r.FAILED:
            return {"error": self.mask.plain(record[7])} if record[8] else ABSENT
        if record[0] != r.DONE:
            return ABSENT
        return await self.kept(f"{prefix}{node}", (record[8], record[9]), mark=f"{prefix}{node}")

    async def _inside(self, prefix: str, node: str) -> Record | None:
        """How a node run inside of a container ended that is over; of a long journal only the end is looked through."""
        last = self.row.next_seq - 1
        for _ in range(_MOST_WINDOWS):
            if last < 0:
                return None
            first = max(0, last - _WINDOW + 1)
            for segment in reversed(await self._store.window(self.row.id, first, last)):
                for record in reversed(r.unpack(segment.payload)):
                    if record[0] in (r.DONE, r.FAILED, r.SKIPPED) and record[1] == prefix and record[2] == node:
                        return record
            last = first - 1
        return None

    async def given(self, name: str) -> Any:
        """Its ``inputs``, ``event`` or ``vars``."""
        found = self.found.start.get(name)
        if found is None:
            return None
        value = await self.kept(f"${name}", tuple(found))
        if name == "inputs":
            return self.mask.inputs(value)
        return self.hidden.variables(value) if name == "vars" else value

    async def kept(self, key: str, encoded: tuple[int, Any], mark: str = "") -> Any:
        """A recorded value, masked; decoded once."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        if size_of(*encoded) > MOST_BYTES:
            raise Conflict(
                "preview.too_large", "A value of more than {most} MB is not previewed.", most=MOST_BYTES // 1024**2
            )
        values = Values(self._blobs, self.row.workspace, _INLINE)
        value = await values.decode(encoded)
        if mark:
            value = self.mask.output(mark, value)
        value = guarded(self.mask.plain(value), self.mask, self._blobs, self.row.workspace) if self.mask else value
        self._values[key] = value
        if len(self._values) > _VALUES:
            self._values.popitem(last=False)
        return value

    def ended_at(self, node: str) -> int | None:
        """When a node of the top level ended."""
        records: Sequence[Record] = self.found.memory.frames.get("", {}).get(node, ())
        return ended_at(records[-1]) if records else None


def ended_at(record: Record) -> int | None:
    """When a node run ended by its record."""
    if record[0] in (r.DONE, r.FAILED):
        return record[3] + record[4] + record[6]
    return record[3] if record[0] == r.SKIPPED else None


def guarded(value: Any, mask: Mask, blobs: BlobStore, workspace: str) -> Any:
    """A value whose long lists are masked too, when they are read."""
    if isinstance(value, ItemsHandle):
        return MaskedItems(value.ref, blobs, workspace, mask)
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        return {key: guarded(inner, mask, blobs, workspace) for key, inner in entries.items()}
    if isinstance(value, list):
        return [guarded(inner, mask, blobs, workspace) for inner in cast("list[Any]", value)]
    return value


class Recordings:
    """Reads executions, and keeps those that were asked for last."""

    def __init__(self, store: Store, blobs: BlobStore, masking: Masking) -> None:
        self._store = store
        self._blobs = blobs
        self._masking = masking
        self._kept: OrderedDict[str, Recording] = OrderedDict()

    async def of(self, row: ExecutionRow) -> Recording:
        """What an execution has recorded up to now. Whether it may be seen was asked before.

        Raises:
            Conflict: Its journal is too large to be read for this.
        """
        hidden = await self._masking.hidden(row.workspace)
        known = self._kept.get(row.id)
        if known is None or known.row.next_seq != row.next_seq or known.hidden is not hidden:
            if row.journal_bytes > MOST_JOURNAL:
                raise Conflict(
                    "execution.export_large", "The execution {id} is too large to be exported at once.", id=row.id
                )
            found = recover(await self._store.read(row.id, from_snapshot=True))
            if not found.start:
                found.start = recover(await self._store.window(row.id, 0, 0)).start
            known = Recording(row, found, await self._masking.of(row), hidden, self._store, self._blobs)
            self._kept[row.id] = known
            if len(self._kept) > _EXECUTIONS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(row.id)
        return known
