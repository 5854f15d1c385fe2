"""What an engine may call its own: its lease, and what it owns in the database without knowing it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from studio.contracts.lease import Lease, LeaseTerms
from studio.engine import records as r
from studio.engine.records import Record

if TYPE_CHECKING:
    from studio.engine.engine import Engine
    from studio.engine.run import Run

_FINISHED = (r.DONE, r.TURN, r.CHUNK)


class Ownership:
    """An engine's lease, and the look at what it owns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lease: Lease | None = None
        self._accepting: set[str] = set()
        self._strays: dict[str, int] = {}

    async def begin(self) -> None:
        """Get a lease, which is kept up from now on."""
        engine = self._engine
        terms = LeaseTerms(worker=engine.worker, home=engine.home, lease=engine.config.lease, hang=engine.config.hang)
        self._lease = await engine.store.keep_lease(terms, lapsed=self._lapsed, failed=engine.fatal)

    def abandon(self) -> None:
        """Give the lease up: somebody else may be able to go on with what this engine has."""
        if self._lease is not None:
            self._lease.abandon()

    async def end(self) -> None:
        """Renew the lease no more."""
        if self._lease is not None:
            await self._lease.close()

    def _lapsed(self) -> None:
        """Others may have taken what was ours: the fence is asked at once about every run, also one that is silent."""
        for run in self._engine.runs.values():
            if not run.parking and not run.detaching and not run.ending:
                self._engine.track(asyncio.get_running_loop().create_task(run.journal.prove()))

    def gets_on(self, run: Run, records: Sequence[Record]) -> None:
        """Something was committed by a run that was taken up from a worker which died.

        Deaths count against an execution only while nothing is finished between them: one that gets on is not given up,
        however many restarts of the machine it lives through.
        """
        if any(record[0] in _FINISHED for record in records):
            run.recovering = False
            engine = self._engine
            engine.track(asyncio.get_running_loop().create_task(engine.store.got_on(run.id, run.journal.epoch)))

    @contextmanager
    def accepting(self, execution_id: str) -> Generator[None]:
        """While an execution is being accepted for this engine, it may be owned and not in memory."""
        self._accepting.add(execution_id)
        try:
            yield
        finally:
            self._accepting.discard(execution_id)

    async def put_back_strays(self) -> None:
        """Queue what is ours by the database and not in memory, twice in a row and unchanged.

        An answer that never came leaves such a one: its execution was accepted for this engine, which was told that it
        was not.
        """
        engine = self._engine
        owned = await engine.store.owned(engine.worker)
        strays = {id: seq for id, seq in owned if id not in engine.runs and id not in self._accepting}
        lost = [id for id, seq in strays.items() if self._strays.get(id) == seq]
        self._strays = strays
        if lost:
            await engine.store.let_go(engine.worker, lost)
