"""All services of API keys, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from studio.contracts.records import Records
from studio.services._clock import Clock
from studio.services.executing.masking import HiddenOf
from studio.services.executing.starting import ExecutionStarting
from studio.services.gateway.buckets import Buckets
from studio.services.gateway.counting import Counting
from studio.services.gateway.entering import KeyEntry
from studio.services.gateway.keys import Keys
from studio.services.gateway.model import KeyShelf
from studio.services.gateway.repeating import Repeats
from studio.services.gateway.running import Running
from studio.services.people.model import People
from studio.services.workflows.finding import Finder


class Gateway:
    """API keys: who has which, what they may do, what they have done."""

    def __init__(
        self,
        records: Records,
        people: People,
        workflows: Finder,
        clock: Clock,
        starting: Callable[[], ExecutionStarting],
        hidden: HiddenOf,
    ) -> None:
        self.shelf = KeyShelf(records)
        self._records = records
        self._starting = starting
        self._hidden = hidden
        self._people = people
        self._workflows = workflows
        self._clock = clock

    @cached_property
    def counting(self) -> Counting:
        """Counts what keys use."""
        return Counting(self.shelf, self._clock, Buckets())

    @cached_property
    def entry(self) -> KeyEntry:
        """Lets requests with keys in."""
        return KeyEntry(self.shelf, self._people, self.counting, self._clock)

    @cached_property
    def keys(self) -> Keys:
        """Makes and revokes keys."""
        return Keys(self.shelf, self._people, self._workflows, self._clock)

    @cached_property
    def repeats(self) -> Repeats:
        """Remembers answers by idempotency keys."""
        return Repeats(self._records, self._clock)

    @cached_property
    def running(self) -> Running:
        """Runs workflows for callers outside."""
        return Running(self._starting(), self._workflows, self.shelf, self._records, self._hidden)
