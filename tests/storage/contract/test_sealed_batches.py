"""Changes of several records of one kind are carried out together, and mean the same as one after the other."""

from __future__ import annotations

import time
from typing import Any

import pytest

from studio.contracts.records import ABSENT, AuditDraft, Change, Check, Drop, Find, Put
from studio.domain.errors import RecordChanged, RecordTaken
from studio.storage import SqlStore
from studio.storage._plans.sealing import carry_out
from studio.storage._statement import Plan
from studio.storage.records import SqlRecords
from tests.storage.contract.test_sealed import KIND, note
from tests.storage.kit import WORKSPACE


@pytest.fixture
def records(store: SqlStore) -> SqlRecords:
    """The records of a store."""
    return store.records


def drop(id: str, expected: int | None = None) -> Drop:
    """A record to drop."""
    return Drop(workspace=WORKSPACE, kind=KIND, id=id, expected=expected)


async def kept(records: SqlRecords) -> dict[str, tuple[bytes, int, str]]:
    """Every record: value, revision, parent."""
    found = await records.find(Find(workspace=WORKSPACE, kind=KIND, limit=1000))
    return {one.record.id: (one.record.value, one.record.revision, one.record.parent) for one in found}


async def named(records: SqlRecords, name: str) -> list[str]:
    """Ids of the records with a value in the field ``name``."""
    found = await records.find(Find(workspace=WORKSPACE, kind=KIND, field="name", value=name))
    return [one.record.id for one in found]


async def test_many_are_written_changed_and_dropped_at_once(records: SqlRecords) -> None:
    ids = [f"r{number:03d}" for number in range(300)]
    puts = [note(id, b"v" * number, parent="p", unique=(f"k{id}",), fields={"name": f"n{number % 2}"})
            for number, id in enumerate(ids)]  # fmt: skip
    assert await records.commit(puts) == [1] * 300
    found = await records.by_keys(WORKSPACE, KIND, ["kr000", "kr299", "none"])
    assert {key: (one.id, one.value) for key, one in found.items()} == {
        "kr000": ("r000", b""), "kr299": ("r299", b"v" * 299),
    }  # fmt: skip
    assert len(await named(records, "n1")) == 100  # a page
    changed = [note(id, b"new", 1, unique=(f"o{id}",), fields={"name": "all"}) for id in ids]
    assert await records.commit(changed) == [2] * 300
    assert await kept(records) == dict.fromkeys(ids, (b"new", 2, ""))
    assert await records.by_keys(WORKSPACE, KIND, ["kr000"]) == {}
    assert await named(records, "n1") == []
    mixed = [note(id, b"any", None, fields={"name": "some"}) for id in (*ids[:2], "s1", "s2")]
    assert await records.commit(mixed) == [3, 3, 1, 1]
    assert await named(records, "some") == [*ids[:2], "s1", "s2"]
    assert await records.commit([drop(id, 2) for id in ids[2:]]) == [0] * 298
    assert await records.commit([drop(id) for id in ("s1", "s2", "gone")]) == [0, 0, 0]
    assert sorted(await kept(records)) == ids[:2]
    assert await records.by_keys(WORKSPACE, KIND, ["or005"]) == {}
    assert await records.commit([note("x", unique=("or005",)), note("y", unique=("or006",))]) == [1, 1]


@pytest.mark.parametrize(
    ("changes", "id"),
    [
        ([note("n1"), note("a"), note("n2")], "a"),
        ([note("a", b"x", 1), note("b", b"x", 2), note("c", b"x", 2)], "b"),
        ([note("a", b"x", 1), note("none", b"x", 1)], "none"),
        ([note("a", b"x", None), note("n1", b"x", None), note("b", b"x", 9)], "b"),
        ([drop("a", 1), drop("b", 3)], "b"),
        ([drop("a", 1), drop("none", 1)], "none"),
        ([Check(workspace=WORKSPACE, kind=KIND, id=id, expected=1) for id in ("a", "none")], "none"),
    ],
)
async def test_one_wrong_expectation_changes_nothing(records: SqlRecords, changes: list[Change], id: str) -> None:
    await records.commit([note(one, unique=(f"k{one}",), fields={"name": one}) for one in "abc"])
    before = await kept(records)
    with pytest.raises(RecordChanged) as caught:
        await records.commit([note("first"), *changes], [AuditDraft(workspace=WORKSPACE, value=b"tried")])
    assert caught.value.arguments["id"] == id
    assert await kept(records) == before
    assert sorted(await records.by_keys(WORKSPACE, KIND, ["ka", "kb", "kc"])) == ["ka", "kb", "kc"]
    assert [await named(records, one) for one in "abc"] == [["a"], ["b"], ["c"]]
    assert await records.audit(WORKSPACE) == []


