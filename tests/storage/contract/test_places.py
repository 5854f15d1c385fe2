"""What is sealed opens in its own place only: rows that were moved or changed behind the store's back are noticed."""

from __future__ import annotations

import pytest

from studio.contracts.store import Message
from studio.domain.errors import RecordCorrupt
from studio.storage import SqlStore
from tests.storage.kit import WORKSPACE, Place, accept, running, segment


async def three(store: SqlStore) -> str:
    """An execution with segments 1 to 3."""
    id = await running(store)
    for seq in (1, 2, 3):
        await store.append(segment(id, seq, b"segment %d" % seq))
    return id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET payload = (SELECT o.payload FROM journal AS o WHERE o.execution_id = $1 AND o.seq = 1)"
        " WHERE execution_id = $1 AND seq = 2",
        "UPDATE journal SET epoch = epoch + 1 WHERE execution_id = $1 AND seq = 2",
        "UPDATE journal SET snapshot = TRUE WHERE execution_id = $1 AND seq = 2",
        "UPDATE executions SET workspace = 'other' WHERE id = $1",
    ],
    ids=["sequence", "epoch", "snapshot", "workspace"],
)
async def test_a_segment_in_another_place_is_not_read(store: SqlStore, place: Place, change: str) -> None:
    id = await three(store)
    await store.set_variable("other", "has", b"a key", secret=False)
    assert len(await store.read(id)) == 4
    await place.sql(change, id)
    with pytest.raises(RecordCorrupt) as caught:
        await store.read(id)
    assert id in caught.value.message


async def test_a_segment_of_another_execution_is_not_read(store: SqlStore, place: Place) -> None:
    first, second = await three(store), await three(store)
    await place.sql(
        "UPDATE journal SET payload = (SELECT o.payload FROM journal AS o WHERE o.execution_id = $2 AND o.seq = 2)"
        " WHERE execution_id = $1 AND seq = 2",
        first,
        second,
    )
    with pytest.raises(RecordCorrupt):
        await store.read(first)
    assert len(await store.read(second)) == 4


async def test_a_message_in_anothers_place_is_not_read(store: SqlStore, place: Place) -> None:
    (id,) = await accept(store)
    messages = [Message(id, name, "signal", name.encode() * 30) for name in ("one", "two")]
    await store.post(WORKSPACE, messages)
    assert [message.payload for message in await store.inbox([id])] == [message.payload for message in messages]
    await place.sql("UPDATE inbox SET payload = (SELECT o.payload FROM inbox AS o WHERE o.id = 'one') WHERE id = 'two'")
    with pytest.raises(RecordCorrupt):
        await store.inbox([id])


async def test_a_value_under_another_name_is_not_read(store: SqlStore, place: Place) -> None:
    for name in ("mine", "yours"):
        await store.set_variable(WORKSPACE, name, name.encode(), secret=True)
        await store.set_credential(WORKSPACE, name, "token", name.encode())
    for table in ("variables", "credentials"):
        column = "value" if table == "variables" else "data"
        await place.sql(
            f"UPDATE {table} SET {column} = (SELECT o.{column} FROM {table} AS o WHERE o.name = 'mine')"
            " WHERE name = 'yours'"
        )
    with pytest.raises(RecordCorrupt):
        await store.variables(WORKSPACE)
    with pytest.raises(RecordCorrupt):
        await store.credential(WORKSPACE, "yours")
    assert await store.credential(WORKSPACE, "mine") == ("token", b"mine")
