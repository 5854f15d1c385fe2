"""All services of the vault, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property

import msgspec

from studio.contracts.store import Store
from studio.engine import Engine, Grants
from studio.services._clock import Clock
from studio.services.people.model import People
from studio.services.vault.access import Access
from studio.services.vault.aliases import Aliases
from studio.services.vault.clients import Clients
from studio.services.vault.connecting import Connecting
from studio.services.vault.credentials import Credentials
from studio.services.vault.expiring import Expiring
from studio.services.vault.lookup import Lookup
from studio.services.vault.stores import SecretSender
from studio.services.vault.stores.setups import StoreSetups
from studio.services.vault.testing import Testing
from studio.services.vault.usage import Usage
from studio.services.vault.using import Using
from studio.services.vault.variables import Variables
from studio.services.workflows.workflows import Workflows


class VaultServices:
    """Everything about credentials and variables.

    Args:
        lookup: What the host looks credentials up with.
        sender: Sends the vault's own requests: to providers and secret stores.
        workflows: Those who name credentials.
        allowed_hosts: Which private hosts a workspace may reach.
        address: What people type to reach this server.
    """

    def __init__(
        self,
        *,
        lookup: Lookup,
        sender: SecretSender,
        store: Store,
        engine: Engine,
        people: People,
        clock: Clock,
        workflows: Callable[[], Workflows],
        allowed_hosts: Callable[[str], Awaitable[Sequence[str]]],
        address: Callable[[], str],
    ) -> None:
        self.lookup = lookup
        self._vault = lookup.vault
        self._sender = sender
        self._store = store
        self._engine = engine
        self._people = people
        self._clock = clock
        self._workflows = workflows
        self._allowed_hosts = allowed_hosts
        self._address = address
        self.forms = lookup.forms
        self.access = Access(self._vault, people)

    @cached_property
    def credentials(self) -> Credentials:
        """Making and changing credentials."""
        return Credentials(self._vault, self._people, self.forms, self.access, self.lookup.stores, self.lookup.hiding)

    @cached_property
    def connecting(self) -> Connecting:
        """Signing in at providers."""
        return Connecting(
            self._vault, self.access, self.lookup, self._sender, self._people, self._clock, self._address
        )  # fmt: skip

    @cached_property
    def usage(self) -> Usage:
        """Where credentials are used, and deleting them."""
        return Usage(self._vault, self.access, self.credentials, self.connecting, self._workflows, self._people)

    @cached_property
    def expiring(self) -> Expiring:
        """What ends soon."""
        return Expiring(self._vault, self.access, self._clock)

    @cached_property
    def testing(self) -> Testing:
        """Test calls."""
        host = self._engine.host

        return Testing(
            self.access, self.forms, self.lookup,
            lambda allowed, workspace: host.http_for(Grants(allow_hosts=list(allowed)), workspace),
            self._allowed_hosts, self._clock,
        )  # fmt: skip

    @cached_property
    def using(self) -> Using:
        """Who may use what a workflow names."""
        return Using(self.lookup, self._people, self.access)

    @cached_property
    def aliases(self) -> Aliases:
        """Aliases per environment."""
        return Aliases(self._vault, self.access)

    @cached_property
    def clients(self) -> Clients:
        """Clients registered with providers."""
        return Clients(self._vault, self.forms)

    @cached_property
    def stores(self) -> StoreSetups:
        """External secret stores."""
        return StoreSetups(self._vault, self._people, self.lookup.stores)

    @cached_property
    def variables(self) -> Variables:
        """Variables."""
        return Variables(
            self._vault, self._store, msgspec.msgpack.encode, self._engine.forget_variables, self.lookup.hiding
        )  # fmt: skip
