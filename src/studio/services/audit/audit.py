"""All services of the audit log, each made when it is first asked for."""

from __future__ import annotations

import asyncio
from functools import cached_property

from studio.contracts.records import Records
from studio.services._clock import Clock
from studio.services.audit.exporting import Exporter
from studio.services.audit.looking import AuditReader
from studio.services.audit.model import StreamShelf
from studio.services.audit.refusals import Refusals
from studio.services.audit.streaming import AllowedHosts, Streaming
from studio.services.audit.verifying import Verifier
from studio.services.operation.leases import Leases
from studio.services.people.model import People


class Audit:
    """The audit log of workspaces and of the instance."""

    def __init__(self, records: Records, people: People, clock: Clock, leases: Leases, allowed: AllowedHosts) -> None:
        self._records = records
        self._people = people
        self._clock = clock
        self._leases = leases
        self._allowed = allowed
        self._sending: asyncio.Task[None] | None = None

    @cached_property
    def reader(self) -> AuditReader:
        """Looks at it."""
        return AuditReader(self._records)

    @cached_property
    def exporter(self) -> Exporter:
        """Gives it out."""
        return Exporter(self._records, self.reader)

    @cached_property
    def refusals(self) -> Refusals:
        """Tells it of those who were kept from something."""
        return Refusals(self._records)

    @cached_property
    def verifier(self) -> Verifier:
        """Checks it."""
        return Verifier(self._records, self._people)

    @cached_property
    def streaming(self) -> Streaming:
        """Sends it elsewhere."""
        return Streaming(StreamShelf(self._records), self.reader, self._leases, self._clock, self._allowed)

    def begin(self) -> None:
        """Go on sending in the background."""
        self._sending = asyncio.create_task(self.streaming.run(), name="audit-streams")

    async def end(self) -> None:
        """Stop sending; what was not confirmed is sent again by whoever goes on."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
