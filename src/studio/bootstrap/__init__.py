"""The only place that wires concrete classes together.

Everything is imported where it is first needed, so that a command which only reads a file loads no database. What the
command line may not import itself (services and their types), it finds here under the same names.
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from studio.bootstrap._host import Host
from studio.bootstrap._maintenance import Maintenance
from studio.bootstrap._settings import Settings
from studio.bootstrap._upkeep import Upkeep
from studio.domain.ids import DEFAULT_WORKSPACE

if TYPE_CHECKING:
    from studio.bootstrap._bench import bench_database
    from studio.bootstrap._server_settings import server_settings
    from studio.bootstrap._serving import Announcement, serve, work
    from studio.bootstrap._serving_checks import check_upgrade, write_support_bundle
    from studio.catalog import Catalog, NodeFacts, PackFacts
    from studio.contracts.store import Store
    from studio.engine import Engine, Event, ExecutionResult, History, NodeSummary, StartRequest
    from studio.sandbox.foreign import ForeignCode
    from studio.services._moments import read_moment
    from studio.services.audit.verifying import Verified as AuditVerified
    from studio.services.bench import Bench, BenchRun
    from studio.services.control import DECISIONS, Control, unknown_decision
    from studio.services.doctor import Finding
    from studio.services.documents import Document, DocumentInvalid, Documents
    from studio.services.drive import Driver
    from studio.services.evaluate import answer_lines, evaluate, lines_of, read_data
    from studio.services.executions import Executions
    from studio.services.graph import workflow_facts, workflow_svg, workflow_text
    from studio.services.nodes import Nodes
    from studio.services.operation.upgrading import UpgradeFinding
    from studio.services.overrides import read_value, split_assignment
    from studio.services.replay import ReplayOptions, Replays
    from studio.services.run import RunOptions, Runs, read_input_file, read_pin
    from studio.services.tables.local import LocalTables, column_asked
    from studio.services.values import present
    from studio.services.vault.hidden import Hidden
    from studio.services.waterfall import Bar, bars
    from studio.storage import Opened
    from studio.testing import ExampleResult
    from studio.validation import Problem, ToldProblem, reason_for

__all__ = [
    "DECISIONS",
    "Announcement",
    "AuditVerified",
    "Bar",
    "Bench",
    "BenchRun",
    "Control",
    "Document",
    "DocumentInvalid",
    "Event",
    "ExampleResult",
    "ExecutionResult",
    "Finding",
    "Hidden",
    "History",
    "Maintenance",
    "NodeFacts",
    "NodeSummary",
    "Nodes",
    "PackFacts",
    "Problem",
    "ReplayOptions",
    "RunOptions",
    "Settings",
    "StartRequest",
    "Studio",
    "ToldProblem",
    "UpgradeFinding",
    "answer_lines",
    "bars",
    "bench_database",
    "check_upgrade",
    "column_asked",
    "evaluate",
    "lines_of",
    "present",
    "read_data",
    "read_input_file",
    "read_moment",
    "read_pin",
    "read_value",
    "reason_for",
    "serve",
    "server_settings",
    "split_assignment",
    "unknown_decision",
    "work",
    "workflow_facts",
    "workflow_svg",
    "workflow_text",
    "write_support_bundle",
]

_FOUND_IN = {
    "check_upgrade": "studio.bootstrap._serving_checks",
    "column_asked": "studio.services.tables.local",
    "write_support_bundle": "studio.bootstrap._serving_checks",
    "serve": "studio.bootstrap._serving",
    "server_settings": "studio.bootstrap._server_settings",
    "work": "studio.bootstrap._serving",
    "Bench": "studio.services.bench",
    "bench_database": "studio.bootstrap._bench",
    "ReplayOptions": "studio.services.replay",
    "RunOptions": "studio.services.run",
    "answer_lines": "studio.services.evaluate",
    "DECISIONS": "studio.services.control",
    "unknown_decision": "studio.services.control",
    "Bar": "studio.services.waterfall",
    "Event": "studio.engine",
    "bars": "studio.services.waterfall",
    "evaluate": "studio.services.evaluate",
    "lines_of": "studio.services.evaluate",
    "present": "studio.services.values",
    "reason_for": "studio.validation",
    "ToldProblem": "studio.validation",
    "read_moment": "studio.services._moments",
    "read_pin": "studio.services.run",
    "read_data": "studio.services.evaluate",
    "read_input_file": "studio.services.run",
    "read_value": "studio.services.overrides",
    "split_assignment": "studio.services.overrides",
    "workflow_facts": "studio.services.graph",
    "workflow_svg": "studio.services.graph",
    "workflow_text": "studio.services.graph",
}


def __getattr__(name: str) -> Any:
    if name in _FOUND_IN:
        return getattr(importlib.import_module(_FOUND_IN[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Studio:
    """One Studio: catalogue and documents at once, executions after ``open``.

    ``async with Studio(settings) as studio: await studio.open()``; leaving hands over what is unfinished and closes.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._opened: Opened | None = None
        self._driver: Driver | None = None
        self._host: Host | None = None
        self._code: ForeignCode | None = None

    async def __aenter__(self) -> Studio:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._driver is not None:
            await self._driver.stop()
        if self._code is not None:
            await self._code.close()
        if self._host is not None:
            await self._host.close()
        if self._opened is not None:
            await self._opened.close()

    async def open(self, *, read_only: bool = False) -> None:
        """Open the store; does nothing the second time.

        Raises:
            StorageError: The store cannot be opened; says why and what to do.
        """
        from studio.storage import open_store

        if self._opened is None:
            self._opened = await open_store(self.settings.db, self.settings.data, read_only=read_only)

    @cached_property
    def catalog(self) -> Catalog:
        """The node types: built in, installed, and in the data folder's ``packs``."""
        from studio.catalog import Catalog

        packs = self.settings.data / "packs"
        return Catalog.default([packs], foreign=self._foreign()) if packs.is_dir() else Catalog.default()

    def _foreign(self) -> ForeignCode:
        """Runs the code of private packs; no process is started before it is needed."""
        from studio.sandbox.foreign import ForeignCode

        self._code = ForeignCode()
        return self._code

    @cached_property
    def documents(self) -> Documents:
        """Reads workflow files."""
        from studio.services.documents import Documents

        return Documents(self.catalog, self.settings.allow_paths)

    @cached_property
    def runs(self) -> Runs:
        """Makes start requests."""
        from studio.services.run import Runs

        return Runs(self.documents, self.catalog)

    @cached_property
    def nodes(self) -> Nodes:
        """Lists and explains node types."""
        from studio.services.nodes import Nodes

        return Nodes(self.catalog)

    @property
    def opened(self) -> Opened:
        """Store, blobs and keys; after ``open``."""
        assert self._opened is not None
        return self._opened

    @cached_property
    def engine(self) -> Engine:
        """The engine, which does not drive yet; after ``open``. Made where it is asked for: looking on needs none."""
        from studio.engine import Engine

        opened = self.opened
        self._host = Host(self.settings.data, opened, self.catalog, self.settings.allow_hosts)
        return Engine(store=opened.store, blobs=opened.blobs, catalog=self.catalog, home=opened.home, host=self._host)

    @property
    def host(self) -> Host:
        """What nodes reach of this machine; after ``open``."""
        assert self.engine
        assert self._host is not None
        return self._host

    @property
    def driver(self) -> Driver:
        """Who drives; after ``open``."""
        if self._driver is None:
            from studio.services.drive import Driver
            from studio.storage import EngineLock

            lock = EngineLock(self.settings.data)
            upkeep = Upkeep(self.opened, self.settings.data).when_due
            self._driver = Driver(self.engine, lock, self.opened.store, self.opened.blobs, upkeep)
        return self._driver

    @cached_property
    def executions(self) -> Executions:
        """Reads executions; after ``open``."""
        from studio.services.executions import Executions

        return Executions(self.opened.store, self.opened.blobs)

    @cached_property
    def tables(self) -> LocalTables:
        """Data tables; after ``open``."""
        from studio.services.tables.local import LocalTables

        return LocalTables(self.host.tables, self.mask)

    @cached_property
    def control(self) -> Control:
        """Acts on executions; after ``open``."""
        from studio.services.control import Control

        return Control(self.engine, self.executions)

    @cached_property
    def replays(self) -> Replays:
        """Makes start requests from earlier executions; after ``open``."""
        from studio.services.replay import Replays

        return Replays(self.opened.store, self.opened.blobs, self.executions, self.runs)

    async def examine(self) -> AsyncIterator[Finding]:
        """Every check of the doctor; the database is opened as far as that goes, and only where there is one."""
        from studio.services.doctor import Doctor

        doctor = Doctor(self.settings.data, self.catalog)
        for finding in doctor.installation():
            yield finding
        if self.settings.db is not None or self.settings.data.exists():
            async for finding in doctor.database(self._store):
                yield finding

    async def _store(self) -> Store:
        await self.open()
        return self.opened.store

    async def check_nodes(self, wanted: Sequence[str]) -> AsyncIterator[ExampleResult]:
        """Run the examples of packs and node types, or of all of them.

        Raises:
            NotFound: There is no such pack or type.
        """
        from studio.testing import check_pack

        whole = [name for name in wanted if "." not in name] or ([] if wanted else [p.id for p in self.catalog.packs()])
        types = [self.catalog.facts(name) for name in wanted if "." in name]
        for pack in whole:
            for result in await check_pack(pack, self.catalog, engine_runner=self._run_example):
                yield result
        for facts in types:
            for result in await check_pack(
                facts.pack, self.catalog, types=[facts.type], engine_runner=self._run_example
            ):
                yield result

    async def _run_example(self, document: dict[str, Any], *, folder: Path) -> ExecutionResult:
        """Run a workflow document in a Studio of its own below ``folder``."""
        from studio.services.scratch import run_document

        settings = replace(self.settings, data=folder / ".studio", db=None)
        async with Studio(settings) as studio:
            studio.catalog = self.catalog
            await studio.open()
            return await run_document(studio.engine, studio.driver, studio.catalog, document, folder)

    async def present(self, value: Any) -> Any:
        """A value as plain JSON, without secrets of the vault."""
        from studio.services.values import present

        return (await self.mask()).plain(await present(value))

    async def mask(self) -> Hidden:
        """What is not shown of executions: secrets of the vault; after ``open``."""
        return await self.host.lookup.hiding.of(DEFAULT_WORKSPACE)

    async def export(self, execution: str) -> dict[str, Any]:
        """Everything known about an execution as plain JSON, without secrets of the vault; after ``open``.

        Raises:
            NotFound: There is none.
        """
        mask = await self.mask()
        found = await self.executions.export(execution)
        found["accepted"]["vars"] = mask.variables(found["accepted"].get("vars") or {})
        return mask.plain(found)

    async def told(self, result: ExecutionResult) -> ExecutionResult:
        """A result without secrets of the vault in its error and in why it waits; its output is left as it is."""
        from studio.services.executing.masking import hidden_in

        mask = await self.mask()
        result.error = hidden_in(mask, result.error)
        result.reason_args = [mask.text(one) for one in result.reason_args]
        return result
