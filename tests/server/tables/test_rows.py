"""Rows of data tables, on both databases: what is kept, found, changed once, and never twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from studio.domain.errors import Conflict, NotFound, RecordChanged, UserError
from studio.services.tables import writing
from studio.services.tables.cells import stamp
from studio.services.tables.writing import adding
from tests.server.tables.conftest import ADA, Ground

COLUMNS: list[dict[str, Any]] = [
    {"name": "mail", "unique": True}, {"name": "age", "type": "integer"}, {"name": "city", "indexed": True},
    {"name": "born", "type": "date"}, {"name": "seen", "type": "datetime"}, {"name": "score", "type": "number"},
    {"name": "active", "type": "boolean", "default": True}, {"name": "more", "type": "json"},
]  # fmt: skip


async def everything(ground: Ground, table: str, limit: int, **given: Any) -> list[dict[str, Any]]:
    """Every row, page by page."""
    out: list[dict[str, Any]] = []
    after: tuple[str, str] | None = None
    while True:
        page = await ground.tables().find(table, limit=limit, after=after, **given)
        assert len(page.rows) <= limit
        out += page.rows
        after = page.after
        if after is None:
            return out


def test_times_of_rows_compare_as_texts() -> None:
    assert stamp(1_000_000) == "1970-01-01T00:00:01.000000Z"
    assert stamp(1_000_000) < stamp(1_131_080) < stamp(1_131_084) < stamp(1_200_000) < stamp(2_000_000)


async def test_rows_are_kept_by_type_and_found(ground: Ground) -> None:
    tables = ground.tables()
    assert await tables.ensure("People", COLUMNS)
    assert not await tables.ensure("people", COLUMNS[:2])
    rows = [
        {"mail": f"p{n}@example.org", "age": n if n % 5 else None, "city": f"city {n % 3}", "born": f"20{n:02}-03-01",
         "seen": f"2026-01-{n + 1:02}T10:00:00.{n}+02:00", "score": n / 4, "more": {"tags": [n], "é": None}}
        for n in range(24)
    ]  # fmt: skip
    ids = await tables.insert("people", rows, key="a")
    assert len(set(ids)) == 24
    first = await tables.get("PEOPLE", ids[0])
    assert first is not None
    assert (first["age"], first["active"], first["revision"]) == (None, True, 1)
    assert (first["seen"], first["more"]) == ("2026-01-01T08:00:00Z", {"tags": [0], "é": None})
    assert first["created_at"] <= first["updated_at"]
    assert [row["id"] for row in await everything(ground, "people", 7)] == ids
    newest = await everything(ground, "people", 7, sort="created_at", descending=True)
    assert [row["id"] for row in newest] == ids[::-1]
    for descending in (False, True):
        found = await everything(ground, "people", 5, sort="age", descending=descending)
        ages = [row["age"] for row in found]
        known = sorted((n for n in range(24) if n % 5), reverse=descending)
        assert ages == [*known, *[None] * 5]
    by_seen = await everything(ground, "people", 9, sort="seen")
    assert [row["id"] for row in by_seen] == ids
    wanted: list[tuple[Any, list[int]]] = [
        ({"column": "mail", "value": "p7@example.org"}, [7]),
        ({"column": "id", "value": ids[3]}, [3]),
        ({"column": "city", "value": "city 2"}, [n for n in range(24) if n % 3 == 2]),
        (
            {"all": [{"column": "city", "value": "city 2"}, {"column": "age", "op": "gt", "value": 10}]},
            [11, 14, 17, 23],
        ),
        ({"any": [{"column": "age", "op": "empty"}, {"column": "age", "value": 1}]}, [0, 1, 5, 10, 15, 20]),
        ({"not": {"column": "age", "op": "lt", "value": 22}}, [0, 5, 10, 15, 20, 22, 23]),
        ({"column": "mail", "op": "starts_with", "value": "P1"}, [1, *range(10, 20)]),
        ({"column": "mail", "op": "contains", "value": "2@EXAMPLE"}, [2, 12, 22]),
        ({"column": "more", "op": "eq", "value": {"é": None, "tags": [4]}}, [4]),
        ({"column": "score", "op": "in", "value": [1, 0.25, None]}, [1, 4]),
        ({"column": "seen", "op": "le", "value": "2026-01-02T08:00:00.1Z"}, [0, 1]),
        ({"column": "born", "op": "ge", "value": "2022-03-01"}, [22, 23]),
        ({"column": "created_at", "op": "gt", "value": "2200-01-01"}, []),
        ({"column": "revision", "op": "ne", "value": 1}, []),
    ]
    for where, numbers in wanted:
        assert [row["id"] for row in await everything(ground, "people", 4, where=where)] == [ids[n] for n in numbers]
        assert await tables.count("people", where) == len(numbers), where


async def test_another_workspace_finds_nothing(ground: Ground) -> None:
    await ground.tables().ensure("people", COLUMNS)
    (id,) = await ground.tables().insert("people", [{"mail": "a@b"}], key="k")
    table = await ground.store.scanner.table("default", "people")
    other = ground.tables("other")
    assert await other.names() == []
    for reference in ("people", table.id):
        with pytest.raises(NotFound):
            await other.find(reference)
        with pytest.raises(NotFound):
            await other.insert(reference, [{"mail": "x"}], key="k")
    # Its own table of the same name has rows and idempotency keys of its own.
    await other.ensure("people", COLUMNS)
    await other.insert("people", [{"mail": "a@b"}], key="k")
    assert await other.get("people", id) is None
    assert await other.count("people") == 1
    # Nor does a row of one table answer to another one.
    await ground.tables().ensure("pets", [{"name": "name"}])
    assert await ground.tables().get("pets", id) is None
    assert (await ground.tables().find("pets", {"column": "id", "value": id})).rows == []
    assert (await ground.tables().delete("pets", {"column": "id", "value": id}, key="d")).count == 0


async def test_a_change_happens_once_per_key(ground: Ground) -> None:
    tables = ground.tables()
    await tables.ensure("stock", [{"name": "sku", "unique": True}, {"name": "left", "type": "integer"}])
    once = await tables.insert("stock", [{"sku": "a", "left": 5}, {"sku": "b"}], key="insert")
    assert await tables.insert("stock", [{"sku": "a", "left": 5}, {"sku": "b"}], key="insert") == once
    for _ in range(3):
        added = await tables.increment("stock", {"column": "sku", "value": "a"}, "left", -2, key="sold")
        assert added.count == 1
    (row,) = (await tables.find("stock", {"column": "sku", "value": "a"})).rows
    assert (row["left"], row["revision"]) == (3, 2)
    # Somebody deletes the row before the rerun: it does not come back.
    assert (await tables.delete("stock", {"column": "sku", "value": "b"}, key="gone")).count == 1
    assert await tables.insert("stock", [{"sku": "a", "left": 5}, {"sku": "b"}], key="insert") == once
    assert await tables.count("stock") == 1
    assert (await tables.delete("stock", {"column": "sku", "value": "b"}, key="gone")).count == 1
    first = await tables.upsert("stock", "sku", {"sku": "c", "left": 1}, key="up")
    again = await tables.upsert("stock", "sku", {"sku": "c", "left": 1}, key="up")
    assert (first.created, again.created, again.row["revision"]) == (True, True, 1)
    await tables.delete("stock", None, key="all")
    assert (await tables.upsert("stock", "sku", {"sku": "c", "left": 1}, key="up")).row["left"] == 1
    assert await tables.count("stock") == 0


async def test_what_races_loses_nothing_and_adds_nothing_twice(ground: Ground) -> None:
    await ground.tables().ensure("hits", [{"name": "page", "unique": True}, {"name": "count", "type": "integer"}])
    stores = [ground.store, ground.another(), ground.another()]
    made = await asyncio.gather(
        *(
            ground.tables(store=stores[n % 3]).upsert("hits", "page", {"page": "/"}, key=f"up {n}")
            for n in range(12)
        )
    )  # fmt: skip
    assert sum(one.created for one in made) == 1
    where = {"column": "page", "value": "/"}
    await asyncio.gather(
        *(ground.tables(store=stores[n % 3]).increment("hits", where, "count", 1, key=f"in {n}") for n in range(30))
    )
    # The same change asked for twice at once is made once.
    await asyncio.gather(*(ground.tables(store=one).increment("hits", where, "count", 100, key="x") for one in stores))
    (row,) = (await ground.tables().find("hits")).rows
    assert row["count"] == 130
    results = await asyncio.gather(
        *(ground.tables(store=one).insert("hits", [{"page": "/new"}], key=f"n {one}") for one in stores),
        return_exceptions=True,
    )
    assert sum(isinstance(one, list) for one in results) == 1
    assert all(one.code == "data_table.not_unique" for one in results if isinstance(one, Conflict))


async def test_all_or_none_and_what_does_not_fit_is_named(ground: Ground) -> None:
    tables = ground.tables()
    await tables.ensure("people", [*COLUMNS, {"name": "name", "required": True}])
    good = {"mail": "a@b", "name": "A"}
    refused: list[tuple[Any, str, str]] = [
        ([good, {"mail": "c@d"}], "data_table.required", "rows[1].name"),
        ([good, {"mail": "a@b", "name": "B"}], "data_table.not_unique", "rows[1].mail"),
        ([good, {"mail": 5, "name": "B"}], "data_table.value", "rows[1].mail"),
        ([good, {"name": "B", "size": 1}], "data_table.no_column", "rows[1].size"),
        ([{**good, "age": True}], "data_table.value", "age"),
        ([{**good, "age": 1.5}], "data_table.value", "age"),
        ([{**good, "age": 2**63}], "data_table.value", "age"),
        ([{**good, "score": float("nan")}], "data_table.value", "score"),
        ([{**good, "born": "2026-02-30"}], "data_table.value", "born"),
        ([{**good, "seen": "yesterday"}], "data_table.value", "seen"),
        ([{**good, "more": object()}], "data_table.value", "more"),
        ([{**good, "mail": "\ud800"}], "data_table.value", "mail"),
        ([{**good, "id": "x"}], "data_table.read_only", "id"),
        ([{**good, "more": "x" * 300_000}], "data_table.row_large", ""),
    ]
    for rows, code, param in refused:
        with pytest.raises((UserError, Conflict)) as caught:
            await tables.insert("people", rows, key=f"{code} {param} {len(rows)}")
        assert (caught.value.code, caught.value.param or "") == (code, param)
    assert await tables.count("people") == 0
    # The positive control: NUL bytes, right-to-left texts and quotes are texts like others.
    odd = {"mail": "a\x00b", "name": "‏שלום '; DROP TABLE records; --", "more": {"\x00": ["\u202e"]}}
    (id,) = await tables.insert("people", [odd], key="odd")
    row = await tables.get("people", id)
    assert row is not None
    assert {name: row[name] for name in odd} == odd
    assert (await tables.find("people", {"column": "mail", "value": "a\x00b"})).rows == [row]
    # A value that another row has is refused, whoever is changed; and its own value is no conflict.
    await tables.insert("people", [good], key="good")
    with pytest.raises(Conflict, match="mail"):
        await tables.update("people", {"column": "id", "value": id}, {"mail": "a@b"}, key="clash")
    assert (await tables.update("people", {"column": "id", "value": id}, {"mail": "a\x00b"}, key="same")).count == 1
    with pytest.raises(UserError):
        await tables.insert("people", [good] * 1001, key="many")


async def test_bounds_of_rows_and_turns(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_ROWS", 250)
    monkeypatch.setattr(writing, "MOST_AT_ONCE", 100)
    tables = ground.tables()
    await tables.ensure("t", [{"name": "n", "type": "integer"}])
    for part in range(2):
        await tables.insert("t", [{"n": n} for n in range(100)], key=f"{part}")
    with pytest.raises(Conflict) as full:
        await tables.insert("t", [{"n": n} for n in range(51)], key="over")
    assert full.value.code == "data_table.full"
    await tables.insert("t", [{"n": n} for n in range(50)], key="fits")
    total, turns, after = 0, 0, None
    while turns == 0 or after is not None:
        changed = await tables.increment("t", None, "n", 1000, key=f"turn {turns}", after=after)
        total, turns, after = total + changed.count, turns + 1, changed.after
    assert (total, turns) == (250, 3)
    assert await tables.count("t", {"column": "n", "op": "lt", "value": 1000}) == 0
    monkeypatch.setattr(writing, "LARGEST_PAGE", 300)
    changed = await tables.increment("t", None, "n", 1, key="few")
    assert 1 < changed.count < 50


async def test_a_revision_that_is_not_there_any_more_is_refused(ground: Ground) -> None:
    tables = ground.tables()
    await tables.ensure("t", [{"name": "n", "type": "integer"}])
    (id,) = await tables.insert("t", [{"n": 1}], key="k")
    writer = ground.store.writer
    await writer.patch("default", "t", id, {"n": 2}, expected=1)
    with pytest.raises(RecordChanged):
        await writer.patch("default", "t", id, {"n": 3}, expected=1)
    with pytest.raises(RecordChanged):
        await writer.delete("default", "t", {"column": "id", "value": id}, expected=1)
    await writer.change("default", "t", None, adding("n", 5))
    row = await tables.get("t", id)
    assert row is not None
    assert (row["n"], row["revision"]) == (7, 3)
    await writer.delete("default", "t", {"column": "id", "value": id}, expected=3)
    assert await tables.count("t") == 0


async def test_nothing_of_a_table_stands_in_clear(ground: Ground) -> None:
    marks = ["planted-table-11", "planted-column-22", "planted-cell-33", "planted-key-44", "planted-index-55",
             "planted-default-66"]  # fmt: skip
    columns = [
        {"name": marks[1], "default": marks[5]}, {"name": "k", "unique": True}, {"name": "i", "indexed": True},
        {"name": "c", "type": "json"},
    ]  # fmt: skip
    tables = ground.tables()
    await tables.ensure(marks[0], columns)
    row = {"c": {"x": marks[2]}, "k": marks[3], "i": marks[4]}
    await tables.insert(marks[0], [row], key=marks[2])
    await ground.store.altering.drop_column(ADA, marks[0], "i")
    assert (await tables.find(marks[0], {"column": "k", "value": marks[3]})).rows[0][marks[1]] == marks[5]
    found = ""
    for name in ("records", "record_keys", "record_fields", "audit"):
        found += str(await ground.place.sql(f"SELECT * FROM {name}"))
    assert "data_row" in found
    if ground.place.sqlite:
        found += "".join(path.read_bytes().decode("latin-1") for path in ground.place.data.rglob("*") if path.is_file())
    for mark in marks:
        assert mark not in found
