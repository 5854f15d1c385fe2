"""Sealed records and the audit log."""

from __future__ import annotations

import asyncio

import pytest

from studio.contracts.records import ABSENT, AuditDraft, ChainBreak, Change, Check, Drop, Find, Put
from studio.domain.errors import RecordChanged, RecordTaken
from studio.storage import SqlStore
from studio.storage.records import SqlRecords
from tests.storage.kit import SECOND, WORKSPACE, Place

KIND = "note"


def note(id: str, value: bytes = b"text", expected: int | None = ABSENT, **more: object) -> Put:
    """A record to write."""
    return Put(workspace=WORKSPACE, kind=KIND, id=id, value=value, expected=expected, **more)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def records(store: SqlStore) -> SqlRecords:
    """The records of a store."""
    return store.records


async def test_a_record_is_written_changed_and_dropped(records: SqlRecords) -> None:
    assert await records.get(WORKSPACE, KIND, "a") is None
    assert await records.commit([note("a", b"one")]) == [1]
    first = await records.get(WORKSPACE, KIND, "a")
    assert first is not None
    assert (first.value, first.revision, first.parent, first.expires_at) == (b"one", 1, "", None)
    assert await records.commit([note("a", b"two", 1, parent="p")]) == [2]
    second = await records.get(WORKSPACE, KIND, "a")
    assert second is not None
    assert (second.value, second.revision, second.parent) == (b"two", 2, "p")
    assert second.created_at == first.created_at <= second.updated_at
    assert await records.commit([Drop(workspace=WORKSPACE, kind=KIND, id="a", expected=2)]) == [0]
    assert await records.get(WORKSPACE, KIND, "a") is None
    assert await records.commit([Drop(workspace=WORKSPACE, kind=KIND, id="a")]) == [0]


async def test_workspaces_do_not_see_each_other(records: SqlRecords) -> None:
    await records.commit([note("a", unique=("k",), fields={"name": "x"})])
    assert await records.get("other", KIND, "a") is None
    assert await records.by_key("other", KIND, "k") is None
    assert await records.find(Find(workspace="other", kind=KIND)) == []
    assert await records.find(Find(workspace="other", kind=KIND, field="name")) == []
    assert await records.count("other", KIND) == 0
    assert await records.get_many("other", KIND, ["a"]) == {}
    assert await records.commit([Put(workspace="other", kind=KIND, id="a", value=b"", unique=("k",))]) == [1]


@pytest.mark.parametrize(
    "change",
    [
        note("a", b"x", ABSENT),
        note("a", b"x", 2),
        note("missing", b"x", 1),
        Drop(workspace=WORKSPACE, kind=KIND, id="a", expected=7),
        Check(workspace=WORKSPACE, kind=KIND, id="a", expected=ABSENT),
        Check(workspace=WORKSPACE, kind=KIND, id="missing", expected=1),
    ],
)
async def test_a_wrong_expectation_changes_nothing(records: SqlRecords, change: Change) -> None:
    await records.commit([note("a", b"one")])
    with pytest.raises(RecordChanged):
        await records.commit([note("b"), change], [AuditDraft(workspace=WORKSPACE, value=b"tried")])
    found = await records.get(WORKSPACE, KIND, "a")
    assert found is not None
    assert (found.value, found.revision) == (b"one", 1)
    assert await records.get(WORKSPACE, KIND, "b") is None
    assert await records.audit(WORKSPACE) == []


async def test_a_check_that_holds_lets_the_rest_pass(records: SqlRecords) -> None:
    await records.commit([note("a")])
    checks = [
        Check(workspace=WORKSPACE, kind=KIND, id="a", expected=1),
        Check(workspace=WORKSPACE, kind=KIND, id="z", expected=ABSENT),
    ]
    assert await records.commit([*checks, note("b")]) == [1, 0, 1]


