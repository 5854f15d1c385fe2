"""Work in processes of its own: it is killed, bounded and confined, and its caller always learns what happened."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from pathlib import Path

import pytest

from studio.domain.errors import ErrorClass, NodeError, ProviderError, UserError
from studio.domain.phrases import Phrase
from studio.sandbox.apart import Limits, Workers
from tests.sandbox import jobs

LONG = Limits(3600)
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    one = Workers(most=2)
    yield one
    await one.close()


def runs(process: int) -> bool:
    """Whether a process exists and is more than an entry that nobody has collected."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def gone(process: int) -> None:
    while runs(process):
        await asyncio.sleep(0.01)


async def noted(path: Path) -> str:
    """What a job writes, once it has."""
    while not path.exists() or not path.read_text():
        await asyncio.sleep(0.01)
    return path.read_text()


async def test_values_come_back_and_the_process_is_used_again(workers: Workers) -> None:
    value = {"a": [1, -(2**63), 1.5, None, True, "é"], "b": b"\0"}
    assert await workers.call(jobs.same, value, limits=LONG) == value
    assert await workers.call(jobs.Nested.double, 4, limits=LONG) == 8
    large = "é" * 3_000_000
    assert await workers.call(jobs.same, large, limits=LONG) == large
    assert len({await workers.call(jobs.process, limits=LONG) for _ in range(5)}) == 1
    assert await workers.call(jobs.process, limits=LONG) != os.getpid()


async def test_studios_errors_come_back_as_they_were(workers: Workers) -> None:
    with pytest.raises(UserError) as caught:
        await workers.call(jobs.refuse, "é", limits=LONG)
    found = caught.value.arguments["found"]
    assert (caught.value.code, caught.value.message) == ("tests.refused", "It is the text é.")
    assert caught.value.classification is ErrorClass.TRANSIENT
    assert isinstance(found, Phrase)
    assert found.code == "value.text"


@pytest.mark.parametrize(("kind", "expected"), [("ValueError", "permanent"), ("OSError", "transient")])
async def test_other_errors_are_named(workers: Workers, kind: str, expected: str) -> None:
    with pytest.raises(NodeError, match=f"{kind}: {kind} é") as caught:
        await workers.call(jobs.fail, kind, limits=LONG)
    assert (caught.value.code, caught.value.classification) == ("work.failed", expected)


async def test_what_is_no_plain_data_is_refused_on_both_sides(workers: Workers) -> None:
    with pytest.raises(TypeError):
        await workers.call(jobs.same, object(), limits=LONG)
    with pytest.raises(NodeError, match="TypeError"):
        await workers.call(jobs.unsendable, limits=LONG)
    with pytest.raises(TypeError, match="by its name"):
        await workers.call(lambda: 1, limits=LONG)
    assert await workers.call(jobs.same, 1, limits=LONG) == 1


