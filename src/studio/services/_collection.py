"""Typed access to the records of one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from studio.contracts.records import Check, Drop, Find, Put, Record, Records
from studio.domain.errors import NotFound, RecordCorrupt

_T = TypeVar("_T", bound=msgspec.Struct)


class Kept(NamedTuple, Generic[_T]):
    """A stored thing: its value, and what the store knows of it."""

    value: _T
    record: Record

    @property
    def id(self) -> str:
        """Its id."""
        return self.record.id

    @property
    def revision(self) -> int:
        """Its revision."""
        return self.record.revision


class Page(NamedTuple, Generic[_T]):
    """A page of a list, and the cursor of the next one."""

    items: list[Kept[_T]]
    after: tuple[str, str] | None


def _none(_: Any) -> Sequence[str]:
    return ()


def _nothing(_: Any) -> Mapping[str, str]:
    return {}


class Collection(Generic[_T]):
    """The records of one kind, as values of one type. Values keep unknown fields out and miss none.

    Args:
        records: Where they are kept.
        kind: Their kind, which messages name.
        type: A msgspec struct whose fields all have defaults where they came later.
        parent: What a value belongs to.
        unique: The keys that must be unique.
        fields: What it can be found and sorted by.
    """

    def __init__(
        self,
        records: Records,
        kind: str,
        type: type[_T],
        *,
        parent: Callable[[_T], str] = lambda _: "",
        unique: Callable[[_T], Sequence[str]] = _none,
        fields: Callable[[_T], Mapping[str, str]] = _nothing,
    ) -> None:
        self._records = records
        self.kind = kind
        self._decoder = msgspec.msgpack.Decoder(type)
        self._encoder = msgspec.msgpack.Encoder()
        self._parent = parent
        self._unique = unique
        self._fields = fields

    def put(
        self, workspace: str, id: str, value: _T, *, expected: int | None = None, expires_at: int | None = None
    ) -> Put:
        """The change that writes a value; see ``Records.commit``."""
        return Put(
            workspace=workspace, kind=self.kind, id=id, value=self._encoder.encode(value), expected=expected,
            parent=self._parent(value), unique=tuple(self._unique(value)), fields=self._fields(value),
            expires_at=expires_at,
        )  # fmt: skip

    def drop(self, workspace: str, id: str, *, expected: int | None = None) -> Drop:
        """The change that deletes one."""
        return Drop(workspace=workspace, kind=self.kind, id=id, expected=expected)

    def check(self, workspace: str, id: str, expected: int) -> Check:
        """The condition that one has this revision."""
        return Check(workspace=workspace, kind=self.kind, id=id, expected=expected)

    async def get(self, workspace: str, id: str) -> Kept[_T] | None:
        """One, or None."""
        record = await self._records.get(workspace, self.kind, id)
        return None if record is None else self._kept(record)

    async def need(self, workspace: str, id: str) -> Kept[_T]:
        """One.

        Raises:
            NotFound: There is none in that workspace.
        """
        found = await self.get(workspace, id)
        if found is None:
            raise NotFound("record.not_found", "There is no {kind} {id}.", kind=self.kind, id=id)
        return found

    async def get_many(self, workspace: str, ids: Sequence[str]) -> dict[str, Kept[_T]]:
        """Those that exist, by id."""
        found = await self._records.get_many(workspace, self.kind, ids)
        return {id: self._kept(record) for id, record in found.items()}

    async def by_key(self, workspace: str, key: str) -> Kept[_T] | None:
        """The one with a unique key."""
        record = await self._records.by_key(workspace, self.kind, key)
        return None if record is None else self._kept(record)

    async def by_keys(self, workspace: str, keys: Sequence[str]) -> dict[str, Kept[_T]]:
        """Those with unique keys, by key."""
        found = await self._records.by_keys(workspace, self.kind, keys)
        return {key: self._kept(record) for key, record in found.items()}

    async def page(
        self,
        workspace: str,
        *,
        parent: str | None = None,
        field: str | None = None,
        value: str | None = None,
        prefix: str | None = None,
        after: tuple[str, str] | None = None,
        descending: bool = False,
        limit: int = 50,
    ) -> Page[_T]:
        """A page; see ``Find`` for what is what."""
        found = await self._records.find(
            Find(
                workspace=workspace, kind=self.kind, parent=parent, field=field, value=value, prefix=prefix,
                after=after, descending=descending, limit=limit + 1,
            )
        )  # fmt: skip
        last = found[limit - 1] if len(found) > limit else None
        after = (last.value, last.record.id) if last is not None else None
        return Page([self._kept(one.record) for one in found[:limit]], after)

    async def all(
        self, workspace: str, *, parent: str | None = None, field: str | None = None, value: str | None = None
    ):
        """Every one that fits, page by page."""
        out: list[Kept[_T]] = []
        after: tuple[str, str] | None = None
        while True:
            page = await self.page(workspace, parent=parent, field=field, value=value, after=after, limit=500)
            out += page.items
            after = page.after
            if after is None:
                return out

    async def count(self, workspace: str, parent: str | None = None) -> int:
        """How many there are."""
        return await self._records.count(workspace, self.kind, parent)

    def _kept(self, record: Record) -> Kept[_T]:
        try:
            return Kept(self._decoder.decode(record.value), record)
        except msgspec.MsgspecError as error:
            raise RecordCorrupt(
                "storage.record_corrupt", "The record {name} in {table} is damaged and cannot be read.",
                name=record.id, table=self.kind,
            ) from error  # fmt: skip
