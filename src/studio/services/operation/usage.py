"""What each workspace uses: counted in memory, added to a record per day every few seconds.

So a request or an execution costs no write of its own. A process that is killed loses what it has counted since the
last time, a few seconds; one that stops writes it down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from studio.contracts.stored import NewExecution
from studio.domain.errors import RecordChanged
from studio.domain.status import ExecutionStatus
from studio.engine import Observer
from studio.engine import records as r
from studio.services.operation.model import Shelf, Used

if TYPE_CHECKING:
    from studio.engine.records import Record
    from studio.engine.run import Run

_NAMES = {
    ExecutionStatus.SUCCEEDED: "succeeded",
    ExecutionStatus.FAILED: "failed",
    ExecutionStatus.DEAD: "failed",
    ExecutionStatus.CANCELLED: "cancelled",
}
_TRIES = 8


def day_of(at: int) -> str:
    """The day (UTC) of a time in microseconds."""
    return datetime.fromtimestamp(at / 1e6, UTC).date().isoformat()


def added(one: Used, other: Used) -> Used:
    """Both together; storage is no sum, the later measurement stands."""
    fields = {name: getattr(one, name) + getattr(other, name) for name in Used.__struct_fields__}
    return Used(**{**fields, "cost": round(fields["cost"], 9), "storage": other.storage or one.storage})


class Usage(Observer):
    """Counts, and knows what has been counted before.

    Args:
        shelf: Where the days are kept.
        clock: The database's, microseconds.
    """

    def __init__(self, shelf: Shelf, clock: Callable[[], int]) -> None:
        self._shelf = shelf
        self._clock = clock
        self._counted: dict[tuple[str, str], dict[str, Any]] = {}
        self._days: dict[tuple[str, str], Used] = {}
        self._months: dict[tuple[str, str], Used] = {}

    # Counting

    def accepted(self, new: NewExecution, seconds: float) -> None:
        """An execution that nobody called counts."""
        if not new.depth:
            self.count(new.workspace, "executions")

    def committed(self, run: Run, records: list[Record]) -> None:
        """What nodes used up; what a called execution used is counted there."""
        for record in records:
            if record[0] == r.USAGE and record[6] is None:
                self.count(run.workspace, "tokens", record[4])
                self.count(run.workspace, "cost", record[5])

    def ended(self, execution_id: str, workspace: str, status: ExecutionStatus) -> None:
        """How executions end."""
        self.count(workspace, _NAMES[status])

    def count(self, workspace: str, what: str, much: float = 1) -> None:
        """Count something of today."""
        counted = self._counted.setdefault((workspace, day_of(self._clock())), {})
        counted[what] = counted.get(what, 0) + much

    def measured(self, sizes: Mapping[str, int]) -> None:
        """What each workspace stores, as measured just now."""
        for workspace, size in sizes.items():
            self._counted.setdefault((workspace, day_of(self._clock())), {})["storage"] = size

    # Knowing

    def today(self, workspace: str) -> Used:
        """What is known of today: what was written when this was last asked of the database, and what is counted."""
        key = (workspace, day_of(self._clock()))
        return added(self._days.get(key, Used()), Used(**self._counted.get(key, {})))

    def month(self, workspace: str) -> Used:
        """What is known of this month."""
        return added(self._months.get((workspace, day_of(self._clock())[:7]), Used()), self.today(workspace))

    async def load(self, workspace: str) -> None:
        """Ask the database again, for what other processes have counted."""
        day = day_of(self._clock())
        days = await self.days(workspace, f"{day[:7]}-00", 31)
        self._days = {key: one for key, one in self._days.items() if key[1] == day}
        self._months = {key: one for key, one in self._months.items() if key[1] == day[:7]}
        self._days[workspace, day] = days.pop(day, Used())
        before = Used()
        for used in days.values():
            before = added(before, used)
        self._months[workspace, day[:7]] = before

    async def days(self, workspace: str, since: str, most: int) -> dict[str, Used]:
        """Days from ``since`` on as they are written, oldest first."""
        page = await self._shelf.used.page(workspace, after=("", since), limit=most)
        return {one.id: one.value for one in page.items}

    # Writing

    async def write(self) -> None:
        """Add what is counted to the days' records."""
        counted, self._counted = self._counted, {}
        for (workspace, day), numbers in counted.items():
            try:
                await self._add(workspace, day, Used(**numbers))
            except BaseException:
                self._put_back(workspace, day, numbers)
                raise

    async def _add(self, workspace: str, day: str, more: Used) -> None:
        for attempt in range(_TRIES):
            known = await self._shelf.used.get(workspace, day)
            total = added(known.value if known is not None else Used(), more)
            put = self._shelf.used.put(workspace, day, total, expected=known.revision if known is not None else 0)
            try:
                await self._shelf.records.commit([put])
            except RecordChanged:
                if attempt == _TRIES - 1:
                    raise
                continue
            self._days[workspace, day] = total
            return

    def _put_back(self, workspace: str, day: str, numbers: dict[str, Any]) -> None:
        again = added(Used(**numbers), Used(**self._counted.get((workspace, day), {})))
        self._counted[workspace, day] = msgspec.structs.asdict(again)
