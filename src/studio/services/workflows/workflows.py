"""All services of workflows, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from studio.catalog import Catalog
from studio.contracts.records import Records
from studio.contracts.store import Store
from studio.engine import Engine
from studio.services._clock import Clock
from studio.services.notices.handing import Handing
from studio.services.people.model import People
from studio.services.workflows.changing import Changing
from studio.services.workflows.checking import Checker
from studio.services.workflows.drafts import Drafts
from studio.services.workflows.ending import Endings
from studio.services.workflows.files import Files
from studio.services.workflows.finding import Finder
from studio.services.workflows.folders import Folders
from studio.services.workflows.listing import Listing
from studio.services.workflows.making import Making
from studio.services.workflows.model import Shelf
from studio.services.workflows.owning import Owning
from studio.services.workflows.publishing import MayUse, Publishing
from studio.services.workflows.purging import Purging
from studio.services.workflows.resolving import Resolver
from studio.services.workflows.samples import Samples
from studio.services.workflows.starting import AllowedHosts, MayRun, Starting


class Workflows:
    """Everything about the workflows of workspaces.

    Args:
        may_use: Who may use which credentials, data tables and variables.
        may_run: Whether the first of some accounts that still belongs to a workspace may use them.
        allowed_hosts: Which private hosts the nodes of a workspace may reach.
    """

    def __init__(
        self,
        *,
        records: Records,
        store: Store,
        engine: Engine,
        catalog: Catalog,
        clock: Clock,
        data: Path,
        people: People,
        may_use: MayUse,
        may_run: MayRun,
        allowed_hosts: AllowedHosts,
    ) -> None:
        self.shelf = Shelf(records)
        self._store = store
        self._engine = engine
        self._catalog = catalog
        self._clock = clock
        self._data = data
        self._people = people
        self._may_use = may_use
        self._may_run = may_run
        self.allowed_hosts = allowed_hosts
        """Which private hosts the nodes of a workspace may reach."""

    @cached_property
    def folders(self) -> Folders:
        """Folders."""
        return Folders(self.shelf)

    @cached_property
    def finder(self) -> Finder:
        """Finds workflows by id or key."""
        return Finder(self.shelf, self.folders)

    @cached_property
    def drafts(self) -> Drafts:
        """Drafts."""
        return Drafts(self.shelf, self.finder, self._clock)

    @cached_property
    def listing(self) -> Listing:
        """Lists workflows."""
        return Listing(self.shelf, self.folders)

    @cached_property
    def making(self) -> Making:
        """Makes workflows."""
        return Making(self.shelf, self.folders, self.finder, self.drafts)

    @cached_property
    def resolver(self) -> Resolver:
        """Finds what workflows call."""
        return Resolver(self._store, self._catalog, self.finder)

    @cached_property
    def checker(self) -> Checker:
        """Checks documents and drafts."""
        return Checker(self._catalog, self.drafts, self.finder, self.resolver)

    @cached_property
    def changing(self) -> Changing:
        """Changes what stands around a document."""
        return Changing(self.shelf, self.folders, self.finder, self.drafts, self.making, self._clock, self.endings)

    @cached_property
    def owning(self) -> Owning:
        """Who owns workflows."""
        return Owning(self.shelf, self.finder, self._people, Handing(self.shelf.records, self._clock).told)

    @cached_property
    def endings(self) -> Endings:
        """What ends with a workflow."""
        return Endings(self.shelf.records, Purging(self.shelf, self._store, self._clock))

    @cached_property
    def files(self) -> Files:
        """Imports and exports."""
        return Files(self.shelf, self._catalog, self.folders, self.finder, self.drafts, self.making, self.checker)

    @cached_property
    def publishing(self) -> Publishing:
        """Versions."""
        return Publishing(self.shelf, self._store, self.finder, self.drafts, self.checker, self._may_use, self._clock)

    @cached_property
    def starting(self) -> Starting:
        """Makes start requests."""
        return Starting(
            self.shelf, self._engine, self.finder, self.drafts, self.checker, self.resolver,
            may_use=self._may_use, may_run=self._may_run, allowed_hosts=self.allowed_hosts, data=self._data,
        )  # fmt: skip

    @cached_property
    def samples(self) -> Samples:
        """The samples of new workspaces."""
        return Samples(
            self.shelf, self._store, self._catalog, self.folders, self.making, self.starting, self._people, self._clock
        )
