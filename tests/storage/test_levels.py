"""Which writes must survive a power cut, and that the database is told so."""

from __future__ import annotations

from typing import Any

from studio.contracts.store import Message
from studio.domain.ids import new_id
from studio.domain.status import Durability
from studio.storage import SqlStore
from tests.storage.kit import WORKSPACE, Place, accept, new, running, segment


def watch(store: SqlStore) -> dict[str, bool]:
    """By kind of write, whether the last one asked to survive a power cut."""
    driver: Any = store._driver  # pyright: ignore[reportPrivateUsage]
    asked: dict[str, bool] = {}
    real = driver.write

    def write(kind: Any, item: Any, *, power: bool) -> Any:
        asked[kind.name] = power
        return real(kind, item, power=power)

    driver.write = write
    return asked


async def test_what_others_were_told_survives_a_power_cut(store: SqlStore) -> None:
    """Accepted, sent, set, handed over: whoever asked has been told that it is so."""
    asked = watch(store)
    (id,) = await accept(store, new())
    await store.post(WORKSPACE, [Message(id, new_id(), "cancel", b"x")])
    await store.put_version(WORKSPACE, "hash", "flow", b"{}")
    await store.set_variable(WORKSPACE, "name", b"x", secret=True)
    await store.set_credential(WORKSPACE, "bank", "token", b"x")
    assert await store.set_node_state(WORKSPACE, "flow/a", b"x", 0)
    await store.release("w")
    await store.recover([id])
    assert all(asked.values()), asked
    assert len(asked) >= 8
    await store.claim("w", 1)
    await store.heartbeat("w", "home", 1)
    await store.put_cached(WORKSPACE, "key", b"x", 1)
    assert [asked["claim"], asked["heartbeat"], asked["put cached"]] == [False] * 3, (
        "these are made again after a crash"
    )


async def test_a_segment_is_as_durable_as_asked(store: SqlStore) -> None:
    asked = watch(store)
    id = await running(store)
    for seq, level in enumerate([Durability.PROCESS, Durability.POWER, Durability.PROCESS], 1):
        await store.append(segment(id, seq, durability=level))
        assert asked["append"] is (level is Durability.POWER)


async def test_sqlite_flushes_what_must_survive(lite: Place) -> None:
    """FULL flushes the log at each commit, NORMAL at checkpoints only."""
    store = (await lite.open()).store
    driver: Any = store._driver  # pyright: ignore[reportPrivateUsage]
    id = await running(store)
    for seq, (level, expected) in enumerate([(Durability.PROCESS, 1), (Durability.POWER, 2)] * 2, 1):
        await store.append(segment(id, seq, durability=level))
        assert await driver._on_writer(lambda connection: connection.pragma("synchronous")) == expected


async def test_postgres_waits_for_every_commit(remote: Place) -> None:
    store = (await remote.open()).store
    await running(store)
    driver: Any = store._driver  # pyright: ignore[reportPrivateUsage]
    writing: Any = driver._writer._connection
    assert await writing.fetchval("SHOW synchronous_commit") == "on"
