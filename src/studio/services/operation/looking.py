"""What the operator sees over all workspaces: what waits and why, who works, what is in doubt, what expires."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import msgspec
import orjson

from studio.contracts.records import Records
from studio.contracts.store import Store
from studio.contracts.stored import Backlogged, ExecutionRow, WorkerRow
from studio.domain.settings import ServerSettings, secret_settings
from studio.engine import Engine
from studio.services.vault.model import Vault


@dataclass(frozen=True, slots=True)
class Queued:
    """A queued execution and why it is not running yet.

    ``reason`` is held, later, slot, workspace_limit, no_worker or turn.
    """

    row: ExecutionRow
    reason: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """An execution that waits for a decision; ``node`` is the path of what is in doubt."""

    row: ExecutionRow
    node: str


@dataclass(frozen=True, slots=True)
class Working:
    """A worker, and whether its lease still lasts."""

    row: WorkerRow
    alive: bool


@dataclass(frozen=True, slots=True)
class Expiring:
    """A credential that ends soon, or has ended."""

    workspace: str
    id: str
    name: str
    type: str
    owner: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting; a secret's value is None where it is set."""

    name: str
    value: object
    secret: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class Instance:
    """The instance: versions and settings."""

    version: str
    database: str
    revision: str
    settings: list[Setting]


def settings_shown(settings: ServerSettings) -> list[Setting]:
    """Every setting, without what is secret."""
    secret = secret_settings()
    found: list[Setting] = []
    for field in msgspec.structs.fields(ServerSettings):
        value: object = getattr(settings, field.name)
        hidden = field.name in secret and bool(value)
        found.append(Setting(field.name, None if hidden else value, field.name in secret, value == field.default))
    return found


class Looking:
    """Looks over all workspaces.

    Args:
        records: Credentials.
        store: The database.
        engine: Whose limits hold.
        workspaces: Ids of all workspaces.
    """

    def __init__(
        self, records: Records, store: Store, engine: Engine, workspaces: Callable[[], Awaitable[Sequence[str]]]
    ) -> None:
        self._records = records
        self._store = store
        self._engine = engine
        self._workspaces = workspaces

    async def queue(self, limit: int) -> list[Queued]:
        """What is queued, of each workspace the first ``limit`` in the order of their turn, and why each waits."""
        alive = any(one.alive for one in await self.workers())
        full = await self._full()
        found: list[Queued] = []
        for workspace in await self._workspaces():
            for one in await self._store.backlog(workspace, limit):
                found.append(Queued(one.row, _reason(one, alive=alive, full=workspace in full)))
        return found

    async def _full(self) -> set[str]:
        limits = dict(self._engine.limits)
        running = await self._store.running(list(limits))
        return {workspace for workspace, limit in limits.items() if running.get(workspace, 0) >= limit}

    async def workers(self) -> list[Working]:
        """Every worker, the one last seen first."""
        now = await self._store.now()
        return [Working(row, row.lease_until > now) for row in await self._store.workers()]

    async def in_doubt(self, limit: int) -> list[InDoubt]:
        """Effects that wait for a decision, of each workspace the oldest ``limit``."""
        found: list[InDoubt] = []
        for workspace in await self._workspaces():
            for row in await self._store.in_doubt(workspace, limit):
                reason: list[Any] = orjson.loads(row.reason or "[]")
                found.append(InDoubt(row, str(reason[1]) if len(reason) > 1 else ""))
        return found

    async def expiring(self, days: int) -> list[Expiring]:
        """Credentials that end within so many days, the first first."""
        vault = Vault(self._records)
        until = self._engine.clock() + days * 86_400_000_000
        found: list[Expiring] = []
        for workspace in await self._workspaces():
            after: tuple[str, str] | None = None
            while True:
                page = await vault.credentials.page(workspace, field="expires", after=after, limit=200)
                soon = [one for one in page.items if (one.value.expires_at or 0) <= until]
                found += [
                    Expiring(
                        workspace, one.id, one.value.name, one.value.type, one.value.owner, one.value.expires_at or 0
                    )
                    for one in soon
                ]
                after = page.after
                if after is None or len(soon) < len(page.items):
                    break
        return sorted(found, key=lambda one: one.expires_at)

    async def instance(self, settings: ServerSettings) -> Instance:
        """The version, the database and the settings."""
        facts = await self._store.facts()
        database = str(facts.get("database", ""))
        return Instance(version("studio-workflows"), database, str(facts.get("revision")), settings_shown(settings))


def _reason(one: Backlogged, *, alive: bool, full: bool) -> str:
    if one.row.held:
        return "held"
    if one.row.wake_at is not None:
        return "later"
    if not alive:
        return "no_worker"
    if one.slot_taken:
        return "slot"
    return "workspace_limit" if full and not one.row.depth and one.row.started_at is None else "turn"
