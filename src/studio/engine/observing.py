"""Who is told what an engine does: metrics, usage, traces. Where nobody asks to be told, it costs nothing."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from studio.contracts.stored import NewExecution
from studio.domain.status import ExecutionStatus

if TYPE_CHECKING:
    from studio.engine.records import Record
    from studio.engine.run import Run

TRACE: ContextVar[str | None] = ContextVar("studio_trace", default=None)
"""The W3C ``traceparent`` of what starts executions at present; it is kept with them."""


class Observer:
    """Told of what is committed, on the engine's loop. It must be quick and must not raise."""

    def accepted(self, new: NewExecution, seconds: float) -> None:
        """An execution is stored durably; committing took so long."""

    def committed(self, run: Run, records: list[Record]) -> None:
        """Records of an execution are committed."""

    def ended(self, execution_id: str, workspace: str, status: ExecutionStatus) -> None:
        """An execution has ended here."""