async def test_a_native_call_is_killed_when_time_is_up(workers: Workers, tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        await workers.call(jobs.stuck, str(tmp_path / "note"), limits=Limits(0.2))
    await gone(int((tmp_path / "note").read_text()))
    assert await workers.call(jobs.same, 1, limits=LONG) == 1


async def test_a_cancel_kills_at_once(workers: Workers, tmp_path: Path) -> None:
    task = asyncio.create_task(workers.call(jobs.stuck, str(tmp_path / "note"), limits=LONG))
    process = int(await noted(tmp_path / "note"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await gone(process)
    assert await workers.call(jobs.same, 1, limits=LONG) == 1


async def test_a_cancel_while_the_process_starts_or_work_waits_leaves_nothing_behind() -> None:
    one = Workers(most=1)
    for _ in range(3):
        task = asyncio.create_task(one.call(jobs.same, 1, limits=LONG))
        waiting = asyncio.create_task(one.call(jobs.same, 2, limits=LONG))
        await asyncio.sleep(0.005)
        task.cancel()
        waiting.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
    assert await one.call(jobs.same, 3, limits=LONG) == 3
    await one.close()


@pytest.mark.parametrize("megabytes", [200, 20_000])
async def test_memory_is_bounded_beside_what_the_process_has(workers: Workers, megabytes: int) -> None:
    process = await workers.call(jobs.process, limits=LONG)
    with pytest.raises(NodeError, match="more than 100 MB") as caught:
        await workers.call(jobs.take, megabytes, limits=Limits(60, memory_mb=100))
    assert (caught.value.code, caught.value.classification) == ("work.memory", ErrorClass.BAD_INPUT)
    await gone(process)
    assert await workers.call(jobs.take, 50, limits=Limits(60, memory_mb=100)) == 50 * 1024**2
    assert await workers.call(jobs.take, 200, limits=LONG) == 200 * 1024**2  # a limit is for one piece of work


async def test_a_process_that_has_grown_is_not_used_again(workers: Workers) -> None:
    small = await workers.call(jobs.keep, 1, limits=LONG)
    assert await workers.call(jobs.keep, 600, limits=LONG) == small
    assert await workers.call(jobs.process, limits=LONG) != small
    await gone(small)


@pytest.mark.parametrize("words", ["memory allocation of 99 bytes failed", "terminate called: std::bad_alloc"])
async def test_libraries_that_die_of_memory_are_understood(workers: Workers, words: str) -> None:
    with pytest.raises(ProviderError, match="more than 100 MB") as caught:
        await workers.call(jobs.abort_saying, words, limits=Limits(60, memory_mb=100))
    assert caught.value.in_doubt


@pytest.mark.parametrize("name", ["SIGABRT", "SIGSEGV"])
async def test_a_crash_is_named(workers: Workers, name: str) -> None:
    with pytest.raises(ProviderError, match=name) as caught:
        await workers.call(jobs.raise_signal, int(signal.Signals[name]), limits=LONG)
    assert (caught.value.code, caught.value.classification) == ("work.crashed", ErrorClass.PERMANENT)
    with pytest.raises(ProviderError, match="exit"):
        await workers.call(jobs.leave, limits=LONG)
    assert await workers.call(jobs.same, 1, limits=LONG) == 1


async def test_a_process_killed_from_outside(workers: Workers, tmp_path: Path) -> None:
    idle = await workers.call(jobs.process, limits=LONG)
    os.kill(idle, signal.SIGKILL)
    await gone(idle)
    task = asyncio.create_task(workers.call(jobs.stuck, str(tmp_path / "note"), limits=LONG))
    os.kill(int(await noted(tmp_path / "note")), signal.SIGKILL)
    with pytest.raises(ProviderError, match="SIGKILL") as caught:
        await task
    assert (caught.value.code, caught.value.classification) == ("work.ended", ErrorClass.TRANSIENT)
    assert caught.value.in_doubt
    assert await workers.call(jobs.same, 1, limits=LONG) == 1


async def test_many_share_few_processes() -> None:
    one = Workers(most=2, idle=1)
    found = await asyncio.gather(*(one.call(jobs.slow, 0.01, limits=LONG) for _ in range(40)))
    assert len(set(found)) <= 2
    while sum(map(runs, set(found))) > 1:  # one is kept
        await asyncio.sleep(0.01)
    await one.close()
    assert not any(map(runs, set(found)))


async def test_idle_processes_end_after_a_while() -> None:
    one = Workers(idle_seconds=0.05)
    await gone(await one.call(jobs.process, limits=LONG))
    assert await one.call(jobs.same, 1, limits=LONG) == 1
    await one.close()


async def test_closing_ends_what_works_too(tmp_path: Path) -> None:
    one = Workers()
    task = asyncio.create_task(one.call(jobs.stuck, str(tmp_path / "note"), limits=LONG))
    process = int(await noted(tmp_path / "note"))
    await one.close()
    with pytest.raises(ProviderError, match="SIGKILL"):
        await task
    await gone(process)
    with pytest.raises(RuntimeError):
        await one.call(jobs.same, 1, limits=LONG)


async def test_nothing_of_the_parent_goes_along(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_MASTER_KEY", "secret")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    with tempfile.TemporaryFile() as secret:
        os.set_inheritable(secret.fileno(), True)
        found = await workers.call(jobs.surroundings, limits=LONG)
    assert found["environment"].keys() <= {"LC_ALL", "POLARS_MAX_THREADS", "MALLOC_ARENA_MAX", "LD_LIBRARY_PATH", "TZ"}
    assert {one.partition(" ")[0] for one in found["descriptors"]} == {"/dev/null", "/memfd", "socket"}
    assert (found["folder"], found["session"], found["core"]) == ("/", True, [0, 0])
    assert (found["no_new_privileges"], found["filter"]) == ("1", "2")


async def test_no_network_and_no_other_processes(workers: Workers) -> None:
    expected = ["socket", "local socket", "fork", "program", "signal"]
    assert await workers.call(jobs.forbidden, limits=LONG) == expected
    assert await workers.call(jobs.threads, 20, limits=LONG) == 20


async def test_files_go_along_however_many(workers: Workers) -> None:
    with tempfile.TemporaryFile() as first, tempfile.TemporaryFile() as second:
        first.write(b"one")
        second.write(b"two")
        first.flush()
        second.flush()
        pair = [first.fileno(), second.fileno()]
        assert await workers.call(jobs.read, limits=LONG, files=pair) == ["one", "two"]
        assert await workers.call(jobs.read, limits=LONG, files=pair * 225) == ["one", "two"] * 225
        assert len((await workers.call(jobs.surroundings, limits=LONG))["descriptors"]) == 3  # none is left open


async def test_files_are_bounded(workers: Workers) -> None:
    with tempfile.TemporaryFile() as file:
        with pytest.raises(NodeError, match="too large"):
            await workers.call(jobs.write, 3, limits=Limits(60, output_mb=2), files=[file.fileno()])
        await workers.call(jobs.write, 2, limits=Limits(60, output_mb=2), files=[file.fileno()])
        await workers.call(jobs.write, 3, limits=LONG, files=[file.fileno()])


async def test_a_feed_is_fetched_as_it_is_asked_for(workers: Workers) -> None:
    assert await workers.call(jobs.total, 10**9, limits=LONG, feed=range(1000)) == 499_500
    assert await workers.call(jobs.total, 10, limits=LONG, feed=()) == 0
    taken: list[int] = []
    with pytest.raises(UserError, match="Too much"):
        await workers.call(jobs.total, 3, limits=LONG, feed=(taken.append(n) or n for n in range(10**6)))
    assert len(taken) < 1000
    with pytest.raises(ZeroDivisionError):
        await workers.call(jobs.total, 3, limits=LONG, feed=(1 // n for n in range(3)))
    assert await workers.call(jobs.same, 1, limits=LONG) == 1


async def test_a_stream_runs_no_further_than_it_is_read(workers: Workers, tmp_path: Path) -> None:
    note = tmp_path / "note"
    assert [one async for one in workers.stream(jobs.count_up, 100, str(note), limits=LONG)] == list(range(100))
    async with aclosing(workers.stream(jobs.count_up, 10**9, str(note), limits=LONG)) as endless:
        assert await anext(endless) == 0
    count = int(note.read_text() or 0)
    assert await workers.call(jobs.same, 1, limits=LONG) == 1
    assert int(note.read_text() or 0) - count < 10**6
    with pytest.raises(TimeoutError):
        async for _ in workers.stream(jobs.count_up, 10**9, str(note), limits=Limits(0.1)):
            await asyncio.sleep(0)


async def test_work_whose_caller_hangs_ends_by_its_own_limit(workers: Workers) -> None:
    used, limit = await workers.call(jobs.processor_time, limits=Limits(10))
    assert used + 10 <= limit <= used + 10 * (os.cpu_count() or 1) + 10
    with pytest.raises(TimeoutError):
        await workers.call(jobs.raise_signal, int(signal.SIGXCPU), limits=LONG)


PARENT = """
import asyncio, sys
from studio.sandbox.apart import Limits, Workers
from tests.sandbox import jobs

async def main():
    workers = Workers()
    await asyncio.gather(workers.call(jobs.stuck, sys.argv[1], limits=Limits(3600)), idle(workers))

async def idle(workers):
    print(await workers.call(jobs.process, limits=Limits(60)), flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
async def test_no_process_outlives_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    note = tmp_path / "note"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(note)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        idle = int(parent.stdout.readline())
        stuck = int(await noted(note))
        assert runs(idle)
        assert runs(stuck)
        with suppress(ProcessLookupError):
            parent.send_signal(number)
    await gone(idle)
    await gone(stuck)


async def test_one_pool_serves_one_event_loop_after_the_other() -> None:
    one = Workers(most=1)

    def anew() -> int:
        return asyncio.run(one.call(jobs.process, limits=LONG))

    found = {await asyncio.to_thread(anew) for _ in range(3)}
    assert found
    one.end()
    assert not any(map(runs, found))
