"""State, cache, variables, credentials, versions."""

from __future__ import annotations

import asyncio

import pytest

from studio.contracts.store import Message, NodeState, Projection
from studio.domain.errors import RecordCorrupt, StorageCorrupt
from studio.storage import SqlStore
from studio.storage._schema import REVISION
from tests.storage.kit import SECOND, WORKSPACE, Place, run_row, running


async def test_versions_are_kept_once(store: SqlStore) -> None:
    document = b'{"nodes": {}}' * 100
    await asyncio.gather(*(store.put_version(WORKSPACE, "abc", "flow", document) for _ in range(3)))
    await store.put_version(WORKSPACE, "abc", "flow", b"another")
    assert await store.version(WORKSPACE, "abc") == document
    assert await store.version(WORKSPACE, "nope") is None
    assert await store.version("other", "abc") is None


async def test_state_is_compared_and_set(store: SqlStore) -> None:
    assert await store.node_state(WORKSPACE, "k") == NodeState(0, None)
    assert not await store.set_node_state(WORKSPACE, "k", b"x", 1)
    assert await store.set_node_state(WORKSPACE, "k", b"one", 0)
    assert not await store.set_node_state(WORKSPACE, "k", b"two", 0)
    assert await store.node_state(WORKSPACE, "k") == NodeState(1, b"one")
    assert await store.set_node_state(WORKSPACE, "k", None, 1)
    assert await store.node_state(WORKSPACE, "k") == NodeState(2, None)
    assert await store.set_node_state(WORKSPACE, "k", b"three", 2)
    assert await store.node_state("other", "k") == NodeState(0, None)


async def test_states_are_forgotten_by_the_beginning_of_their_keys(store: SqlStore) -> None:
    keys = ["a/x", "a/x[y]", "a", "a%/x", "ab/x", "A/x", "b/a/x"]
    for workspace in (WORKSPACE, "other"):
        for key in keys:
            assert await store.set_node_state(workspace, key, b"1", 0, blobs=[f"{workspace}:{key}"])
    assert await store.drop_node_states(WORKSPACE, "a/") == 2
    assert await store.drop_node_states(WORKSPACE, "a%/") == 1
    assert await store.drop_node_states(WORKSPACE, "none/") == 0
    left = [f"{WORKSPACE}:{key}" for key in ("a", "ab/x", "A/x", "b/a/x")]
    assert sorted(await store.live_blobs()) == sorted([*left, *(f"other:{key}" for key in keys)])
    assert await store.node_state(WORKSPACE, "a/x") == NodeState(0, None)
    assert await store.node_state(WORKSPACE, "ab/x") == NodeState(1, b"1")
    assert await store.node_state("other", "a/x") == NodeState(1, b"1")


async def test_one_of_many_setters_wins(place: Place) -> None:
    stores = [(await place.open()).store for _ in range(3)]
    for version in range(4):
        outcomes = await asyncio.gather(
            *(store.set_node_state(WORKSPACE, "k", b"%d" % number, version) for number, store in enumerate(stores))
        )
        assert outcomes.count(True) == 1


async def test_cache_entries_expire(store: SqlStore) -> None:
    await store.put_cached(WORKSPACE, "k", b"value", 3600 * SECOND)
    await store.put_cached(WORKSPACE, "old", b"value", -SECOND)
    assert await store.cached(WORKSPACE, "k") == b"value"
    assert await store.cached(WORKSPACE, "old") is None
    assert await store.cached("other", "k") is None
    await asyncio.gather(*(store.put_cached(WORKSPACE, "k", b"%d" % number, 3600 * SECOND) for number in range(3)))
    assert await store.cached(WORKSPACE, "k") == b"2"


async def test_cache_keeps_its_blobs_alive(store: SqlStore) -> None:
    await store.put_cached(WORKSPACE, "k", b"value", 3600 * SECOND, blobs=["a", "b"])
    assert sorted(await store.live_blobs()) == ["a", "b"]
    await store.put_cached(WORKSPACE, "k", b"value", 3600 * SECOND, blobs=["b", "c"])
    assert sorted(await store.live_blobs()) == ["b", "c"]
    await store.put_cached(WORKSPACE, "k", b"value", -SECOND, blobs=["c"])
    await store.delete_expired(10)
    assert await store.live_blobs() == []