async def test_unique_keys_among_many(records: SqlRecords) -> None:
    await records.commit([note(one, unique=(f"k{one}",)) for one in "abc"])
    for changes in (
        [note("x", unique=("same",)), note("y", unique=("same",))],
        [note("x", unique=("new",)), note("y", unique=("kb",))],
        [note("a", b"", 1, unique=("ka",)), note("b", b"", 1, unique=("kc",))],
    ):
        with pytest.raises(RecordTaken):
            await records.commit(changes)
    assert sorted(await kept(records)) == ["a", "b", "c"]
    # Two change places, and one takes what another gives up.
    swapped = [note("a", b"", 1, unique=("kb",)), note("b", b"", 1, unique=("ka",))]
    assert await records.commit(swapped) == [2, 2]
    found = await records.by_keys(WORKSPACE, KIND, ["ka", "kb"])
    assert {key: one.id for key, one in found.items()} == {"ka": "b", "kb": "a"}
    handed = [drop("c"), note("d", unique=("kc",)), note("e", unique=("ke", "ke"))]
    assert await records.commit(handed) == [0, 1, 1]


async def test_what_is_changed_twice_keeps_its_order(records: SqlRecords) -> None:
    changes = [note("a", b"1"), note("b", b"1"), note("a", b"2", 1), note("b", b"2", 1), note("a", b"3", None),
               drop("b"), note("b", b"4")]  # fmt: skip
    assert await records.commit(changes) == [1, 1, 2, 2, 3, 0, 1]
    assert await kept(records) == {"a": (b"3", 3, ""), "b": (b"4", 1, "")}


async def test_what_has_expired_counts_as_gone_among_many(records: SqlRecords) -> None:
    past = time.time_ns() // 1000 - 10_000_000
    await records.commit([note(one, expires_at=past, unique=(f"k{one}",), fields={"name": one}) for one in "ab"])
    with pytest.raises(RecordChanged):
        await records.commit([note("a", b"x", 1), note("b", b"x", 1)])
    # It makes room for others, and for itself.
    assert await records.commit([note("a"), note("c", unique=("kb",))]) == [2, 1]
    assert await records.by_keys(WORKSPACE, KIND, ["ka", "kb"]) != {}
    assert await records.drop_expired(10) == 1
    assert sorted(await kept(records)) == ["a", "c"]


def statements(plan: Plan[Any]) -> int:
    """How many statements a plan is where all goes well."""
    count = 0
    try:
        request = next(plan)
        while True:
            count += 1
            rows = [(row[0], 2) for row in request.rows] or [(id, 1) for id in request.params.get("ids", ())]
            request = plan.send(rows or [(1,)] if request.statement.fetch else len(request.rows))
    except StopIteration:
        return count


def test_a_thousand_are_a_handful_of_statements() -> None:
    for expected in (ABSENT, 1, None):
        puts = [note(f"r{number}", b"", expected, unique=(f"k{number}",), fields={"name": "x"})
                for number in range(1000)]  # fmt: skip
        check = Check(workspace=WORKSPACE, kind="table", id="t", expected=1)
        marker = Put(workspace=WORKSPACE, kind="done", id="m", value=b"", expected=ABSENT)
        assert statements(carry_out([(one, b"") for one in (marker, check, *puts)])) <= 9
    assert statements(carry_out([(drop(f"r{number}", 1), b"") for number in range(1000)])) <= 4
    # What is large is not held in memory several times over.
    large = bytes(3 * 1024 * 1024)
    assert statements(carry_out([(note(f"r{number}"), large) for number in range(4)])) == 2 * 3
    assert statements(carry_out([(note(f"r{number}"), large * 3) for number in range(4)])) == 4
