"""Taking up an execution that was claimed: from its journal into memory, or out of the way.

What cannot run here (a node type is gone, a row or a blob is damaged) waits and says why, and everything else goes on.
It is looked at again now and then, and whenever a driver starts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from studio.contracts.stored import Claim, ExecutionUpdate, Message, Segment
from studio.domain.errors import LeaseLost, NodeError, RecordCorrupt, StorageError, StudioError, WriteRefused
from studio.domain.phrases import Phrase
from studio.domain.status import Durability, ExecutionStatus
from studio.engine import records as r
from studio.engine.after_failure import start_error_workflow
from studio.engine.debugging import debug_of
from studio.engine.encode import JSON, PACKED
from studio.engine.failures import error_facts
from studio.engine.history import Recovered, recover
from studio.engine.pinning import moved
from studio.engine.projector import project_missed
from studio.engine.records import Record
from studio.engine.run import Run
from studio.engine.submit import decode_facts

if TYPE_CHECKING:
    from studio.engine.engine import Engine

_T = TypeVar("_T")
_TOGETHER = 64
_BYTES_TOGETHER = 4 * 1024 * 1024
"""How many executions, and how much of their journals, are read at a time."""
_INLINE = (JSON, PACKED)


async def adopt(engine: Engine, claims: Sequence[Claim]) -> None:
    """Bring claimed executions into memory from their journals.

    Journals and inboxes are read together; what stops one of them, or takes longer, does not hold up the others.
    """
    for part in _parts(claims):
        ids = [claim.id for claim in part]
        journals, mail = await asyncio.gather(engine.store.journals(ids), engine.store.inboxes(ids))
        longer: list[Callable[[], Coroutine[Any, Any, None]]] = []
        for claim in part:
            try:
                recovered, messages = recover(_good(journals[claim.id])), _good(mail[claim.id])
            except StudioError as error:
                longer.append(partial(_cannot_run, engine, claim, error))
                continue
            if _at_hand(engine, claim, recovered):
                await _take_up(engine, claim, recovered, messages)
            else:
                longer.append(partial(_take_up, engine, claim, recovered, messages))
        for outcome in await asyncio.gather(*(one() for one in longer), return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        await asyncio.sleep(0)


def _parts(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    part: list[Claim] = []
    size = 0
    for claim in claims:
        if part and (len(part) == _TOGETHER or size + claim.size > _BYTES_TOGETHER):
            yield part
            part, size = [], 0
        part.append(claim)
        size += claim.size
    if part:
        yield part


def _good(found: list[_T] | StudioError) -> list[_T]:
    if isinstance(found, StudioError):
        raise found
    return found


def _at_hand(engine: Engine, claim: Claim, recovered: Recovered) -> bool:
    """Whether it can be taken up without asking the store for more."""
    start = recovered.start
    return (
        claim.was is not ExecutionStatus.RUNNING
        and claim.recoveries <= engine.config.max_recoveries
        and engine.planned(claim.workflow_hash)
        and bool(start)
        and start["inputs"][0] in _INLINE
        and start["vars"][0] in _INLINE
    )


async def _take_up(engine: Engine, claim: Claim, recovered: Recovered, messages: Sequence[Message]) -> None:
    try:
        if claim.was is ExecutionStatus.RUNNING and (row := await engine.store.execution(claim.id, claim.workspace)):
            # What is projected from now on would hide that something before it is missing.
            await project_missed(engine, row)
        if recovered.end is not None:
            await _end_as_recorded(engine, claim, recovered.end)
            return
        if claim.recoveries > engine.config.max_recoveries:
            await _bury(engine, claim)
            return
        if not recovered.start:
            recovered.start = recover(await engine.store.read(claim.id)).start
        types: dict[str, int] = recovered.start.get("types") or {}
        plan = await engine.plan(claim.workspace, claim.workflow_hash, types=types)
        run = Run(
            engine, claim.id, claim.workspace, plan, {}, epoch=claim.epoch, seq=claim.next_seq,
            memory=recovered.memory,
            active=recovered.active, usage=recovered.usage, cancel_requested=claim.cancel_requested,
        )  # fmt: skip
        run.node_runs = recovered.runs
        run.migrated = recovered.migrated
        run.recovering = claim.recoveries > 0
        run.adopt(await decode_facts(recovered.start, run.values))
        run.debug = debug_of(run, run.facts.get("breakpoints"), recovered.breaks)
        for id, (kind, payload, at) in recovered.messages.items():
            run.waits.deliver(Message(claim.id, id, kind, payload, at))
        for message in messages:
            run.take(message)
        migration = moved(plan.workflow, types, plan.types)
        if migration != run.migrated:
            run.record((r.MIGRATED, engine.clock(), migration))
            run.migrated = migration
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
    await _ended_unseen(engine, claim, [record], update, status)


async def _end_as_recorded(engine: Engine, claim: Claim, end: Record) -> None:
    """Give an execution whose journal has its end the status that goes with it: an end is reached once."""
    status, facts = ExecutionStatus(end[2]), end[5]
    update = ExecutionUpdate(
        status=status, release=True, wake_at=None, reason=None, error_code=facts["code"] if facts else None
    )
    await _ended_unseen(engine, claim, [], update, status)


async def _ended_unseen(
    engine: Engine, claim: Claim, records: list[Record], update: ExecutionUpdate, status: ExecutionStatus
) -> None:
    await _write_unseen(engine, claim, records, update)
    row = await engine.store.execution(claim.id, claim.workspace)
    if row is not None and row.parent_id is not None:
        await engine.tell_parent(row.parent_id, claim.id, claim.workspace)
    engine.observe_end(claim.id, claim.workspace, status)
    engine.live.ended(claim.id)
    engine.handled(claim.id)


async def _error_workflow(engine: Engine, claim: Claim, facts: dict[str, Any]) -> None:
    """Start what is to be started where it fails, as far as what is recorded of it can be read and planned."""
    try:
        start = recover(await engine.store.read(claim.id)).start
        plan = await engine.plan(claim.workspace, claim.workflow_hash, types=start.get("types") or {})
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
