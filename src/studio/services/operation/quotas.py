"""What workspaces may use: set by the operator, looked at before anything is started, told of at 80 % and at 100 %."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from studio.domain.access import Actor
from studio.domain.errors import NotFound, StudioError
from studio.domain.ids import INSTANCE
from studio.engine import Engine, StartRequest
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.executing.starting import Overloaded
from studio.services.gateway.buckets import TooManyRequests
from studio.services.operation.model import Quota, Shelf, Used
from studio.services.operation.usage import Usage, day_of

WARN_AT = 0.8
STARTS = ("executions_per_day", "executions_per_month", "storage", "cost_per_month")
"""Quotas that no execution is started beyond."""


class QuotaReached(TooManyRequests):
    """A workspace has used what it may use. ``retry_after`` in seconds."""


class Draining(Overloaded):
    """The server is about to stop and starts nothing."""

    def __init__(self, code: str, message: str) -> None:
        StudioError.__init__(self, code, message)
        self.retry_after = 5.0


@dataclass(frozen=True, slots=True)
class Level:
    """How much of a quota is used up. ``state`` is ok, warning (80 %) or reached."""

    quota: str
    used: float
    limit: float

    @property
    def state(self) -> str:
        """ok, warning or reached."""
        if self.used >= self.limit:
            return "reached"
        return "warning" if self.used >= self.limit * WARN_AT else "ok"


class Quotas:
    """Quotas of all workspaces, as known a few seconds ago.

    Args:
        shelf: Where they are kept.
        usage: What is used.
        engine: Whose starts they bound.
        exists: Whether there is a workspace.
        draining: Whether the server was told to stop.
    """

    def __init__(
        self,
        shelf: Shelf,
        usage: Usage,
        engine: Engine,
        exists: Callable[[str], Awaitable[bool]],
        draining: Callable[[], bool],
    ) -> None:
        self._shelf = shelf
        self._usage = usage
        self._engine = engine
        self._exists = exists
        self._known: dict[str, Quota] = {}
        self._draining = draining

    # Keeping to them

    def admit(self, request: StartRequest) -> None:
        """Let an execution be started, or not.

        Raises:
            Draining: This server is about to stop.
            QuotaReached: The workspace has used what it may use.
        """
        if self._draining():
            raise Draining(
                "server.draining", "This server is about to stop and starts nothing more. Try again shortly."
            )
        self.check(request.workspace, STARTS)

    def request(self, workspace: str) -> None:
        """Count a request to the API, or refuse it.

        Raises:
            QuotaReached: There were as many today as there may be.
        """
        self.check(workspace, ("requests_per_day",))
        self._usage.count(workspace, "requests")

    def check(self, workspace: str, quotas: tuple[str, ...]) -> None:
        """Raise where one of these quotas is used up.

        Raises:
            QuotaReached: Names the quota.
        """
        if workspace in self._known:
            for level in self.levels(workspace):
                if level.quota in quotas and level.state == "reached":
                    raise QuotaReached(
                        "quota.reached",
                        "This workspace has used {used} of {limit} ({quota}). The operator sets its quotas.",
                        quota=level.quota, used=round(level.used, 2), limit=level.limit,
                        retry_after=self._until_next(level.quota),
                    )  # fmt: skip

    def levels(self, workspace: str, running: int = 0) -> list[Level]:
        """Every quota that the workspace has, with what is used of it."""
        quota = self._known.get(workspace, Quota())
        today, month = self._usage.today(workspace), self._usage.month(workspace)
        used = {
            "executions_per_day": today.executions, "executions_per_month": month.executions, "concurrency": running,
            "storage": today.storage or month.storage, "cost_per_month": month.cost,
            "requests_per_day": today.requests,
        }  # fmt: skip
        limits = msgspec.structs.asdict(quota)
        return [Level(name, used[name], limit) for name, limit in limits.items() if limit is not None]

    def _until_next(self, quota: str) -> float:
        if not quota.endswith(("_day", "_month")):
            return 3600.0
        seconds = self._engine.clock() / 1e6
        return 86_400 - seconds % 86_400

    async def refresh(self) -> None:
        """Learn what has been set, and what others have counted."""
        kept = await self._shelf.quotas.all(INSTANCE)
        for one in kept:
            await self._usage.load(one.id)
        self._known = {one.id: one.value for one in kept}
        limits = {one.id: one.value.concurrency for one in kept if one.value.concurrency is not None}
        self._engine.limits.clear()
        self._engine.limits.update(limits)

    @property
    def limited(self) -> list[str]:
        """Workspaces that have quotas."""
        return list(self._known)

    # Setting them

    async def show(self, workspace: str) -> tuple[Quota, int]:
        """The quotas of a workspace and their revision; 0 where none were ever set.

        Raises:
            NotFound: There is no such workspace.
        """
        if not await self._exists(workspace):
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=workspace)
        kept = await self._shelf.quotas.get(INSTANCE, workspace)
        return (kept.value, kept.revision) if kept is not None else (Quota(), 0)

    async def set(self, actor: Actor, workspace: str, quota: Quota, expected: int | None = None) -> Kept[Quota]:
        """Set them.

        Raises:
            NotFound: There is no such workspace.
            RecordChanged: They have another revision than ``expected``.
        """
        before, _ = await self.show(workspace)
        put = self._shelf.quotas.put(INSTANCE, workspace, quota, expected=expected)
        told = entry(
            actor, "quota.changed", kind="workspace", id=workspace, before=msgspec.structs.asdict(before),
            after=msgspec.structs.asdict(quota), workspace=workspace,
        )  # fmt: skip
        await self._shelf.records.commit([put], [told])
        await self.refresh()
        return await self._shelf.quotas.need(INSTANCE, workspace)

    async def report(self, workspace: str, days: int) -> tuple[list[tuple[str, Used]], list[Level]]:
        """Usage by day, newest first, and how far each quota is used up."""
        await self._usage.load(workspace)
        since = day_of(self._engine.clock() - days * 86_400_000_000)
        found = await self._usage.days(workspace, since, days + 1)
        today = day_of(self._engine.clock())
        found[today] = self._usage.today(workspace)
        running = (await self._engine.store.running([workspace])).get(workspace, 0)
        return sorted(found.items(), reverse=True), self.levels(workspace, running)
