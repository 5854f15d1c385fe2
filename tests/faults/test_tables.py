"""Tables are written while their execution goes on: a kill at any moment changes nothing of what comes out."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from studio.domain.errors import StorageFull
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.domain.status import ExecutionStatus
from studio.domain.values import BlobRef
from studio.engine import read_result
from studio.storage.blobs import files
from tests.faults.graphs import node
from tests.faults.harness import Process, until
from tests.faults.test_effects import engine, submit, workflow
from tests.faults.test_stale import Place, place

__all__ = ["place"]

ROWS: list[dict[str, Any]] = [{"n": number, "kind": f"kind {number % 7}"} for number in range(3000)]
TABLES = 4


def chain() -> Any:
    """A table from a list, and three that come of it."""
    nodes = {
        "made": node("table.from_list", {"items": ROWS}),
        "large": node("table.filter", {"table": "{{ made.table }}", "where": "{{ item.n >= 1000 }}"}),
        "sorted": node("table.sort", {"table": "{{ large.table }}", "by": "n", "descending": True}),
        "grouped": node("table.group", {"table": "{{ sorted.table }}", "by": "kind", "aggregates": {"sum": "sum(n)"}}),
        "list": node("table.to_list", {"table": "{{ grouped.table }}"}),
    }
    return workflow(nodes, "{{ list.items }}")


def expected() -> list[dict[str, Any]]:
    """The same in plain Python."""
    sums: dict[str, int] = {}
    for row in sorted((row for row in ROWS if row["n"] >= 1000), key=lambda row: -row["n"]):
        sums[row["kind"]] = sums.get(row["kind"], 0) + row["n"]
    return [{"kind": kind, "sum": total} for kind, total in sums.items()]


@pytest.mark.parametrize("moments", [
    [f"put_behind:after:{number}" for number in range(1, TABLES + 1)],
    ["append:before:1", "put_behind:before:2", "append:after:1", "append:before:2"],
], ids=["tables", "segments"])  # fmt: skip
async def test_a_kill_while_tables_are_written_loses_nothing(place: Place, moments: list[str]) -> None:
    id = await place.accept(chain())
    base = ["--data", str(place.data), "--folder", str(place.folder), *(["--db", place.db] if place.db else [])]
    for number, moment in enumerate(moments):
        driver = Process([*base, "--lease", "0.5", "--hang", "0.5"], place.folder / f"killed{number}.txt", moment)
        place.started.append(driver)

        async def over(driver: Process = driver) -> bool:
            return not driver.alive or (await place.row(id)).status.terminal

        await until(over, 60, "the moment or the end")
        # Whatever is committed by now can be read: no row came before its blob.
        for blob in await place.opened.store.live_blobs():
            await place.opened.blobs.get(DEFAULT_WORKSPACE, BlobRef(blob, None, b""))
        if (await place.row(id)).status.terminal:
            break
    place.start("--lease", "0.5", "--hang", "0.5")
    assert (await place.ended(id)).status is ExecutionStatus.SUCCEEDED
    result = await read_result(place.opened.store, place.opened.blobs, id)
    assert result.output == expected()
    assert len(await place.opened.store.live_blobs()) >= TABLES


async def test_a_disk_that_is_full_for_a_table_stops_the_engine_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: Any, frames: Iterable[Any]) -> None:
        for _frame in frames:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    id = ""
    with monkeypatch.context() as patch, pytest.raises(StorageFull):
        async with asyncio.timeout(60), engine(tmp_path) as one:
            patch.setattr(files, "_write_all", refuse)
            id = await submit(one, tmp_path, chain())
            await one.wait(id, timeout=50)
    async with asyncio.timeout(60), engine(tmp_path) as one:
        result = await one.wait(id, timeout=50)
        assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, expected())
