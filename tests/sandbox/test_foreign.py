"""Foreign code: what it sees, what it may take, what it may ask, and for whom its process works."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from studio.contracts.apart import Limits, Walls
from studio.domain.errors import ErrorClass, NodeError, ProviderError, StorageError, UserError
from studio.sandbox.foreign import ForeignCode

HERE = Path(__file__).resolve().parent
LONG = Limits(seconds=30, memory_mb=256, output_mb=8)


def _jobs() -> Any:
    """The jobs as foreign code has them: in a folder of their own, which walls must name."""
    package = ModuleType("foreign_tests")
    package.__path__ = [str(HERE)]
    sys.modules["foreign_tests"] = package
    return importlib.import_module("foreign_tests.jobs")


jobs = _jobs()


def walls(key: str = "a", *more: str) -> Walls:
    return Walls(key, (str(HERE), *more))


@pytest.fixture
async def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ForeignCode]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = ForeignCode()
    yield made
    await made.close()
    assert list(tmp_path.glob("studio-foreign-*")) == []  # scratch folders go with their processes


async def test_it_sees_what_the_walls_name_and_a_scratch_folder(code: ForeignCode, tmp_path: Path) -> None:
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / "file").write_text("shown")
    (tmp_path / "hidden").write_text("hidden")
    wanted = [str(tmp_path / "shown" / "file"), str(tmp_path / "hidden"), "/etc/passwd", f"/proc/{os.getpid()}/environ"]
    found = await code.converse(walls("a", str(tmp_path / "shown")), jobs.looked, wanted, limits=LONG)
    assert [found[one] for one in wanted] == ["shown", *["PermissionError"] * 3]
    kept = list(tmp_path.glob("studio-foreign-*/kept"))
    assert [one.read_text() for one in kept] == ["in the scratch folder"]


async def test_a_process_works_for_one_only(code: ForeignCode) -> None:
    first = await code.converse(walls(), jobs.process, limits=LONG)
    assert await code.converse(walls(), jobs.process, limits=LONG) == first
    assert await code.converse(walls("b"), jobs.process, limits=LONG) != first
    assert await asyncio.to_thread(code.ask, walls(), jobs.process, limits=LONG) not in (first, os.getpid())
    small = ForeignCode(most=1)
    found = [await small.converse(walls(key), jobs.process, limits=LONG) for key in "abab"]
    assert len(set(found)) == 4  # there is room for one, so each makes way
    await small.close()


async def test_limits_are_hard(code: ForeignCode) -> None:
    assert await code.converse(walls(), jobs.lifted, limits=LONG) == []
    with pytest.raises(NodeError) as memory:
        await code.converse(walls("b"), jobs.shared, 700 * 1024**2, limits=LONG)
    assert (memory.value.code, memory.value.classification) == ("work.memory", ErrorClass.BAD_INPUT)
    with pytest.raises(ProviderError) as output:
        await code.converse(walls("c"), jobs.filled, 100_000, limits=LONG)
    assert (output.value.code, output.value.in_doubt) == ("work.output", True)
    with pytest.raises(TimeoutError):
        await code.converse(walls("d"), jobs.stuck, os.devnull, limits=Limits(seconds=0.2))


async def test_it_asks_in_any_order_and_is_told_what_failed(code: ForeignCode) -> None:
    dropped = asyncio.Event()

    async def answer(name: str, args: list[Any]) -> Any:
        if name == "slow":
            try:
                await asyncio.sleep(60)
            finally:
                dropped.set()
        if name == "refused":
            raise UserError("test.refused", "No")
        if name == "broken":
            raise StorageError("test.broken", "The database is gone")
        return args[0] * 2

    assert await code.converse(walls(), jobs.asking, limits=LONG, answer=answer) == [4, 6, 8, 10, "test.refused"]
    await asyncio.wait_for(dropped.wait(), 5)
    # What is no error of the work ends it, and is raised as it is.
    with pytest.raises(StorageError, match="The database is gone"):
        await code.converse(walls(), jobs.asking_badly, limits=LONG, answer=answer)
    assert await code.converse(walls(), jobs.asking, limits=LONG, answer=answer)


def test_who_forgets_to_close_leaves_no_process() -> None:
    code = ForeignCode()
    pid = code.ask(walls(), jobs.process, limits=LONG)
    assert Path(f"/proc/{pid}").exists()
    del code
    gc.collect()
    assert not Path(f"/proc/{pid}").exists()
