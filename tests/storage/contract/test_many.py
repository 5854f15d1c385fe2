"""Journals and inboxes of many executions, read together: what is wrong with one concerns it alone."""

from __future__ import annotations

import pytest

from studio.contracts.store import Message
from studio.domain.errors import NotFound, RecordCorrupt
from studio.domain.ids import new_id
from studio.storage import SqlStore
from tests.storage.kit import WORKSPACE, Place, running, segment


async def _several(store: SqlStore, number: int = 3) -> list[str]:
    """Executions with two segments and two messages each."""
    ids = [await running(store) for _ in range(number)]
    for id in ids:
        await store.append(segment(id, 1, b"second of " + id.encode()))
        await store.post(WORKSPACE, [Message(id, name, "signal", name.encode() + id.encode()) for name in ("b", "a")])
    return ids


async def test_many_give_what_each_gives(store: SqlStore) -> None:
    ids = await _several(store)
    snapshot = segment(ids[0], 2, b"everything", snapshot=True)
    await store.append(snapshot)
    journals, inboxes = await store.journals(ids), await store.inboxes(ids)
    assert journals == {id: await store.read(id, from_snapshot=True) for id in ids}
    assert [found.payload for found in await store.read(ids[0], from_snapshot=True)] == [b"everything"]
    assert inboxes == {id: await store.inbox([id]) for id in ids}
    assert [message.id for message in await store.inbox([ids[0]])] == ["b", "a"]
    assert (await store.journals([]), await store.inboxes([])) == ({}, {})
    nobody = new_id()
    journals = await store.journals([nobody, ids[1]])
    assert isinstance(journals[nobody], NotFound)
    assert journals[ids[1]] == await store.read(ids[1])
    assert await store.inboxes([nobody]) == {nobody: []}


@pytest.mark.parametrize("damage", ["changed", "missing", "cut"])
async def test_a_damaged_journal_is_damaged_alone(store: SqlStore, place: Place, damage: str) -> None:
    ids = await _several(store)
    await place.sql(
        {
            "changed": "UPDATE journal SET payload = (SELECT o.payload FROM journal AS o WHERE o.execution_id = $1"
            " AND o.seq = 0) WHERE execution_id = $1 AND seq = 1",
            "missing": "DELETE FROM journal WHERE execution_id = $1 AND seq = 0",
            "cut": "UPDATE journal SET payload = substr(payload, 1, 11) WHERE execution_id = $1 AND seq = 1",
        }[damage],
        ids[1],
    )
    found = await store.journals(ids)
    assert isinstance(found[ids[1]], RecordCorrupt)
    assert [found[id] for id in (ids[0], ids[2])] == [await store.read(id) for id in (ids[0], ids[2])]


async def test_a_damaged_message_is_damaged_alone(store: SqlStore, place: Place) -> None:
    ids = await _several(store)
    await place.sql(
        "UPDATE inbox SET payload = (SELECT o.payload FROM inbox AS o WHERE o.execution_id = $1 AND o.id = 'a')"
        " WHERE execution_id = $1 AND id = 'b'",
        ids[1],
    )
    found = await store.inboxes(ids)
    assert isinstance(found[ids[1]], RecordCorrupt)
    assert [found[id] for id in (ids[0], ids[2])] == [await store.inbox([id]) for id in (ids[0], ids[2])]


@pytest.mark.parametrize("held", ["x'00ff'", "CAST(x'ff00fe' AS TEXT)", "'text'", "1.5"])
@pytest.mark.parametrize("where", ["journal.epoch", "journal.written_at", "inbox.kind", "inbox.created_at"])
async def test_a_row_that_holds_anything_is_damaged_alone(lite: Place, where: str, held: str) -> None:
    """SQLite keeps whatever is written, also what spoils the reading of all that is read in one piece."""
    store = (await lite.open()).store
    ids = await _several(store)
    table, column = where.split(".")
    only = "seq = 1" if table == "journal" else "id = 'a'"
    await lite.sql(f"UPDATE {table} SET {column} = {held} WHERE execution_id = '{ids[1]}' AND {only}")
    journals, inboxes = await store.journals(ids), await store.inboxes(ids)
    if column != "kind" or held not in ("'text'", "1.5"):
        assert isinstance((journals if table == "journal" else inboxes)[ids[1]], RecordCorrupt)
    for id in (ids[0], ids[2]):
        assert (journals[id], inboxes[id]) == (await store.read(id), await store.inbox([id]))


async def test_a_key_that_is_gone_stops_what_it_sealed(place: Place) -> None:
    """Rows of another key are read all the same."""
    store = (await place.open()).store
    before = await _several(store)
    ((old,),) = await place.sql("SELECT id FROM keys")
    await store.rotate(WORKSPACE)
    after = await _several(store)
    await place.sql("DELETE FROM keys WHERE id = $1", old)
    other = (await place.open()).store
    journals, inboxes = await other.journals(before + after), await other.inboxes(before + after)
    for id in before:
        assert isinstance(journals[id], RecordCorrupt)
        assert isinstance(inboxes[id], RecordCorrupt)
    for id in after:
        assert (journals[id], inboxes[id]) == (await store.read(id), await store.inbox([id]))