async def test_unique_keys_belong_to_one_record(records: SqlRecords) -> None:
    await records.commit([note("a", unique=("mail", "name"))])
    with pytest.raises(RecordTaken):
        await records.commit([note("b", unique=("other", "name"))])
    found = await records.by_key(WORKSPACE, KIND, "name")
    assert found is not None
    assert found.id == "a"
    await records.commit([note("a", expected=1, unique=("mail",))])
    await records.commit([note("b", unique=("name",))])
    await records.commit([Drop(workspace=WORKSPACE, kind=KIND, id="b")])
    assert await records.by_key(WORKSPACE, KIND, "name") is None
    assert await records.commit([note("c", unique=("name",))]) == [1]


async def test_one_of_many_writers_wins(place: Place) -> None:
    stores = [(await place.open()).store.records for _ in range(3)]
    for revision in range(4):
        outcomes = await asyncio.gather(
            *(one.commit([note("a", b"%d" % at, revision)]) for at, one in enumerate(stores)), return_exceptions=True
        )
        assert sum(outcome == [revision + 1] for outcome in outcomes) == 1
        assert sum(isinstance(outcome, RecordChanged) for outcome in outcomes) == 2
    outcomes = await asyncio.gather(
        *(one.commit([note(f"n{at}", unique=("same",))]) for at, one in enumerate(stores)), return_exceptions=True
    )
    assert sum(outcome == [1] for outcome in outcomes) == 1
    assert sum(isinstance(outcome, RecordTaken) for outcome in outcomes) == 2


async def test_a_failing_commit_leaves_others_of_its_batch_alone(records: SqlRecords) -> None:
    await records.commit([note("a")])
    outcomes = await asyncio.gather(*(records.commit([note(id)]) for id in ("b", "a", "c")), return_exceptions=True)
    assert outcomes[0] == outcomes[2] == [1]
    assert isinstance(outcomes[1], RecordChanged)


async def test_lists_page_by_id_and_by_field(records: SqlRecords) -> None:
    for id, name in (("1", "b"), ("2", "a"), ("3", "b"), ("4", "B"), ("5", "ä")):
        await records.commit([note(id, parent="p" if id < "4" else "q", fields={"name": name})])

    async def ids(**more: object) -> list[str]:
        wanted = Find(workspace=WORKSPACE, kind=KIND, **more)  # pyright: ignore[reportArgumentType]
        return [found.record.id for found in await records.find(wanted)]

    assert await ids() == ["1", "2", "3", "4", "5"]
    assert await ids(descending=True, limit=2) == ["5", "4"]
    assert await ids(after=("", "2"), limit=2) == ["3", "4"]
    assert await ids(after=("", "2"), descending=True) == ["1"]
    assert await ids(parent="p") == ["1", "2", "3"]
    assert await ids(field="name") == ["4", "2", "1", "3", "5"]
    assert await ids(field="name", after=("b", "1")) == ["3", "5"]
    assert await ids(field="name", descending=True, after=("b", "3")) == ["1", "2", "4"]
    assert await ids(field="name", value="b", parent="p") == ["1", "3"]
    assert await ids(field="name", prefix="b") == ["1", "3"]
    assert await ids(field="none") == []
    assert await records.count(WORKSPACE, KIND) == 5
    assert await records.count(WORKSPACE, KIND, "q") == 2
    assert sorted(await records.get_many(WORKSPACE, KIND, ["1", "9", "3"])) == ["1", "3"]


async def test_expired_records_are_gone_and_free_their_keys(records: SqlRecords, store: SqlStore) -> None:
    now = await store.now()
    await records.commit([note("old", expires_at=now - SECOND, unique=("k",), fields={"name": "x"})])
    await records.commit([note("young", expires_at=now + 3600 * SECOND)])
    assert await records.get(WORKSPACE, KIND, "old") is None
    assert await records.by_key(WORKSPACE, KIND, "k") is None
    assert [found.record.id for found in await records.find(Find(workspace=WORKSPACE, kind=KIND))] == ["young"]
    assert await records.count(WORKSPACE, KIND) == 1
    with pytest.raises(RecordChanged):
        await records.commit([note("old", expected=1)])
    assert await records.commit([note("new", unique=("k",))]) == [1]
    await records.commit([note("older", expires_at=now - SECOND)])
    assert await records.commit([note("older", b"again")]) == [2]
    assert await records.drop_expired(10) == 1
    assert await records.drop_expired(10) == 0
    found = await records.by_key(WORKSPACE, KIND, "k")
    assert found is not None
    assert found.id == "new"


