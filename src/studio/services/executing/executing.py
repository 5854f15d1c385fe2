"""All services of executions, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property

from studio.contracts.blobs import BlobStore
from studio.contracts.records import Records
from studio.engine import Engine
from studio.services.executing.acting import Acting
from studio.services.executing.bulk import Bulk
from studio.services.executing.debugging import Debugging
from studio.services.executing.feeding import Feeding
from studio.services.executing.finding import ExecutionFinder
from studio.services.executing.masking import HiddenOf, Masking
from studio.services.executing.reading import Reading
from studio.services.executing.rerunning import Rerunning
from studio.services.executing.starting import Admit, ExecutionStarting, PinnedOf
from studio.services.executing.watching import Watching
from studio.services.workflows.workflows import Workflows

MOST_ACCEPTED_AT_ONCE = 1024
"""So many starts may be on their way to the disk at once."""


class Executing:
    """Everything about the executions of workspaces.

    Args:
        hidden: The vault's secrets of a workspace.
        pinned: What is pinned beside a draft.
        admit: Asked before an execution is accepted.
    """

    def __init__(
        self,
        engine: Engine,
        blobs: BlobStore,
        records: Records,
        workflows: Workflows,
        *,
        hidden: HiddenOf,
        pinned: PinnedOf,
        admit: Admit | None = None,
    ) -> None:
        self._admit = admit
        self._hidden = hidden
        self._pinned = pinned
        self._engine = engine
        self._blobs = blobs
        self._records = records
        self._workflows = workflows

    @cached_property
    def finder(self) -> ExecutionFinder:
        """Finds executions."""
        return ExecutionFinder(self._engine.store, self._workflows.finder)

    @cached_property
    def reading(self) -> Reading:
        """Shows executions."""
        return Reading(self._engine.store, self._blobs, self._records, self.finder, self.masking)

    @cached_property
    def masking(self) -> Masking:
        """Knows what is not shown."""
        return Masking(self._engine.store, self._blobs, self._engine, self._hidden)

    @cached_property
    def watching(self) -> Watching:
        """Lets people watch executions."""
        return Watching(self._engine.store, self._engine, self.finder, self.masking)

    @cached_property
    def feeding(self) -> Feeding:
        """Tells people what has changed in their workspace."""
        return Feeding(self._engine.store, self._records, self.finder, self._workflows.finder)

    @cached_property
    def starting(self) -> ExecutionStarting:
        """Starts executions."""
        return ExecutionStarting(
            self._engine, self._records, self._workflows.starting, most_queued=MOST_ACCEPTED_AT_ONCE,
            pinned=self._pinned, admit=self._admit,
        )  # fmt: skip

    @cached_property
    def acting(self) -> Acting:
        """Acts on executions."""
        return Acting(self._engine, self._blobs, self._records, self.finder, self._workflows.starting)

    @cached_property
    def debugging(self) -> Debugging:
        """Stops runs of drafts, and lets people look into them."""
        return Debugging(
            self._engine, self._blobs, self._records, self.finder, self._workflows.starting, self.masking
        )  # fmt: skip

    @cached_property
    def rerunning(self) -> Rerunning:
        """Runs executions again."""
        return Rerunning(self._engine, self._blobs, self._records, self.finder, self._workflows.starting, self.starting)

    @cached_property
    def bulk(self) -> Bulk:
        """Acts on many executions."""
        return Bulk(self._engine.store, self._records, self.finder, self.acting, self.rerunning)
