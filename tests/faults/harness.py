"""Starting and killing drivers, and checking from outside what the promises say.

The checks read the database through a store of their own and the log that nodes write past Studio; they ask no engine.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.contracts.store import ExecutionFilter, ExecutionRow, Message, StoredSegment
from studio.domain.ids import DEFAULT_WORKSPACE, new_id
from studio.domain.status import ExecutionStatus
from studio.engine import read_history
from studio.engine import records as r
from studio.storage import Opened
from tests.faults import drive
from tests.fixtures.forks import FORK, warm


class Process:
    """A driver forked from a warm server."""

    def __init__(self, argv: list[str], output: Path, fault: str | None = None) -> None:
        warm()
        self._output = output
        self._process = FORK.Process(target=_enter, args=(argv, str(output), fault), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.is_alive()

    @property
    def code(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._process.exitcode

    def send(self, number: int) -> None:
        """Send a signal."""
        if self.alive:
            os.kill(self.pid, number)

    async def up(self, timeout: float = 20) -> None:
        """Wait until it drives."""

        async def told() -> bool:
            assert self.alive, self.errors()
            return self._output.exists() and f"up {self.pid}\n" in self._output.read_text()

        await until(told, timeout, "a driver is up")

    def errors(self) -> str:
        """What drivers with the same output have said, apart from being up."""
        lines = self._output.read_text().splitlines() if self._output.exists() else []
        return "\n".join(line for line in lines if not line.startswith("up "))

    async def gone(self, timeout: float = 20) -> int:
        """Wait for its end; gives the exit status."""
        await asyncio.to_thread(self._process.join, timeout)
        assert self._process.exitcode is not None, "the driver does not end"
        return self._process.exitcode

    async def kill(self) -> None:
        """Kill it outright."""
        self.send(signal.SIGKILL)
        await self.gone()


def _enter(argv: list[str], output: str, fault: str | None) -> None:
    handle = os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    drive.main(argv, fault)


@dataclass(frozen=True)
class Line:
    """A line of the log: what a node really did."""

    execution: str
    path: str
    key: str
    attempt: int
    effect: str
    pid: int


def read_log(path: Path, offset: int = 0) -> list[Line]:
    """The lines of the log from a byte offset on."""
    if not path.exists():
        return []
    with path.open() as file:
        file.seek(offset)
        found = [line.split() for line in file.read().splitlines()]
    return [Line(e, p, k, int(attempt), effect, int(pid)) for e, p, k, attempt, effect, pid in found]


def records_of(segments: list[StoredSegment]) -> list[r.Record]:
    """All records of a journal in order."""
    return [record for segment in segments for record in r.unpack(segment.payload)]


def settled(records: list[r.Record]) -> set[str]:
    """Paths of which the journal says that nothing at or below them may ever run again."""
    out: set[str] = set()
    for record in records:
        if record[0] in (r.DONE, r.SKIPPED) or (record[0] == r.FAILED):
            out.add(record[1] + record[2])
        elif record[0] == r.CHUNK:
            out.update(f"{record[1]}{record[2]}[{record[3] + n}]" for n in range(record[4]))
        elif record[0] == r.TURN:
            out.update(f"{record[1]}{record[2]}[{n}]" for n in range(record[3]))
        elif record[0] == r.PHASE:
            out.add(f"{record[1]}{record[2]}[{record[3]}]")
    return out


def prefixes(path: str) -> Iterator[str]:
    """A path and everything it lies in: ``a[1]/b`` gives itself, ``a[1]`` and ``a``."""
    yield path
    for at, char in enumerate(path):
        if char in "[/":
            yield path[:at]


@dataclass
class Storm:
    """Executions under fire.

    Args:
        opened: A store of the parent's own.
        data: The data folder.
        folder: Where the log and the files of the nodes lie.
        db: Database URL; None for SQLite.
        rng: Everything random comes from here.
        count: How many executions there are to be.
    """

    opened: Opened
    data: Path
    folder: Path
    db: str | None
    rng: random.Random
    count: int = 0
    process: Process | None = None
    kills: int = 0
    forbidden: list[tuple[int, dict[str, set[str]]]] = field(default_factory=list)
    ended: dict[str, ExecutionStatus] = field(default_factory=dict)
    decided: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    allowed: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    posted: dict[tuple[str, str], str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """Where nodes tell what they do."""
        return self.folder / "log.txt"

    # Drivers

    def start(self, fault: str | None = None) -> Process:
        """Start a driver, which also submits what is not there yet."""
        argv = ["--data", str(self.data), "--folder", str(self.folder), "--submit", str(self.count)]
        self.process = Process([*argv, *(["--db", self.db] if self.db else [])], self.folder / "output.txt", fault)
        return self.process

    async def kill(self) -> None:
        """Kill the driver, and note what may not happen any more."""
        assert self.process is not None
        await self.process.kill()
        if self.process.code != -signal.SIGKILL:
            self.failures.append(f"a driver ended by itself: {self.process.code} {self.errors()}")
        self.kills += 1
        await self.look()

    async def drain(self) -> None:
        """Let the driver hand over what it has."""
        if self.process is not None and self.process.alive:
            self.process.send(signal.SIGTERM)
            if await self.process.gone():
                self.failures.append(f"a drained driver ended with {self.process.code}: {self.errors()}")

    def errors(self) -> str:
        """What drivers have complained about."""
        return self.process.errors() if self.process is not None else ""

    # Looking

    async def rows(self) -> list[ExecutionRow]:
        """All executions, children too."""
        return await self.opened.store.executions(ExecutionFilter(workspace=DEFAULT_WORKSPACE, limit=1000))

    async def look(self) -> None:
        """Remember what is settled now: it must stay so. Only while no driver runs is the log's length exact."""
        size = self.log.stat().st_size if self.log.exists() else 0
        seen: dict[str, set[str]] = {}
        for listed in await self.rows():
            row, segments = await self._at_rest(listed)
            self._contiguous(row, segments)
            seen[row.id] = settled(records_of(segments))
            self._terminal(row)
        self.forbidden.append((size, seen))

    async def _at_rest(self, row: ExecutionRow) -> tuple[ExecutionRow, list[StoredSegment]]:
        """A row with the journal of the same moment: a server may still carry out what a killed driver had sent."""
        while True:
            segments = await self.opened.store.read(row.id)
            again = await self.opened.store.execution(row.id)
            assert again is not None
            if again.next_seq == row.next_seq:
                return again, segments
            row = again

    async def look_alive(self) -> None:
        """Remember what is settled, the log read afterwards, so that a driver may go on meanwhile."""
        seen: dict[str, set[str]] = {}
        for row in await self.rows():
            seen[row.id] = settled(records_of(await self.opened.store.read(row.id)))
        self.forbidden.append((self.log.stat().st_size if self.log.exists() else 0, seen))

    def _contiguous(self, row: ExecutionRow, segments: list[StoredSegment]) -> None:
        found = [segment.seq for segment in segments]
        if found != list(range(row.next_seq)):
            self.failures.append(f"{row.id}: sequences {found}, next {row.next_seq}")

    def _terminal(self, row: ExecutionRow) -> None:
        known = self.ended.setdefault(row.id, row.status) if row.status.terminal else self.ended.get(row.id)
        if known is not None and known is not row.status:
            self.failures.append(f"{row.id} was {known} and is {row.status}")

    # People and systems outside

    async def serve(self, *, eager: bool) -> None:
        """Answer what is asked: signals and approvals at any time, decisions where an effect is in doubt."""
        for row in await self.rows():
            if row.status.terminal:
                self._terminal(row)
                continue
            if row.parent_id is None:
                await self._answer(row, "signal", {"name": "paid", "payload": {"sum": 42}}, eager)
                await self._answer(row, "approval", {"path": "ask", "decision": "approve", "by": "sam"}, eager)
            await self._decide(row)

    async def _answer(self, row: ExecutionRow, kind: str, payload: dict[str, Any], eager: bool) -> None:
        known = (row.id, kind) in self.posted
        if (eager and not known) or self.rng.random() < 0.08:
            id = self.posted.setdefault((row.id, kind), new_id())
            outcome = await self.post(row.id, kind, payload, id)
            if known and outcome not in ("duplicate", "late"):
                self.failures.append(f"{row.id}: a message delivered again was {outcome}")

    async def post(self, execution: str, kind: str, payload: dict[str, Any], id: str) -> str:
        """Put a message into an inbox as any process may; tells what became of it."""
        message = Message(execution, id, kind, r.encode_facts(payload))
        (result,) = await self.opened.store.post(DEFAULT_WORKSPACE, [message])
        return result.outcome

    async def _decide(self, row: ExecutionRow) -> None:
        asked: dict[str, int] = defaultdict(int)
        for record in records_of(await self.opened.store.read(row.id)):
            if record[0] == r.WAIT and record[5] == "in_doubt":
                asked[record[1] + record[2]] += 1
        for path, times in asked.items():
            while self.decided[row.id, path] < times:
                self.decided[row.id, path] += 1
                run = self.rng.random() < 0.4
                self.allowed[row.id, path] += run
                value = {"pay_a": "a", "pay_b": "ab"}.get(path, 0)
                output = {"value": value, "key": "decided"}
                choice = {"decision": "run"} if run else {"decision": "happened", "output": output}
                await self.post(row.id, "decide", {"path": path, **choice}, f"{path}#{self.decided[row.id, path]}")

    async def finish(self, timeout: float, *, give_up: bool = False) -> None:
        """Drive everything to its end. With ``give_up`` a driver may end with an error and is started again."""
        if self.process is None or not self.process.alive:
            self.start()
        try:
            async with asyncio.timeout(timeout):
                while True:
                    rows = await self.rows()
                    roots = [row for row in rows if row.parent_id is None]
                    if len(roots) == self.count and all(row.status.terminal for row in rows):
                        break
                    assert self.process is not None
                    if not self.process.alive:
                        assert give_up, f"the driver ended: {self.errors()}"
                        assert self.process.code == drive.FAILED, f"the driver ended: {self.errors()}"
                        self.start()
                    await self.serve(eager=True)
                    await asyncio.sleep(0.03)
        except TimeoutError:
            raise AssertionError(f"not finished: {await self._standing()}") from None

    async def _standing(self) -> list[Any]:
        return [
            (row.id, row.workflow_name, row.status, row.reason, row.wake_at, row.owner, row.next_seq)
            for row in await self.rows()
            if not row.status.terminal
        ]

    # Judging

    async def judge(self, expected: Callable[[int], Any]) -> None:
        """Everything that was promised, once no driver runs."""
        await self.look()
        rows = await self.rows()
        lines = read_log(self.log)
        assert not self.failures, self.failures
        self._nothing_ran_again()
        self._keys(lines)
        self._irreversible(lines)
        roots = [row for row in rows if row.parent_id is None]
        assert len(roots) == self.count
        for row in roots:
            history = await read_history(self.opened.store, self.opened.blobs, row.id)
            seed = history.start["inputs"]
            inputs = await history.values.decode(tuple(seed))
            assert (row.status, history.result.error) == (ExecutionStatus.SUCCEEDED, None), history.result
            assert history.result.output == expected(inputs["seed"])
            ends = [record for record in records_of(history.segments) if record[0] == r.END]
            assert len(ends) == 1
        children = [row for row in rows if row.parent_id is not None]
        assert len(children) == self.count, "a call made more or fewer than one child"
        ids = sorted(row.id for row in roots)
        appended = sorted((self.folder / "lines.txt").read_text().splitlines())
        assert appended == sorted(f"{id}/{n}" for id in ids for n in range(6)), "an append was lost or repeated"
        assert sorted((self.folder / "final.txt").read_text().split()) == [f"closed:{id}" for id in ids]

    def _nothing_ran_again(self) -> None:
        for offset, seen in self.forbidden:
            for line in read_log(self.log, offset):
                again = set(prefixes(line.path)) & seen.get(line.execution, set())
                assert not again, f"{line} ran although {again} was committed before a kill"

    def _keys(self, lines: list[Line]) -> None:
        keys: dict[tuple[str, str], set[str]] = defaultdict(set)
        for line in lines:
            keys[line.execution, line.path].add(line.key)
        assert all(len(found) == 1 for found in keys.values()), "an effect changed its key"
        every = [next(iter(found)) for found in keys.values()]
        assert len(set(every)) == len(every), "two effects share a key"

    def _irreversible(self, lines: list[Line]) -> None:
        times: dict[tuple[str, str], int] = defaultdict(int)
        for line in lines:
            times[line.execution, line.path] += line.effect == "irreversible"
        for place, count in times.items():
            limit = 1 + self.allowed[place]
            assert count <= limit, f"{place} happened {count} times with {self.allowed[place]} decisions to run it"


async def until(condition: Callable[[], Awaitable[bool]], timeout: float, what: str) -> None:
    """Look again and again until something holds."""
    try:
        async with asyncio.timeout(timeout):
            while not await condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"{what}: not within {timeout} s") from None
