"""What the storage tests share: a place to open stores in, and short ways to write what they take."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apsw
import asyncpg

from studio.contracts.store import (
    Accepted,
    Claim,
    ExecutionUpdate,
    NewExecution,
    NodeRunRow,
    Segment,
)
from studio.crypto import Master
from studio.domain.ids import new_id
from studio.domain.status import Durability, ExecutionStatus, NodeStatus
from studio.storage import Opened, SqlStore, open_store

WORKSPACE = "default"
SECOND = 1_000_000


class Place:
    """A data folder, with a Postgres database or without, and the stores opened in it."""

    def __init__(self, url: str | None, data: Path) -> None:
        self.url = url
        self.data = data
        self._opened: list[Opened] = []

    @property
    def sqlite(self) -> bool:
        """Whether it is SQLite."""
        return self.url is None

    async def open(self, *, master: Master | None = None, read_only: bool = False) -> Opened:
        """Open the store here, like another process."""
        opened = await open_store(self.url, self.data, master=master, environ={}, read_only=read_only)
        self._opened.append(opened)
        return opened

    async def close(self) -> None:
        """Close whatever is open."""
        while self._opened:
            await self._opened.pop().close()

    async def sql(self, text: str, *args: Any) -> list[tuple[Any, ...]]:
        """Run SQL behind the store's back; parameters are ``$1`` and so on."""
        if self.url is None:
            connection = apsw.Connection(str(self.data / "studio.db"))
            try:
                connection.set_busy_timeout(5000)
                return connection.execute(text.replace("$", "?"), args).fetchall()
            finally:
                connection.close()
        remote = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await remote.fetch(text, *args)]
        finally:
            await remote.close()


_ids = itertools.count()


def fresh_id() -> str:
    """An id that sorts behind all earlier ones, which ``new_id`` promises by the millisecond only."""
    return new_id(1_700_000_000 + next(_ids) / 1000)


def new(**fields: Any) -> NewExecution:
    """An execution to accept."""
    given = {
        "id": fresh_id(),
        "workspace": WORKSPACE,
        "workflow_hash": "hash",
        "workflow_name": "flow",
        "payload": b"first",
        **fields,
    }
    return NewExecution(**given)


async def accept(store: SqlStore, *items: NewExecution, **fields: Any) -> list[str]:
    """Accept executions, all of which must be taken; gives their ids."""
    wanted = items or (new(**fields),)
    ids: list[str] = []
    for outcome in await store.accept(wanted):
        if isinstance(outcome, Exception):
            raise outcome
        assert isinstance(outcome, Accepted)
        ids.append(outcome.id)
    return ids


async def running(store: SqlStore, **fields: Any) -> str:
    """An execution accepted as owned by worker ``w`` at epoch 1; its next sequence is 1."""
    (id,) = await accept(store, new(**{"owner": "w", **fields}))
    return id


def segment(id: str, seq: int, payload: bytes = b"more", *, epoch: int = 1, **fields: Any) -> Segment:
    """A segment."""
    return Segment(
        **{"execution_id": id, "workspace": WORKSPACE, "seq": seq, "epoch": epoch, "payload": payload, **fields}
    )


def ending(id: str, seq: int, status: ExecutionStatus = ExecutionStatus.SUCCEEDED, *, epoch: int = 1) -> Segment:
    """A segment that ends its execution."""
    return segment(id, seq, b"end", epoch=epoch, durability=Durability.POWER, update=ExecutionUpdate(status=status))


def sleeping(id: str, seq: int, *, wake_at: int | None = None, epoch: int = 1) -> Segment:
    """A segment after which the execution waits and nobody owns it."""
    update = ExecutionUpdate(status=ExecutionStatus.WAITING, reason="asleep", wake_at=wake_at, release=True)
    return segment(id, seq, b"sleep", epoch=epoch, update=update)


async def finished(store: SqlStore, **fields: Any) -> str:
    """An execution that succeeded."""
    id = await running(store, **fields)
    end = ending(id, 1)
    end.workspace = fields.get("workspace", WORKSPACE)
    await store.append(end)
    return id


async def claim_one(store: SqlStore, worker: str = "w", **fields: Any) -> Claim:
    """Claim exactly one."""
    (claim,) = await store.claim(worker, 1, **fields)
    return claim


def run_row(path: str, **fields: Any) -> NodeRunRow:
    """A projected node run."""
    return NodeRunRow(
        **{
            "path": path,
            "type": "text.slugify",
            "status": NodeStatus.SUCCEEDED,
            "started_at": 1,
            "duration": 2,
            **fields,
        }
    )


def ids_of(claims: Sequence[Claim]) -> list[str]:
    """The ids of claims, in order."""
    return [claim.id for claim in claims]
