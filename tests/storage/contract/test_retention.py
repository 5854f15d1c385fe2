"""Retention: what goes, what stays, and that the space comes back."""

from __future__ import annotations

import os
import time

import pytest

from studio.contracts.store import ExecutionUpdate, Idempotency, Message, Projection
from studio.domain.errors import NotFound
from studio.domain.status import ExecutionStatus
from studio.storage import Opened, SqlStore, clean
from tests.storage.kit import SECOND, WORKSPACE, Place, finished, new, run_row, running, segment

ENDED = ExecutionUpdate(status=ExecutionStatus.CANCELLED)


async def test_only_terminal_and_expired_executions_go(store: SqlStore) -> None:
    now = await store.now()
    gone = await finished(store, retain_until=now - SECOND)
    kept = [
        await finished(store),
        await finished(store, retain_until=now + 3600 * SECOND),
        await running(store, retain_until=1),
    ]
    assert await store.delete_expired(10) == 1
    assert await store.execution(gone) is None
    for id in kept:
        assert await store.execution(id) is not None
        assert await store.read(id)
    assert await store.delete_expired(10) == 0


async def test_everything_that_is_theirs_goes(store: SqlStore, place: Place) -> None:
    id = await running(store, retain_until=1, tags=("t",), blobs=("a",))
    await store.post(WORKSPACE, [Message(id, "m", "signal", b"x")])
    await store.append(segment(id, 1, blobs=("b",)))
    await store.project([Projection(execution_id=id, workspace=WORKSPACE, seq=1, rows=[run_row("n")])])
    other = await running(store, blobs=("b",))
    assert sorted(await store.live_blobs()) == ["a", "b"]
    done = await store.read(id)
    assert len(done) == 2
    await store.append(segment(id, 2, update=ENDED))
    assert await store.delete_expired(10) == 1
    for table in ("journal", "inbox", "node_runs", "execution_tags"):
        rows = await place.sql(f"SELECT count(*) FROM {table} WHERE execution_id <> $1", other)
        assert rows == [(0,)], table
    assert await store.live_blobs() == ["b"]
    with pytest.raises(NotFound):
        await store.read(id)


async def test_what_was_called_is_kept_while_its_caller_goes_on(store: SqlStore) -> None:
    caller = await running(store, retain_until=1)
    called = await finished(store, retain_until=1, parent_id=caller)
    assert await store.delete_expired(10) == 0
    assert await store.execution(called) is not None
    await store.append(segment(caller, 1, update=ENDED))
    assert await store.delete_expired(10) == 2


async def test_as_many_as_asked_for_oldest_first(store: SqlStore) -> None:
    ids = [await finished(store, retain_until=number) for number in (3, 1, 2)]
    assert await store.delete_expired(2) == 2
    assert await store.execution(ids[0]) is not None


async def test_clean_deletes_and_collects(opened: Opened) -> None:
    store, blobs = opened.store, opened.blobs
    dead, live = await blobs.put(WORKSPACE, b"dead"), await blobs.put(WORKSPACE, b"live")
    await finished(store, retain_until=1, blobs=(dead.id,))
    await finished(store, blobs=(live.id,))
    assert await clean(opened, grace=3600 * SECOND) == (1, 0, True)
    assert await clean(opened, grace=-SECOND) == (0, 1, True)
    assert await blobs.get(WORKSPACE, live) == b"live"


async def test_what_a_long_node_has_made_is_not_cleared_away(lite: Place) -> None:
    """Nothing refers to it before the node has ended; after a day, nobody is on the way any more."""
    opened = await lite.open()
    ref = await opened.blobs.put(WORKSPACE, b"made early")
    (path,) = [path for path in (lite.data / "blobs").rglob("*") if path.is_file() and path.name == ref.id]
    for hours, gone in ((6, 0), (30, 1)):
        then = time.time() - hours * 3600
        os.utime(path, (then, then))
        assert (await clean(opened)).blobs == gone


async def test_space_comes_back(lite: Place) -> None:
    opened = await lite.open()
    for _ in range(40):
        id = await running(opened.store, retain_until=1)
        await opened.store.append(segment(id, 1, os.urandom(50_000)))
        await opened.store.append(segment(id, 2, update=ENDED))
    path = lite.data / "studio.db"
    before = (await opened.store.facts())["bytes"]
    assert before > 40 * 50_000
    assert (await clean(opened)).executions == 40
    facts = await opened.store.facts()
    assert facts["free_bytes"] == 0
    assert path.stat().st_size < before / 8
    assert (lite.data / "studio.db-wal").stat().st_size == 0
    await finished(opened.store)


async def test_expired_keys_go(store: SqlStore, place: Place) -> None:
    await store.accept([new(idempotency=Idempotency("k", b"", 3600 * SECOND))])
    await store.accept([new(idempotency=Idempotency("old", b"", -SECOND))])
    await store.delete_expired(1)
    assert await place.sql("SELECT key FROM idempotency") == [("k",)]
