"""What an engine is given of the host: networks, files, credentials, translations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from studio.contracts.apart import Apart
from studio.contracts.data_tables import DataTables
from studio.contracts.files import HostFiles
from studio.contracts.http import Dialer, HttpClient
from studio.engine.api import Charge, Grants


class HostServices(Protocol):
    """Made by the place that wires things together; every method applies the policies of the host."""

    def http_for(self, grants: Grants, workspace: str, charge: Charge | None = None) -> HttpClient:
        """The HTTP client for an execution with these grants; credentials are used with the right of ``charge``."""
        ...

    def dial_for(self, grants: Grants, workspace: str) -> Dialer:
        """Checked addresses for an execution with these grants."""
        ...

    def files_for(self, grants: Grants) -> HostFiles:
        """The host's files that these grants reach."""
        ...

    def data_tables_for(self, workspace: str, execution_id: str, charge: Charge | None = None) -> DataTables:
        """The data tables of a workspace, for one of its executions, with the right of ``charge``."""
        ...

    @property
    def apart(self) -> Apart:
        """Processes that can be killed."""
        ...

    async def credential(self, workspace: str, alias: str, charge: Charge | None = None) -> Mapping[str, Any]:
        """The fields of a credential, with the right of ``charge``.

        Raises:
            UserError: There is none of that name.
            AccessRefused: Whoever answers for the execution may not use it, or not any more.
        """
        ...

    def translate(self, node_type: str, key: str, lang: str, arguments: Mapping[str, Any]) -> str:
        """A text of a pack's strings."""
        ...
