"""Finding an execution for somebody, as far as they may see the workflow it runs."""

from __future__ import annotations

import msgspec

from studio.contracts.store import Store
from studio.contracts.stored import ExecutionFilter, ExecutionRow
from studio.domain.access import Actor, Permission
from studio.domain.errors import AccessRefused, NotFound
from studio.services.policy import require, require_workflow
from studio.services.workflows.finding import Finder
from studio.services.workflows.naming import RESERVED_TAG

_SCAN = 200
_MOST_SCANNED = 20
"""So many times a list is read on before it gives what it has found, with a cursor for the rest."""


class ExecutionFinder:
    """Finds executions of the actor's workspace."""

    def __init__(self, store: Store, workflows: Finder) -> None:
        self._store = store
        self._workflows = workflows

    async def find(
        self, actor: Actor, execution_id: str, permission: Permission = Permission.EXECUTION_VIEW
    ) -> ExecutionRow:
        """An execution for which the actor has a permission.

        Raises:
            NotFound: There is none, or the actor may not even see it.
            AccessRefused: They may see it, but not do that.
        """
        row = await self._store.execution(execution_id, actor.workspace)
        if row is None or not await self.allows(actor, Permission.EXECUTION_VIEW, row):
            raise NotFound("execution.not_found", "There is no execution {id}.", id=execution_id)
        if not await self.allows(actor, permission, row):
            raise AccessRefused(
                "access.missing_permission", "This needs the permission {permission}.", permission=permission
            )
        return row

    async def allows(
        self, actor: Actor, permission: Permission, row: ExecutionRow, known: dict[str, bool] | None = None
    ) -> bool:
        """Whether the actor has a permission for an execution, by role or by the folder of its workflow.

        Args:
            actor: Who asks.
            permission: What they want to do.
            row: The execution.
            known: What was found out for other executions of the same list, by workflow.
        """
        if actor.may(permission) and actor.workflows is None:
            return True
        workflow = await self.workflow_of(row)
        if workflow is None:
            # Of an execution that belongs to no workflow of the workspace only the whole workspace's roles decide.
            return actor.may(permission) and actor.workflows is None
        known = {} if known is None else known
        if workflow not in known:
            known[workflow] = await self._allowed(actor, permission, workflow)
        return known[workflow]

    async def _allowed(self, actor: Actor, permission: Permission, workflow: str) -> bool:
        try:
            require_workflow(actor, workflow)
        except AccessRefused:
            return False
        head = await self._workflows.any(actor.workspace, workflow)
        if head is None:
            return actor.may(permission)
        return await self._workflows.allows(actor, permission, head.value)

    async def workflow_of(self, row: ExecutionRow) -> str | None:
        """Id of the workflow that an execution belongs to; one that was called belongs to its caller's."""
        own = tagged(row)
        if own is not None or row.root_id in (None, row.id):
            return own
        root = await self._store.execution(row.root_id or "", row.workspace)
        return None if root is None else tagged(root)

    async def page(self, actor: Actor, wanted: ExecutionFilter, limit: int) -> tuple[list[ExecutionRow], str | None]:
        """Executions that the actor may see, newest first, and the id after which the next page begins.

        Raises:
            AccessRefused: They may see executions of no workflow.
        """
        require(actor, Permission.EXECUTION_VIEW)
        if actor.may(Permission.EXECUTION_VIEW) and actor.workflows is None:
            rows = await self._store.executions(_at(wanted, wanted.before, limit + 1))
            return rows[:limit], rows[limit - 1].id if len(rows) > limit else None
        found: list[ExecutionRow] = []
        known: dict[str, bool] = {}
        before = wanted.before
        for _ in range(_MOST_SCANNED):
            rows = await self._store.executions(_at(wanted, before, _SCAN))
            for row in rows:
                if await self.allows(actor, Permission.EXECUTION_VIEW, row, known):
                    if len(found) == limit:
                        return found, found[-1].id
                    found.append(row)
                before = row.id
            if len(rows) < _SCAN:
                return found, None
        return found, before


def _at(wanted: ExecutionFilter, before: str | None, limit: int) -> ExecutionFilter:
    return msgspec.structs.replace(wanted, before=before, limit=limit)


def tagged(row: ExecutionRow) -> str | None:
    """Id of the workflow that an execution is one of, None for one that was called, say."""
    return next((tag.removeprefix(RESERVED_TAG) for tag in row.tags if tag.startswith(RESERVED_TAG)), None)
