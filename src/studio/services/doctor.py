"""Look at everything a Studio depends on, and say what to do about what is wrong."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.catalog import Catalog
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionFilter
from studio.domain.errors import StudioError
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.domain.status import ExecutionStatus
from studio.domain.workflow import Workflow
from studio.engine import nodes_in

_LITTLE_SPACE = 1024**3
_LONG_LAG = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. ``level`` is ``ok``, ``warning`` or ``problem``; texts are keys of the command line's with arguments.

    ``error`` is what a failed check raised, whose own sentence says what is wrong.
    """

    check: str
    level: str
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    error: StudioError | None = None


class Doctor:
    """Checks the installation first, then the data folder, then the database."""

    def __init__(self, data: Path, catalog: Catalog) -> None:
        self._data = data
        self._catalog = catalog

    def installation(self) -> list[Finding]:
        """What can be said without the database."""
        return [self._python(), *self._packs(), *self._folder(), self._space()]

    def _python(self) -> Finding:
        facts = {"version": platform.python_version(), "executable": sys.executable, "system": platform.platform()}
        return Finding("python", "ok", facts)

    def _packs(self) -> list[Finding]:
        packs = self._catalog.packs()
        found = [Finding("packs", "ok", {"packs": len(packs), "types": len(self._catalog)})]
        for pack in packs:
            if pack.missing:
                facts = {"pack": pack.id, "modules": ", ".join(pack.missing), "install": pack.install or ""}
                found.append(Finding("pack_missing", "warning", facts))
            for problem in pack.problems:
                facts = {"pack": pack.id, "file": problem.file, "reason": problem.phrase}
                found.append(Finding("pack_problem", "warning", facts))
        return found

    def _folder(self) -> list[Finding]:
        if not self._data.exists():
            return [Finding("folder_new", "ok", {"path": str(self._data)})]
        facts = {"path": str(self._data), "mode": f"{self._data.stat().st_mode & 0o777:03o}"}
        found = [Finding("folder", "ok" if os.access(self._data, os.W_OK) else "problem", facts)]
        if self._data.stat().st_mode & 0o077:
            found.append(Finding("folder_open", "warning", facts))
        key = self._data / "master.key"
        if key.exists():
            mode = key.stat().st_mode & 0o777
            level = "problem" if mode & 0o077 else "ok"
            found.append(Finding("key_file", level, {"path": str(key), "mode": f"{mode:03o}"}))
        return found

    def _space(self) -> Finding:
        folder = self._data
        while not folder.exists():
            folder = folder.parent
        free = shutil.disk_usage(folder).free
        level = "ok" if free > _LITTLE_SPACE else "warning"
        return Finding("space", level, {"path": str(folder), "megabytes": free // 1024**2})

    async def database(self, open_store: Callable[[], Awaitable[Store]]) -> AsyncIterator[Finding]:
        """What the database says; ``open_store`` gives the store or raises why it cannot."""
        try:
            store = await open_store()
        except StudioError as error:
            yield Finding("database", "problem", error=error)
            return
        facts = await store.facts()
        yield Finding("database", "ok", facts)
        for problem in facts.get("problems", ()):
            yield Finding("database_problem", "problem", {"reason": str(problem)})
        lag = int(facts.get("lag") or 0)
        if lag > _LONG_LAG:
            yield Finding("lag", "warning", {"segments": lag})
        async for finding in self._executions(store):
            yield finding
        async for finding in self._blocked(store):
            yield finding

    async def _executions(self, store: Store) -> AsyncIterator[Finding]:
        """Executions that need somebody: held by a restore, in doubt, or that cannot run here."""
        for status in (ExecutionStatus.WAITING, ExecutionStatus.PAUSED, ExecutionStatus.QUEUED):
            rows = await store.executions(
                ExecutionFilter(workspace=DEFAULT_WORKSPACE, status=(status,), limit=1000)
            )  # fmt: skip
            held = [row.id for row in rows if row.held]
            if held:
                yield Finding("held", "warning", {"count": len(held), "first": held[0]})
            for kind in ("in_doubt", "cannot_run"):
                ids = [row.id for row in rows if row.reason and f'"wait.{kind}"' in row.reason]
                if ids:
                    yield Finding(kind, "warning", {"count": len(ids), "first": ids[0]})

    async def _blocked(self, store: Store) -> AsyncIterator[Finding]:
        """Node types that are gone, or too old, for executions that have not come to need them yet."""
        first: dict[str, str] = {}
        for status in (ExecutionStatus.WAITING, ExecutionStatus.QUEUED, ExecutionStatus.RUNNING):
            rows = await store.executions(ExecutionFilter(workspace=DEFAULT_WORKSPACE, status=(status,), limit=1000))
            for row in rows:
                first.setdefault(row.workflow_hash, row.id)
        found: dict[str, str] = {}
        for hash, id in first.items():
            document = await store.version(DEFAULT_WORKSPACE, hash)
            for node in nodes_in(Workflow.model_validate_json(document)) if document is not None else ():
                known = self._catalog.facts(node.type).version if node.type in self._catalog else 0
                if known < (node.version or 1):
                    found.setdefault(node.type, id)
        for type, id in sorted(found.items()):
            yield Finding("blocked", "warning", {"type": type, "first": id})
