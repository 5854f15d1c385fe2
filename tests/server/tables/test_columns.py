"""Columns of data tables, on both databases: changed as a whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from studio.domain.errors import Conflict, NotFound, RecordChanged, UserError
from studio.services._collection import Kept
from studio.services.auditing import read_entry
from studio.services.tables.model import Column, DataTable, TableBusy
from studio.services.tables.remaking import Remaking
from tests.server.tables.conftest import ADA, Ground


async def filled(ground: Ground, count: int = 250) -> Kept[DataTable]:
    """A table with rows."""
    columns = [Column(name="n"), Column(name="kind", indexed=True), Column(name="note")]
    table = await ground.store.altering.create(ADA, "things", columns)
    rows = [{"n": str(n), "kind": f"kind {n % 7}", "note": "x" if n else None} for n in range(count)]
    await ground.tables().insert("things", rows, key="rows")
    return table


async def change(ground: Ground, column: str, /, expected: int | None = None, **given: Any) -> Kept[DataTable]:
    """Change a column of that table."""
    return await ground.store.altering.change_column(
        ADA, "things", column, lambda old: msgspec.structs.replace(old, **given), expected
    )


async def test_a_type_is_changed_with_every_value_or_not_at_all(ground: Ground) -> None:
    table = await filled(ground)
    tables = ground.tables()
    changed = await change(ground, "n", type="integer", unique=True)
    assert changed.value.columns[0].type == "integer"
    assert (changed.value.work, changed.value.dropped) == (None, [])
    found = await tables.find("things", {"column": "n", "value": 249})
    assert [row["kind"] for row in found.rows] == ["kind 4"]
    assert [row["n"] for row in (await tables.find("things", limit=250)).rows] == list(range(250))
    # What does not fit is counted, and the table stays as it was, to the last revision of a row.
    before = (await tables.find("things", limit=1000)).rows
    await tables.update("things", {"column": "n", "value": 7}, {"note": "2026-01-01"}, key="note")
    with pytest.raises(Conflict) as unfit:
        await change(ground, "note", type="date")
    assert (unfit.value.code, unfit.value.arguments["count"]) == ("data_table.unfit", 248)
    after = (await tables.find("things", limit=1000)).rows
    assert [row["revision"] for row in after[8:]] == [row["revision"] for row in before[8:]]
    with pytest.raises(Conflict):
        await change(ground, "note", required=True)
    with pytest.raises(Conflict) as twice:
        await change(ground, "kind", unique=True, indexed=False)
    assert twice.value.code == "data_table.not_unique"
    now = await ground.store.scanner.table("default", table.id)
    assert [(one.type, one.unique, one.indexed) for one in now.value.columns] == [
        ("integer", True, False), ("text", False, True), ("text", False, False),
    ]  # fmt: skip
    assert (now.value.work, now.value.dropped) == (None, [])
    # Both ways on: what was refused has left nothing behind that keeps rows from being written.
    await tables.insert("things", [{"n": 250, "kind": "kind 0"}], key="more")
    assert await tables.count("things", {"column": "kind", "value": "kind 0"}) == 37


async def test_columns_come_and_go(ground: Ground) -> None:
    await filled(ground, 30)
    tables, altering = ground.tables(), ground.store.altering
    with pytest.raises(UserError):
        await altering.add_column(ADA, "things", Column(name="must", required=True))
    await altering.add_column(ADA, "things", Column(name="left", type="integer", default=4, indexed=True))
    assert await tables.count("things", {"column": "left", "value": 4}) == 30
    await altering.add_column(ADA, "things", Column(name="more", type="json"))
    await tables.update("things", None, {"more": {"secret": "gone soon"}}, key="more")
    with pytest.raises(Conflict):
        await change(ground, "more", name="LEFT")
    await change(ground, "more", name="Other name")
    assert (await tables.find("things", limit=1)).rows[0]["Other name"] == {"secret": "gone soon"}
    dropped = await altering.drop_column(ADA, "things", "other NAME")
    assert dropped.value.dropped == []
    with pytest.raises(UserError, match="no column"):
        await tables.find("things", {"column": "Other name", "op": "empty"})
    with pytest.raises(NotFound):
        await altering.drop_column(ADA, "things", "Other name")
    rows = await ground.store.shelf.rows.all("default", parent=dropped.id)
    assert all(set(row.value.cells) <= {one.id for one in dropped.value.columns} for row in rows)
    with pytest.raises(RecordChanged):
        await altering.drop_column(ADA, "things", "left", expected=1)
    for unfit in ("id", "Created_At", "", " ", "a\x00", "\u202eevil", "x" * 101):
        with pytest.raises(UserError):
            await altering.add_column(ADA, "things", Column(name=unfit))
    made = await altering.add_column(ADA, "things", Column(name="  مرحبا   بك "))
    assert made.value.columns[-1].name == "مرحبا بك"


async def test_while_a_column_is_made_anew_others_wait_and_a_crash_is_undone(ground: Ground) -> None:
    table = await filled(ground, 250)
    new = Column(id="c4", name="n", type="integer", unique=True)
    stuck = Remaking(ground.store.shelf, "default", table, new, ground.clock)
    await stuck.begin(None)

    def value(cells: dict[str, Any]) -> Any:
        number = int(cells["c1"])
        if number == 200:
            raise KeyboardInterrupt  # as if the process died here
        return number

    with pytest.raises(KeyboardInterrupt):
        await stuck.rows(value)
    tables = ground.tables()
    assert (await tables.find("things", limit=1)).rows[0]["n"] == "0"
    with pytest.raises(TableBusy):
        await tables.insert("things", [{"n": "x"}], key="x")
    with pytest.raises(TableBusy):
        await change(ground, "note", type="json")
    ground.ahead = 61_000_000
    await tables.insert("things", [{"n": "x"}], key="x")
    # The one that was thought dead is not let back in.
    with pytest.raises(RecordChanged):
        await stuck.rows(lambda cells: int(cells["c1"]))
    with pytest.raises(RecordChanged):
        await stuck.end([new], [], ["c1"])
    await ground.store.altering.settling.settle("default")
    now = await ground.store.scanner.table("default", table.id)
    assert (now.value.columns, now.value.work, now.value.dropped) == (table.value.columns, None, [])
    rows = await ground.store.shelf.rows.all("default", parent=table.id)
    assert len(rows) == 251
    assert all("c4" not in row.value.cells for row in rows)
    with pytest.raises(Conflict, match="1 rows"):
        await change(ground, "n", type="integer", unique=True)
    await tables.delete("things", {"column": "n", "value": "x"}, key="d")
    await change(ground, "n", type="integer", unique=True)
    assert (await tables.find("things", {"column": "n", "value": 249})).rows[0]["kind"] == "kind 4"


async def test_rows_written_while_columns_change_fit_the_columns(ground: Ground) -> None:
    await filled(ground, 300)
    other = ground.tables(store=ground.another())

    async def add(number: int) -> bool:
        try:
            await other.insert("things", [{"n": "1", "kind": "late"}], key=f"late {number}")
        except TableBusy:
            return False
        except UserError as error:
            return error.code != "data_table.value"  # "1" is no number any more
        return True

    results = await asyncio.gather(change(ground, "n", type="integer"), *(add(number) for number in range(40)))
    rows = (await other.find("things", limit=1000)).rows
    assert len(rows) == 300 + sum(bool(one) for one in results[1:])
    assert all(isinstance(row["n"], int) for row in rows)
    assert await other.count("things", {"column": "kind", "value": "late"}) == len(rows) - 300


async def test_a_table_that_is_deleted_takes_its_rows_along(ground: Ground) -> None:
    table = await filled(ground, 300)
    gone = msgspec.structs.replace(table.value, deleted=True, columns=[])
    shelf = ground.store.shelf
    await shelf.records.commit([shelf.tables.put("default", table.id, gone)])
    # As if the process had died right after that: the name is free again, and the rows go with the next look.
    with pytest.raises(NotFound):
        await ground.tables().count(table.id)
    again = await ground.store.altering.create(ADA, "Things", [Column(name="a")])
    assert await shelf.rows.count("default") == 0
    with pytest.raises(Conflict):
        await ground.store.altering.create(ADA, "tHINGS", [])
    await ground.tables().insert("things", [{"a": "b"}], key="k")
    await ground.store.altering.describe(ADA, again.id, name="Other", description="about", expected=1)
    with pytest.raises(RecordChanged):
        await ground.store.altering.delete(ADA, again.id, expected=1)
    await ground.store.altering.delete(ADA, "other", expected=2)
    assert await shelf.rows.count("default") == 0
    assert await shelf.tables.count("default") == 0
    entries = await shelf.records.audit("default")
    told = [read_entry(one.value) for one in reversed(entries)]
    assert [one.action for one in told] == ["table.created", "table.created", "table.changed", "table.deleted"]
    assert {one.actor_id for one in told} == {"ada"}
