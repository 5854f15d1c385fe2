"""What the store asks of a database driver, and the kinds of write operation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from studio.contracts.lease import Lease, LeaseTerms
from studio.storage._lease import Beat
from studio.storage._statement import Plan

_I = TypeVar("_I")
_O = TypeVar("_O")


class Isolate(Exception):
    """A batch holds an operation that cannot succeed; the driver runs them one by one to find it."""


class Again(Exception):
    """Another process got in between; the driver rolls back and runs the batch once more."""


class Kind(Generic[_I, _O]):
    """A kind of write operation: how a batch of them is carried out.

    Args:
        name: For messages.
        plan: Carries out all items, one outcome each, in order. It raises Isolate where it cannot tell which item is
            to blame; on a single item it raises the item's error.
        rank: Order within a batch; lower first.
        alone: On Postgres it has a transaction of its own, because it takes locks that others may wait for, or because
            nobody waits for it.
        tells: Other processes are told that something changed.
    """

    def __init__(
        self,
        name: str,
        plan: Callable[[Sequence[_I]], Plan[Sequence[_O]]],
        *,
        rank: int = 5,
        alone: bool = False,
        tells: bool = False,
    ) -> None:
        self.name = name
        self.plan = plan
        self.rank = rank
        self.alone = alone
        self.tells = tells


class Operation:
    """One write on its way: its kind, its item, whether it must survive a power cut, and who waits for it."""

    __slots__ = ("future", "item", "kind", "power")

    def __init__(self, kind: Kind[Any, Any], item: Any, power: bool, future: asyncio.Future[Any]) -> None:
        self.kind = kind
        self.item = item
        self.power = power
        self.future = future


class Driver(Protocol):
    """A database that runs plans."""

    name: str

    def write(self, kind: Kind[_I, _O], item: _I, *, power: bool) -> asyncio.Future[_O]:
        """Queue a write; the future is done once it is committed (flushed to disk with ``power``) or refused."""
        ...

    async def read(self, plan: Plan[_O]) -> _O:
        """Run a plan that only reads what is committed, each request by itself."""
        ...

    async def changes(self) -> int:
        """A number that differs when another process may have written."""
        ...

    async def facts(self) -> dict[str, Any]:
        """Versions and sizes of the database."""
        ...

    async def shrink(self) -> None:
        """Give freed space back to the file system."""
        ...

    def keep(
        self, terms: LeaseTerms, beat: Beat, lapsed: Callable[[], None], failed: Callable[[BaseException], None]
    ) -> Lease:
        """Keep up a lease that was registered just now; ``beat`` renews it once."""
        ...

    async def close(self) -> None:
        """Carry out what is queued, then close."""
        ...


Result: TypeAlias = "tuple[asyncio.Future[Any], Any]"
"""Who waits, and what came of it; an exception is raised where it is awaited."""


def deliver(results: Sequence[Result]) -> None:
    """Tell everybody who still waits. On the event loop's thread."""
    for future, outcome in results:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def by_rank(batch: Sequence[Operation]) -> list[tuple[Kind[Any, Any], list[Operation]]]:
    """A batch sorted into its kinds, in the order in which they are carried out."""
    groups: dict[Kind[Any, Any], list[Operation]] = {}
    for operation in batch:
        groups.setdefault(operation.kind, []).append(operation)
    return sorted(groups.items(), key=lambda group: group[0].rank)
