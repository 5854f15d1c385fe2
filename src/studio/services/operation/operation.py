"""Everything about operating an instance, and the work that goes on beside requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from studio.domain.errors import StudioError
from studio.domain.ids import INSTANCE
from studio.domain.settings import ServerSettings
from studio.engine import Engine
from studio.services.notices.notices import Notices
from studio.services.operation.backups import Backups, Make
from studio.services.operation.egress import EgressExceptions
from studio.services.operation.leases import Leases
from studio.services.operation.looking import Looking
from studio.services.operation.metrics import Metrics
from studio.services.operation.model import Shelf
from studio.services.operation.quotas import Quotas
from studio.services.operation.usage import Usage
from studio.services.people.model import People

_LOG = logging.getLogger("studio.operation")
_OFTEN = 5.0
"""Seconds between writing down what is counted and learning what others have set."""
_SELDOM = 60.0
_MEASURE = 600.0
_PULSE = 0.5

Sizes = Callable[[], Awaitable[Mapping[str, int]]]
"""Bytes that each workspace stores."""


class Operation:
    """Operating an instance.

    Args:
        people: Whose workspaces they are.
        engine: What runs.
        settings: Of the server.
        data: The data folder.
        allow_hosts: Private hosts that every workspace may reach.
        notices: Tells people.
        make_backup: Writes a backup.
        sizes: Measures what is stored.
        draining: Whether the server was told to stop.
        tidy: Goes on with what was interrupted.
    """

    def __init__(
        self,
        people: People,
        engine: Engine,
        settings: ServerSettings,
        *,
        data: Path,
        allow_hosts: tuple[str, ...],
        notices: Callable[[], Notices],
        make_backup: Make,
        sizes: Sizes,
        draining: Callable[[], bool],
        tidy: Callable[[], Awaitable[object]],
    ) -> None:
        self._people = people
        self._engine = engine
        self._settings = settings
        self._data = data
        self._allow_hosts = allow_hosts
        self._notices = notices
        self._make_backup = make_backup
        self._sizes = sizes
        self._draining = draining
        self._tidy = tidy
        self._tasks: list[asyncio.Task[None]] = []
        self.shelf = Shelf(people.records)
        self.leases = Leases(people.records, engine.clock)

    @cached_property
    def metrics(self) -> Metrics:
        """Numbers for Prometheus; from when it is first asked for it observes the engine."""
        made = Metrics(self._engine)
        self._engine.observers.append(made)
        return made

    @cached_property
    def usage(self) -> Usage:
        """What workspaces use."""
        return Usage(self.shelf, self._engine.clock)

    @cached_property
    def quotas(self) -> Quotas:
        """What they may use."""
        return Quotas(self.shelf, self.usage, self._engine, self.exists, self._draining)

    @cached_property
    def egress(self) -> EgressExceptions:
        """Private hosts that they may reach."""
        return EgressExceptions(self.shelf, self._allow_hosts, self.exists)

    @cached_property
    def looking(self) -> Looking:
        """Queue, workers, what is in doubt."""
        return Looking(self._people.records, self._engine.store, self._engine, self.workspaces)

    @cached_property
    def backups(self) -> Backups:
        """Backups."""
        named = self._settings.backup_folder
        return Backups(
            self._people.records, self.leases, self._engine.clock, self._make_backup,
            folder=Path(named).expanduser() if named else self._data / "backups",
            every=self._settings.backup_every, keep=self._settings.backup_keep,
        )  # fmt: skip

    async def exists(self, workspace: str) -> bool:
        """Whether there is a workspace."""
        return await self._people.workspaces.get(INSTANCE, workspace) is not None

    async def workspaces(self) -> Sequence[str]:
        """Ids of all workspaces."""
        return [one.id for one in await self._people.workspaces.all(INSTANCE)]

    # What goes on beside requests

    async def begin(self, *, serving: bool, watched: bool = True) -> None:
        """Count, keep to quotas, and go on doing what is due.

        Args:
            serving: Whether this is a server. A worker alone counts and keeps to quotas; servers do the rest.
            watched: Whether anybody can ask for the metrics.
        """
        self._engine.observers.append(self.usage)
        self._engine.admit = self.quotas.admit
        await self._often()
        jobs: list[tuple[float, Callable[[], Awaitable[object]]]] = [(_OFTEN, self._often)]
        if serving:
            jobs += [(_OFTEN, self._notices().tick), (_SELDOM, self._seldom), (_MEASURE, self.measure)]
        if watched:
            self._tasks.append(asyncio.create_task(self._pulse()))
        self._tasks += [asyncio.create_task(_every(seconds, job)) for seconds, job in jobs]

    async def end(self) -> None:
        """Stop, and write down what is counted."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self.usage.write()

    async def _often(self) -> None:
        await self.usage.write()
        await self.quotas.refresh()
        await self.egress.refresh()

    async def _seldom(self) -> None:
        await self._tidy()
        if (made := await self.backups.when_due()) is not None:
            await self._notices().backup(made)
        for workspace in self.quotas.limited:
            await self._notices().quotas(workspace, self.quotas.levels(workspace))

    async def measure(self) -> None:
        """Measure what each workspace stores; one of several servers does."""
        if await self.leases.take("measure", _MEASURE):
            self.usage.measured(await self._sizes())
            await self.usage.write()

    async def _pulse(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _PULSE
            await asyncio.sleep(_PULSE)
            self.metrics.loop_lag(max(0.0, loop.time() - due))


async def _every(seconds: float, job: Callable[[], Awaitable[object]]) -> None:
    """Do something again and again. What fails is told in the log and tried again the next time."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await job()
        except StudioError as error:
            _LOG.warning("%s failed: %s", getattr(job, "__name__", "job"), error.code)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next time comes
            _LOG.exception("a job failed", extra={"error": type(error).__name__})