async def test_digests_are_stable_and_of_one_workspace(place: Place) -> None:
    one, two = [(await place.open()).store.records for _ in range(2)]
    digest = await one.digest(WORKSPACE, "a@example.org")
    assert digest == await two.digest(WORKSPACE, "a@example.org")
    assert digest != await one.digest("other", "a@example.org")
    assert digest != await one.digest(WORKSPACE, "b@example.org")


async def test_values_survive_rotation(store: SqlStore) -> None:
    await store.records.commit(
        [note("a", b"secret" * 100)], [AuditDraft(workspace=WORKSPACE, value=b"entry %d" % n) for n in range(3)]
    )
    digest = await store.records.digest(WORKSPACE, "x")
    await store.rotate(WORKSPACE)
    while await store.rewrap(WORKSPACE):
        pass
    found = await store.records.get(WORKSPACE, KIND, "a")
    assert found is not None
    assert (found.value, found.revision) == (b"secret" * 100, 1)
    assert await store.records.verify_audit(WORKSPACE) == (3, None)
    assert await store.records.digest(WORKSPACE, "x") == digest


async def test_the_audit_log_counts_and_verifies(place: Place) -> None:
    stores = [(await place.open()).store.records for _ in range(2)]
    await asyncio.gather(
        *(
            stores[n % 2].commit([note(f"n{n}")], [AuditDraft(workspace=WORKSPACE, value=b"entry %d" % n)])
            for n in range(20)
        )
    )
    await stores[0].commit([], [AuditDraft(workspace="other", value=b"elsewhere")])
    records = stores[1]
    entries = await records.audit(WORKSPACE, limit=5)
    assert [entry.seq for entry in entries] == [20, 19, 18, 17, 16]
    assert [entry.seq for entry in await records.audit(WORKSPACE, before=3)] == [2, 1]
    assert [entry.seq for entry in await records.audit(WORKSPACE, after=18)] == [19, 20]
    assert {entry.value for entry in await records.audit(WORKSPACE)} == {b"entry %d" % n for n in range(20)}
    assert await records.verify_audit(WORKSPACE) == (20, None)
    assert await records.verify_audit("other") == (1, None)
    assert await records.verify_audit("empty") == (0, None)


@pytest.mark.parametrize(
    ("damage", "seq", "kind"),
    [
        ("DELETE FROM audit WHERE seq = 3", 3, "missing"),
        ("DELETE FROM audit WHERE seq = 5", 5, "missing"),
        ("UPDATE audit SET at = at + 1 WHERE seq = 2", 2, "chain"),
        ("UPDATE audit SET digest = (SELECT b.digest FROM audit AS b WHERE b.seq = 1) WHERE seq = 4", 4, "changed"),
        ("UPDATE audit SET value = (SELECT b.value FROM audit AS b WHERE b.seq = 1) WHERE seq = 4", 4, "changed"),
        ("DELETE FROM audit_heads", 1, "head"),
    ],
)
async def test_a_damaged_audit_log_tells_where(place: Place, damage: str, seq: int, kind: str) -> None:
    store = (await place.open()).store
    await store.records.commit([], [AuditDraft(workspace=WORKSPACE, value=b"entry %d" % n) for n in range(5)])
    await place.sql(damage)
    count, broken = await store.records.verify_audit(WORKSPACE)
    assert broken == ChainBreak(seq, kind)
    assert count <= 5


async def test_cutting_the_log_short_with_its_head_is_found(place: Place) -> None:
    store = (await place.open()).store
    await store.records.commit([], [AuditDraft(workspace=WORKSPACE, value=b"entry %d" % n) for n in range(5)])
    await place.sql("DELETE FROM audit WHERE seq = 5")
    await place.sql("UPDATE audit_heads SET seq = 4, chain = (SELECT a.chain FROM audit AS a WHERE a.seq = 4)")
    assert await store.records.verify_audit(WORKSPACE) == (4, ChainBreak(4, "head"))
