"""What nodes reach of this machine."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.domain.ids import DEFAULT_WORKSPACE

if TYPE_CHECKING:
    from studio.catalog import Catalog, PackFacts
    from studio.contracts.apart import Apart
    from studio.contracts.data_tables import DataTables
    from studio.contracts.files import HostFiles
    from studio.contracts.http import Dialer, HttpClient, HttpRequest, HttpResponse
    from studio.engine import Charge, Grants
    from studio.net import CircuitBreaker, EgressClient, EgressPolicy
    from studio.sandbox.apart import Workers
    from studio.sdk import CredentialType
    from studio.services.in_charge import InCharge
    from studio.services.tables.tables import TableStore
    from studio.services.vault.lookup import Lookup
    from studio.storage import Opened


class Host:
    """What nodes reach of this machine. Implements ``studio.engine.HostServices``."""

    def __init__(self, data: Path, opened: Opened, catalog: Catalog, allow_hosts: Sequence[str] = ()) -> None:
        from studio.bootstrap._credentials import Credentials
        from studio.net import CircuitBreaker

        self.secrets = SecretRequests(policy(allow_hosts))
        self.lookup = _lookup(opened, catalog, self.secrets)
        self._credentials = Credentials(opened, catalog, self.lookup, lambda: self.in_charge)
        self.lookup.outside = self._credentials.outside
        self.lookup.hiding.given = self._credentials.secrets
        self._data = data
        self._records = opened.store.records
        self._catalog = catalog
        self._breaker: CircuitBreaker = CircuitBreaker()
        self._clients: dict[tuple[str, ...], EgressClient] = {}
        self._workers: Workers | None = None

    def share(self, credentials: Sequence[str]) -> None:
        """Open credentials of the environment, by name, to everybody in the workspace."""
        self._credentials.shared = tuple(credentials)

    def http_for(self, grants: Grants, workspace: str, charge: Charge | None = None) -> HttpClient:
        """The HTTP client for an execution; one pool of connections per set of allowed hosts."""
        allowed = tuple(grants.allow_hosts)
        client = self._clients.get(allowed)
        if client is None:
            from studio.net import EgressClient

            client = self._clients[allowed] = EgressClient(
                policy(allowed),
                credentials=lambda workspace, alias: self._credentials.current(
                    workspace, alias, self._clients[allowed]
                ),
                refused=lambda workspace, alias, request: self._credentials.refused(
                    workspace, alias, request, self._clients[allowed]
                ),
                breaker=self._breaker,
            )
        if charge is not None:
            shared = client
            return client.for_workspace(
                workspace, lambda workspace, alias: self._credentials.current(workspace, alias, shared, charge)
            )
        return client if workspace == DEFAULT_WORKSPACE else client.for_workspace(workspace)

    def dial_for(self, grants: Grants, workspace: str) -> Dialer:
        """Checked addresses for an execution."""
        from studio.net import EgressDialer

        return EgressDialer(policy(grants.allow_hosts))

    def files_for(self, grants: Grants) -> HostFiles:
        """The files that an execution reaches; of Studio's own folder only what belongs to a workspace."""
        from studio.sandbox.host_files import AllowedFiles

        base = Path(grants.folder) if grants.folder else Path.cwd()
        inside = [base] if base.resolve().parent == self._data.resolve() / "files" else []
        return AllowedFiles(base, [Path(path) for path in grants.allow_paths], [self._data], inside)

    @cached_property
    def in_charge(self) -> InCharge:
        """Asked what executions may use."""
        from studio.services.in_charge import InCharge

        return InCharge(self._records)

    @cached_property
    def tables(self) -> TableStore:
        """Where data tables are."""
        from studio.services.tables.tables import TableStore

        return TableStore(self._records, lambda: time.time_ns() // 1000)

    def data_tables_for(self, workspace: str, execution_id: str, charge: Charge | None = None) -> DataTables:
        """The data tables of a workspace, for one of its executions."""
        from studio.services.tables.using import ExecutionTables

        ask = None if charge is None else partial(self.in_charge.permission, charge, workspace)
        return ExecutionTables(self.tables, workspace, execution_id, ask)

    @property
    def apart(self) -> Apart:
        """Processes that can be killed; none is started before it is needed."""
        if self._workers is None:
            from studio.sandbox.apart import Workers

            self._workers = Workers()
        return self._workers

    async def credential(self, workspace: str, alias: str, charge: Charge | None = None) -> Mapping[str, Any]:
        """The fields of a credential."""
        return (await self._credentials.get(workspace, alias, charge)).fields

    def translate(self, node_type: str, key: str, lang: str, arguments: Mapping[str, Any]) -> str:
        """A text of a pack's strings, in English where it is not translated; the key itself where there is none."""
        from studio.i18n import filled

        strings = self._catalog.strings(node_type.partition(".")[0])
        for spoken in (lang, "en"):
            entry = strings.text(key, spoken)
            if entry is not None:
                return filled(entry, arguments, spoken)
        return filled(key, arguments, "en")

    async def close(self) -> None:
        """Close the connections, and end the processes."""
        if self._workers is not None:
            await self._workers.close()
        await self.lookup.stores.close()
        await self.secrets.close()
        for client in self._clients.values():
            await client.aclose()


class SecretRequests:
    """Sends requests of the vault itself: to secret stores and providers, by the exceptions of the installation."""

    def __init__(self, egress: EgressPolicy) -> None:
        self._policy = egress
        self._client: EgressClient | None = None

    async def send_secret(self, request: HttpRequest, alias: str) -> HttpResponse:
        """Send a request that holds a secret."""
        if self._client is None:
            from studio.net import EgressClient

            self._client = EgressClient(self._policy)
        return await self._client.send_secret(request, alias)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()


def _lookup(opened: Opened, catalog: Catalog, secrets: SecretRequests) -> Lookup:
    from studio.services.vault.forms import Forms
    from studio.services.vault.lookup import Lookup
    from studio.services.vault.model import Vault
    from studio.services.vault.stores import Stores

    async def described(pack: PackFacts) -> Mapping[str, CredentialType]:
        from asyncio import to_thread  # a command that runs nothing starts without it

        return await to_thread(catalog.pack_credentials, pack)

    vault = Vault(opened.store.records)
    return Lookup(vault, Forms(catalog, described), Stores(vault, secrets), lambda: time.time_ns() // 1000)


def policy(allowed: Sequence[str]) -> EgressPolicy:
    """The egress policy with these exceptions."""
    from studio.net import EgressPolicy

    return EgressPolicy(allowed)