async def test_variables(store: SqlStore, place: Place) -> None:
    await store.set_variable(WORKSPACE, "plain", b"1", secret=False)
    await store.set_variable(WORKSPACE, "hidden", b"2", secret=True)
    await store.set_variable("other", "theirs", b"3", secret=True)
    assert await store.variables(WORKSPACE) == {"plain": b"1", "hidden": b"2"}
    rows = await place.sql("SELECT name, secret FROM variables WHERE workspace = 'default' ORDER BY name")
    assert [(name, bool(secret)) for name, secret in rows] == [("hidden", True), ("plain", False)]
    await store.set_variable(WORKSPACE, "hidden", b"4", secret=False)
    await store.set_variable(WORKSPACE, "plain", None, secret=False)
    assert await store.variables(WORKSPACE) == {"hidden": b"4"}
    assert await store.variables("nobody") == {}


async def test_credentials(store: SqlStore) -> None:
    await store.set_credential(WORKSPACE, "mail", "smtp", b"password")
    await store.set_credential(WORKSPACE, "bank", "api_key", b"key")
    assert await store.credential(WORKSPACE, "mail") == ("smtp", b"password")
    assert await store.credentials(WORKSPACE) == [("bank", "api_key"), ("mail", "smtp")]
    await store.set_credential(WORKSPACE, "mail", "oauth", b"token")
    assert await store.credential(WORKSPACE, "mail") == ("oauth", b"token")
    assert await store.credential("other", "mail") is None
    assert await store.credentials("other") == []
    await store.set_credential(WORKSPACE, "mail", "oauth", None)
    assert await store.credential(WORKSPACE, "mail") is None


async def test_record_moved_to_another_name_is_noticed(store: SqlStore, place: Place) -> None:
    await store.set_credential(WORKSPACE, "mine", "t", b"mine")
    await store.set_credential(WORKSPACE, "theirs", "t", b"theirs")
    ((data,),) = await place.sql("SELECT data FROM credentials WHERE name = 'theirs'")
    await place.sql("UPDATE credentials SET data = $1 WHERE name = 'mine'", data)
    with pytest.raises(StorageCorrupt) as caught:
        await store.credential(WORKSPACE, "mine")
    assert caught.value.arguments == {"name": "mine", "table": "credentials"}
    await place.sql("UPDATE credentials SET workspace = 'other' WHERE name = 'theirs'")
    with pytest.raises(StorageCorrupt):
        await store.credential("other", "theirs")


async def test_large_values_are_opened_off_the_loop(store: SqlStore) -> None:
    value = bytes(range(256)) * 4096
    await store.set_variable(WORKSPACE, "large", value, secret=False)
    assert await store.variables(WORKSPACE) == {"large": value}


async def test_facts(store: SqlStore) -> None:
    facts = await store.facts()
    assert facts["revision"] == REVISION
    assert facts["generation"] == 1
    assert facts["executions"] == {}
    assert facts["problems"] == []
    assert facts["bytes"] > 0
    assert facts["database"] in ("sqlite", "postgres")


@pytest.mark.parametrize("held", ["CAST(x'ff00fe' AS TEXT)", "'text'", "17", "1.5", "x''"])
async def test_a_record_of_any_type_is_damaged(lite: Place, held: str) -> None:
    store = (await lite.open()).store
    id = await running(store)
    await store.set_variable(WORKSPACE, "v", b"value", secret=True)
    await store.set_node_state(WORKSPACE, "s", b"value", 0)
    await store.put_cached(WORKSPACE, "c", b"value", 10**12)
    await store.set_credential(WORKSPACE, "k", "http.bearer", b"value")
    await store.post(WORKSPACE, [Message(id, "m", "signal", b"value")])
    await store.project([Projection(execution_id=id, workspace=WORKSPACE, seq=0, rows=[run_row("a")])])
    assert (await store.variables(WORKSPACE), len(await store.inbox([id])), len(await store.node_runs(id))) == (
        {"v": b"value"}, 1, 1
    )  # fmt: skip
    columns = {"variables": "value", "node_state": "value", "cache": "value", "credentials": "data",
               "inbox": "payload", "node_runs": "data"}  # fmt: skip
    for table, column in columns.items():
        await lite.sql(f"UPDATE {table} SET {column} = {held}")
    reads = [
        lambda: store.variables(WORKSPACE),
        lambda: store.node_state(WORKSPACE, "s"),
        lambda: store.cached(WORKSPACE, "c"),
        lambda: store.credential(WORKSPACE, "k"),
        lambda: store.inbox([id]),
        lambda: store.node_runs(id),
    ]
    for read in reads:
        with pytest.raises(RecordCorrupt):
            await read()
