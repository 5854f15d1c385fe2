"""Running a workflow for a caller outside, who waits for the result or asks later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.contracts.records import Records
from studio.domain.access import Actor, ActorKind, Permission
from studio.domain.errors import AccessRefused, ErrorClass, StudioError
from studio.domain.status import ExecutionStatus
from studio.services.auditing import entry
from studio.services.executing.masking import HiddenOf, hidden_in
from studio.services.executing.results import ErrorInfo, ExecutionResult
from studio.services.executing.starting import Accepted, ExecutionStarting, Order
from studio.services.gateway.model import KeyShelf
from studio.services.vault.hidden import Hidden
from studio.services.workflows.finding import Finder

TRIGGER = "gateway"
_STATUS: Mapping[str, int] = {
    ErrorClass.BAD_INPUT: 422,
    ErrorClass.RATE_LIMITED: 503,
    ErrorClass.TRANSIENT: 502,
    ErrorClass.AUTHENTICATION: 502,
    ErrorClass.PERMANENT: 500,
}


class RunFailed(StudioError):
    """The execution that a caller waited for did not succeed.

    ``execution`` is its id, ``status`` the HTTP status, ``retry_after`` seconds where it is worth another attempt.
    """

    def __init__(self, code: str, message: str, /, *, execution: str, status: int, **args: Any) -> None:
        super().__init__(code, message, **args)
        self.execution = execution
        self.status = status
        self.retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a call. ``output`` counts only where ``status`` is succeeded; else it still goes on.

    ``hidden`` are the secrets of the vault, which are not given out.
    """

    execution: str
    status: ExecutionStatus
    output: Any = None
    hidden: Hidden = field(default_factory=Hidden)


class Running:
    """Runs published workflows for callers outside."""

    def __init__(
        self, starting: ExecutionStarting, workflows: Finder, keys: KeyShelf, records: Records, hidden: HiddenOf
    ) -> None:
        self._starting = starting
        self._workflows = workflows
        self._keys = keys
        self._records = records
        self._hidden = hidden

    async def run(
        self, actor: Actor, workflow: str, inputs: Mapping[str, Any], *, wait: float, idempotency_key: str | None
    ) -> Ran:
        """Start the published version and wait for its end, up to ``wait`` seconds.

        Raises:
            RunFailed: It ended otherwise than well.
            StudioError: It was not accepted; as in ``ExecutionStarting.start``.
        """
        order = Order(workflow=workflow, inputs=inputs, trigger=TRIGGER, idempotency_key=idempotency_key)
        accepted = await self._starting.accept(actor, order)
        if wait <= 0:
            await self._tell(actor, accepted, inputs)
            return Ran(accepted.id, ExecutionStatus.QUEUED)
        # The log is written while the workflow runs; nobody is answered before both are done.
        _, result = await asyncio.gather(self._tell(actor, accepted, inputs), self._starting.wait(accepted.id, wait))
        if result is None:
            return Ran(accepted.id, ExecutionStatus.RUNNING)
        hidden = await self._hidden(actor.workspace)
        if result.status is not ExecutionStatus.SUCCEEDED:
            raise _failure(result, hidden)
        return Ran(accepted.id, result.status, result.output, hidden)

    async def require_get(self, actor: Actor, workflow: str) -> None:
        """Keep GET to keys that were made for it: whoever follows a link must not start anything.

        Raises:
            NotFound: There is no such workflow.
            AccessRefused: It is no key, or none that allows it.
        """
        await self._workflows.find(actor, workflow, Permission.WORKFLOW_EXECUTE)
        key = await self._keys.keys.get(actor.workspace, actor.key) if actor.key is not None else None
        if actor.kind is not ActorKind.KEY or key is None or not key.value.allow_get:
            raise AccessRefused("gateway.get", "Only a key that allows it runs a workflow by GET. Use POST.")

    async def _tell(self, actor: Actor, accepted: Accepted, inputs: Mapping[str, Any]) -> None:
        facts = {"trigger": TRIGGER, "workflow": accepted.workflow, "inputs": sorted(inputs)}
        told = entry(
            actor, "execution.started", kind="execution", id=accepted.id, name=accepted.name, after=facts
        )  # fmt: skip
        await self._records.commit([], [told])


def _failure(result: ExecutionResult, hidden: Hidden) -> RunFailed:
    error = hidden_in(hidden, result.error) or ErrorInfo(code="gateway.failed", message="")
    if result.status is ExecutionStatus.CANCELLED:
        return RunFailed(
            "gateway.cancelled", "The execution {id} was cancelled.", id=result.execution_id,
            execution=result.execution_id, status=409,
        )  # fmt: skip
    if not error.message and not error.template:
        return RunFailed(
            "gateway.failed", "The execution {id} failed.", id=result.execution_id, execution=result.execution_id,
            status=500,
        )  # fmt: skip
    failed = RunFailed(
        error.code, error.template or error.message, execution=result.execution_id,
        status=_STATUS.get(error.classification, 500), **(error.args if error.template else {}),
    )  # fmt: skip
    if error.classification in (ErrorClass.RATE_LIMITED, ErrorClass.TRANSIENT):
        failed.retry_after = error.retry_after or 5.0
    failed.at(node=error.node, param=error.param)
    return failed
