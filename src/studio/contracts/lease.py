"""Leases: how long a worker's executions stay its own without a sign of life."""

from __future__ import annotations

from typing import Protocol

import msgspec


class LeaseTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Whose lease it is, and its bounds in seconds.

    Args:
        worker: Who owns executions under it.
        home: The worker's data folder, by its id.
        lease: How long it is good for after each renewal, by the database's clock.
        hang: How long the worker's event loop may stand still before nobody renews any more.
    """

    worker: str
    home: str
    lease: float
    hang: float


class Lease(Protocol):
    """A lease that is kept up in the background. Giving it up leaves the worker's executions to whoever comes."""

    def abandon(self) -> None:
        """Renew it no more, at once: what the worker owns is for others when it has run out."""
        ...

    async def close(self) -> None:
        """Renew it no more; when this returns nothing is on its way to the database. Releases nothing."""
        ...
