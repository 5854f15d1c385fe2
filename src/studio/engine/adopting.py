"""Taking up an execution that was claimed: from its journal into memory, or out of the way.

What cannot run here (a node type is gone, a row or a blob is damaged) waits and says why, and everything else goes on.
It is looked at again now and then, and whenever a driver starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from studio.contracts.store import Claim, ExecutionUpdate, Message, Segment
from studio.domain.errors import LeaseLost, NodeError, RecordCorrupt, StorageError, StudioError, WriteRefused
from studio.domain.phrases import Phrase
from studio.domain.status import Durability, ExecutionStatus
from studio.engine import records as r
from studio.engine.after_failure import start_error_workflow
from studio.engine.failures import error_facts
from studio.engine.history import recover
from studio.engine.projector import project_missed
from studio.engine.records import Record
from studio.engine.run import Run
from studio.engine.submit import decode_facts

if TYPE_CHECKING:
    from studio.engine.engine import Engine


async def adopt(engine: Engine, claim: Claim) -> None:
    """Bring a claimed execution into memory from its journal."""
    try:
        recovered = recover(await engine.store.read(claim.id, from_snapshot=True))
        if claim.was is ExecutionStatus.RUNNING and (row := await engine.store.execution(claim.id, claim.workspace)):
            # What is projected from now on would hide that something before it is missing.
            await project_missed(engine, row)
        if claim.recoveries > engine.config.max_recoveries:
            await _bury(engine, claim)
            return
        if not recovered.start:
            recovered.start = recover(await engine.store.read(claim.id)).start
        plan = await engine.plan(claim.workspace, claim.workflow_hash)
        run = Run(
            engine, claim.id, claim.workspace, plan, {}, epoch=claim.epoch, seq=claim.next_seq,
            memory=recovered.memory,
            active=recovered.active, cancel_requested=claim.cancel_requested,
        )  # fmt: skip
        run.node_runs = recovered.runs
        run.recovering = claim.recoveries > 0
        run.adopt(await decode_facts(recovered.start, run.values))
        for id, (kind, payload, at) in recovered.messages.items():
            run.waits.deliver(Message(claim.id, id, kind, payload, at))
        for message in await engine.store.inbox([claim.id]):
            run.take(message)
        engine.launch(run)
    except LeaseLost:
        return
    except StudioError as error:
        if isinstance(error, StorageError) and not isinstance(error, RecordCorrupt):
            raise
        await _cannot_run(engine, claim, error)


async def set_aside(engine: Engine, run: Run, error: RecordCorrupt) -> None:
    """Stop driving a run that needs something damaged; its tasks have ended."""
    run.detaching = True
    run.waits.close()
    run.record((r.PARK, engine.clock(), run.limits.active()))
    await run.journal.flush(Durability.POWER, _unable(engine, error))
    engine.left(run, ExecutionStatus.PAUSED)


async def give_up(engine: Engine, run: Run, error: WriteRefused) -> None:
    """End what holds something that the database does not take: it alone, and it would be no better another time."""
    run.detaching = True
    run.waits.close()
    row = await engine.store.execution(run.id, run.workspace)
    if row is None or row.epoch != run.journal.epoch or row.status.terminal:
        return
    claim = Claim(
        run.id, run.workspace, row.epoch, row.next_seq, row.workflow_hash, row.recoveries, row.status,
        row.cancel_requested,
    )  # fmt: skip
    reason = NodeError(
        "execution.refused", "The execution cannot be recorded and is given up: {reason}", reason=error.message
    )
    try:
        await _end_unseen(engine, claim, ExecutionStatus.DEAD, reason)
    except LeaseLost:
        return


async def _bury(engine: Engine, claim: Claim) -> None:
    error = NodeError(
        "execution.dead",
        "The execution was taken up {count} times without getting on and is given up.",
        count=claim.recoveries,
    )
    await _end_unseen(engine, claim, ExecutionStatus.DEAD, error)


async def _cannot_run(engine: Engine, claim: Claim, error: StudioError) -> None:
    """Put it aside, or end it where somebody has asked for that: nothing of it can be run any more."""
    if claim.cancel_requested:
        cancelled = NodeError(
            "execution.cancelled",
            "The execution was cancelled: {reason}.",
            reason=Phrase("execution.unable", "it could not go on here"),
        )
        await _end_unseen(engine, claim, ExecutionStatus.CANCELLED, cancelled)
        return
    await _write_unseen(engine, claim, [(r.PARK, engine.clock(), 0)], _unable(engine, error))
    row = await engine.store.execution(claim.id, claim.workspace)
    if row is not None and row.cancel_requested:
        await engine.store.retry_paused()
    engine.handled(claim.id)


def _unable(engine: Engine, error: StudioError) -> ExecutionUpdate:
    return ExecutionUpdate(
        status=ExecutionStatus.PAUSED,
        reason=orjson.dumps(["wait.cannot_run", error.code, error_facts(error)]).decode(),
        release=True,
        wake_at=engine.clock() + int(engine.config.unable_interval * 1e6),
    )


async def _end_unseen(engine: Engine, claim: Claim, status: ExecutionStatus, error: StudioError) -> None:
    facts = error_facts(error)
    if status is ExecutionStatus.DEAD:
        await _error_workflow(engine, claim, facts)
    record = (r.END, engine.clock(), str(status), 0, b"null", facts, 0)
    update = ExecutionUpdate(status=status, release=True, wake_at=None, reason=None, error_code=error.code)
    await _write_unseen(engine, claim, [record], update)
    row = await engine.store.execution(claim.id, claim.workspace)
    if row is not None and row.parent_id is not None:
        await engine.tell_parent(row.parent_id, claim.id, claim.workspace)
    engine.live.ended(claim.id)
    engine.handled(claim.id)


async def _error_workflow(engine: Engine, claim: Claim, facts: dict[str, Any]) -> None:
    """Start what is to be started where it fails, as far as what is recorded of it can be read and planned."""
    try:
        start = recover(await engine.store.read(claim.id)).start
        plan = await engine.plan(claim.workspace, claim.workflow_hash)
        await start_error_workflow(engine, claim.id, claim.workspace, plan, start, ExecutionStatus.DEAD, facts)
    except StudioError as error:
        if isinstance(error, StorageError) and not isinstance(error, RecordCorrupt):
            raise


async def _write_unseen(engine: Engine, claim: Claim, records: Sequence[Record], update: ExecutionUpdate) -> None:
    await engine.store.append(
        Segment(
            execution_id=claim.id,
            workspace=claim.workspace,
            seq=claim.next_seq,
            epoch=claim.epoch,
            payload=r.pack(records),
            durability=Durability.POWER,
            update=update,
        )
    )
