"""Look at executions: lists, one with its history, everything about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from studio.contracts.blobs import BlobStore
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionFilter, ExecutionRow
from studio.domain.errors import NotFound, UserError
from studio.domain.ids import DEFAULT_WORKSPACE, first_id
from studio.domain.status import ExecutionStatus
from studio.services._moments import read_moment

if TYPE_CHECKING:
    from studio.engine import ExecutionResult, History

LAST = "last"
_PAGE = 500
_UNFINISHED = tuple(status for status in ExecutionStatus if not status.terminal)


class Executions:
    """Reads executions of one workspace, from any process."""

    def __init__(self, store: Store, blobs: BlobStore, workspace: str = DEFAULT_WORKSPACE) -> None:
        self._store = store
        self._blobs = blobs
        self._workspace = workspace

    async def list(
        self,
        *,
        status: Sequence[str] = (),
        workflow: str | None = None,
        tag: str | None = None,
        before: str | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int = 50,
    ) -> list[ExecutionRow]:
        """Executions, newest first, fitting all that is given; ``before`` is the last id of the page before.

        ``since`` and ``until`` are moments as a person writes them (see ``read_moment``), and go by when an execution
        was made; the workflow that an error starts counts with the execution that failed, beside which it is listed.

        Raises:
            UserError: There is no such status, or a moment cannot be read.
        """
        now = await self._store.now() if since or until else 0
        first = first_id(-(-read_moment(since, "--since", now) // 1000)) if since is not None else None
        ends = first_id(-(-read_moment(until, "--until", now) // 1000)) if until is not None else None
        before = min((one for one in (before, ends) if one is not None), default=None)
        wanted = tuple(_status(name) for name in status)
        return await self._store.executions(
            ExecutionFilter(
                workspace=self._workspace, status=wanted or None, workflow_name=workflow, tag=tag, before=before,
                from_id=first, limit=limit,
            )
        )  # fmt: skip

    async def find(self, name: str) -> ExecutionRow:
        """An execution by its id, by the beginning of its id, or the newest one for ``last``.

        Raises:
            NotFound: There is none.
            UserError: Several begin like that.
        """
        if name == LAST:
            found = await self._store.executions(ExecutionFilter(workspace=self._workspace, limit=1))
        else:
            exact = await self._store.execution(name, self._workspace)
            found = [exact] if exact else await self._beginning(name)
        if not found:
            raise NotFound("execution.not_found", "There is no execution {id}.", id=name)
        if len(found) > 1:
            raise UserError("execution.ambiguous", "Several executions begin with {id}; give more of it.", id=name)
        return found[0]

    async def _beginning(self, prefix: str) -> list[ExecutionRow]:
        if len(prefix) < 4:
            return []
        # Ids sort by time: those that begin with the prefix stand right before its successor.
        page = await self._store.executions(
            ExecutionFilter(workspace=self._workspace, before=prefix + "~", limit=_PAGE)
        )
        return [row for row in page if row.id.startswith(prefix)]

    async def held(self) -> list[ExecutionRow]:
        """Every unfinished execution that a restore holds until a person releases it."""
        found: list[ExecutionRow] = []
        before: str | None = None
        while True:
            page = await self._store.executions(
                ExecutionFilter(workspace=self._workspace, status=_UNFINISHED, before=before, limit=_PAGE)
            )
            found += [row for row in page if row.held]
            if len(page) < _PAGE:
                return found
            before = page[-1].id

    async def history(self, name: str) -> History:
        """An execution with everything its journal holds."""
        return await self._history((await self.find(name)).id)

    async def result(self, execution_id: str) -> ExecutionResult:
        """Where an execution stands, by what is committed."""
        return (await self._history(execution_id)).result

    async def _history(self, execution_id: str) -> History:
        from studio.engine import read_history  # imports the whole engine, which lists do not need

        return await read_history(self._store, self._blobs, execution_id, self._workspace)

    async def export(self, name: str) -> dict[str, Any]:
        """Everything known about an execution as plain JSON: facts, input, events, outputs, errors."""
        from studio.services.exporting import exported  # imports the whole engine, which lists do not need

        return await exported(await self.history(name))


def _status(name: str) -> ExecutionStatus:
    try:
        return ExecutionStatus(name)
    except ValueError as error:
        known = ", ".join(ExecutionStatus)
        raise UserError(
            "cli.status", "There is no status {name}; there are {known}.", name=name, known=known
        ) from error
