"""The parts of a test run, made of the real ones. Each is imported when a node first needs it."""

from __future__ import annotations

import atexit
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from studio.contracts import Apart, Dialer, HostFiles, HttpClient


class NodeTestParts:
    """What ``studio.testing`` runs nodes with. Implements its ``Parts``."""

    def evaluate(self, value: Any, scope: Mapping[str, Any]) -> Any:
        """See ``studio.testing.Parts``."""
        from studio.expressions import compile_value

        compiled = compile_value(value)
        return value if compiled is None else compiled.evaluate(scope)

    def per_item(self, value: Any, shape: str, scope: Mapping[str, Any]) -> Any:
        """See ``studio.testing.Parts``."""
        from studio.engine.per_item import bind_per_item, compile_per_item

        return bind_per_item(compile_per_item(value, shape), scope)

    def http(self, allow: Sequence[str], credentials: Any) -> HttpClient:
        """See ``studio.testing.Parts``."""
        from studio.net import EgressClient, EgressPolicy

        return EgressClient(EgressPolicy(allow), credentials=credentials)

    def dial(self, allow: Sequence[str]) -> Dialer:
        """See ``studio.testing.Parts``."""
        from studio.net import EgressDialer, EgressPolicy

        return EgressDialer(EgressPolicy(allow))

    def files(self, folder: Path) -> HostFiles:
        """See ``studio.testing.Parts``."""
        from studio.sandbox.host_files import AllowedFiles

        return AllowedFiles(folder)

    async def data_tables(self, folder: Path) -> Any:
        """See ``studio.testing.Parts``."""
        from studio.bootstrap._test_tables import open_tables

        return await open_tables(folder)

    def apart(self) -> Apart:
        """See ``studio.testing.Parts``."""
        return _workers()


@cache
def _workers() -> Apart:
    """One for all test runs of this process: starting anew for each would take longer than the tests."""
    from studio.sandbox.apart import Workers

    workers = Workers()
    atexit.register(workers.end)
    return workers
