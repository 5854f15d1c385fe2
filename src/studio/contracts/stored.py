"""What goes into the store and comes out of it.

All times are integers: microseconds since 1970-01-01 UTC by the database's clock. Payloads stand in clear here; the
store compresses and encrypts them.
"""

from __future__ import annotations

import msgspec

from studio.domain.status import Durability, ExecutionStatus, NodeStatus


class Slot(msgspec.Struct, frozen=True):
    """A place in a concurrency limit: at most ``limit`` executions with the same ``key`` hold one."""

    key: str
    limit: int
    hold_while_waiting: bool = False


class Idempotency(msgspec.Struct, frozen=True):
    """The same ``key`` with the same ``body_digest`` gives the same execution for ``window`` microseconds."""

    key: str
    body_digest: bytes
    window: int


class Cursor(msgspec.Struct, frozen=True):
    """Moves a schedule's cursor from ``before`` (None: the first time) to ``due`` in the accepting transaction.

    Where it stands elsewhere, or a restore holds the schedule, the execution is refused (Conflict).
    """

    key: str
    due: int
    before: int | None = None


class NewExecution(msgspec.Struct, kw_only=True):
    """An execution to accept. ``payload`` is its first journal segment (sequence 0).

    With ``owner`` set it is accepted as already claimed by that worker at epoch 1 (status ``running``), which saves the
    claim where the engine accepts for itself; the store ignores it where the slot is taken or ``due_at`` is set. With
    ``due_at`` it stays queued until then. ``retain_until`` is a point in time: an execution is kept for as long after
    its end as that is after its acceptance. None keeps it for ever.
    """

    id: str
    workspace: str
    workflow_hash: str
    workflow_name: str
    payload: bytes
    mode: str = "run"
    trigger: str = "manual"
    parent_id: str | None = None
    parent_path: str | None = None
    root_id: str | None = None
    origin_id: str | None = None
    depth: int = 0
    region: str = ""
    pool: str = ""
    priority: int = 0
    fairness_key: str = ""
    tags: tuple[str, ...] = ()
    slot: Slot | None = None
    idempotency: Idempotency | None = None
    cursor: Cursor | None = None
    blobs: tuple[str, ...] = ()
    owner: str | None = None
    due_at: int | None = None
    retain_until: int | None = None


class Accepted(msgspec.Struct, frozen=True):
    """The answer to an acceptance. ``existing`` where an idempotency key gave an earlier execution."""

    id: str
    existing: bool = False
    claimed: bool = False


class Claim(msgspec.Struct, frozen=True):
    """An execution taken by a worker. Its next segment goes to ``next_seq``; its journal holds ``size`` bytes."""

    id: str
    workspace: str
    epoch: int
    next_seq: int
    workflow_hash: str
    recoveries: int
    was: ExecutionStatus
    cancel_requested: bool
    size: int = 0


class ExecutionUpdate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Truth in the ``executions`` row that changes together with a segment. UNSET leaves a column as it is."""

    status: ExecutionStatus | msgspec.UnsetType = msgspec.UNSET
    reason: str | msgspec.UnsetType | None = msgspec.UNSET
    wake_at: int | msgspec.UnsetType | None = msgspec.UNSET
    release: bool = False
    error_code: str | msgspec.UnsetType | None = msgspec.UNSET


class StateWrite(msgspec.Struct, frozen=True):
    """A new value of a node's state, written only where its version is still ``expected``.

    ``blobs`` are what the value refers to.
    """

    key: str
    value: bytes
    expected: int
    blobs: tuple[str, ...] = ()


class Segment(msgspec.Struct, kw_only=True):
    """Everything an execution produced since its last flush.

    ``taken`` are ids of inbox messages whose records it holds; ``blobs`` ids of blobs it refers to for the first time;
    ``snapshot`` tells that a snapshot record stands first in it; ``state`` is written together with it, or neither is.
    """

    execution_id: str
    workspace: str
    seq: int
    epoch: int
    payload: bytes
    durability: Durability = Durability.PROCESS
    update: ExecutionUpdate | None = None
    taken: tuple[str, ...] = ()
    blobs: tuple[str, ...] = ()
    snapshot: bool = False
    state: StateWrite | None = None


class StoredSegment(msgspec.Struct, frozen=True):
    """A segment as read back. ``payload`` is empty for the mark that a claim leaves."""

    seq: int
    epoch: int
    payload: bytes
    snapshot: bool
    written_at: int


class Message(msgspec.Struct, frozen=True):
    """A row of the inbox. ``kind`` is signal, approval, cancel, pause, resume, decide, child, go, edit or breaks."""

    execution_id: str
    id: str
    kind: str
    payload: bytes
    created_at: int = 0


class PostResult(msgspec.Struct, frozen=True):
    """What became of a posted message: ``accepted``, ``duplicate`` or ``late`` (the execution has ended).

    ``late`` without a status: there is no such execution in that workspace (any more).
    """

    outcome: str
    status: ExecutionStatus | None = None


class ExecutionRow(msgspec.Struct, kw_only=True):
    """An execution as lists and views show it."""

    id: str
    workspace: str
    workflow_hash: str
    workflow_name: str
    status: ExecutionStatus
    reason: str | None
    mode: str
    trigger: str
    parent_id: str | None
    root_id: str | None
    origin_id: str | None
    depth: int
    priority: int
    tags: tuple[str, ...]
    generation: int
    held: bool
    owner: str | None
    epoch: int
    recoveries: int
    accepted_at: int
    started_at: int | None
    ended_at: int | None
    wake_at: int | None
    error_code: str | None
    cancel_requested: bool
    next_seq: int
    projected_seq: int
    journal_bytes: int


class ExecutionFilter(msgspec.Struct, kw_only=True, frozen=True):
    """Which executions to list; None means any.

    ``before`` is a cursor: the last id of the page before. ``from_id`` is the lowest id that is wanted; ids sort by the
    time they were made at, so both bound what is read.
    """

    workspace: str
    status: tuple[ExecutionStatus, ...] | None = None
    workflow_name: str | None = None
    workflow_hash: str | None = None
    parent_id: str | None = None
    root_id: str | None = None
    tag: str | None = None
    accepted_from: int | None = None
    accepted_until: int | None = None
    error_code: str | None = None
    before: str | None = None
    from_id: str | None = None
    limit: int = 50


class NodeRunRow(msgspec.Struct, array_like=True):
    """One node run as the projection keeps it; inside a map one per chunk, and one per failing item.

    ``first`` and ``count`` give the items a chunk row stands for. Durations in microseconds, sizes in bytes. Rows are
    kept as arrays of their fields in this order, so new fields come last.
    """

    path: str
    type: str
    status: NodeStatus
    started_at: int | None
    duration: int
    waited: int = 0
    attempts: int = 1
    input_bytes: int = 0
    output_bytes: int = 0
    error_code: str | None = None
    first: int | None = None
    count: int | None = None


class Projection(msgspec.Struct, kw_only=True):
    """Node runs to write for one execution, and up to which sequence that is complete."""

    execution_id: str
    workspace: str
    seq: int
    rows: list[NodeRunRow]


class NodeState(msgspec.Struct, frozen=True):
    """State kept per node across executions. ``version`` 0 means there is none yet."""

    version: int
    value: bytes | None


class WorkerRow(msgspec.Struct, frozen=True):
    """A worker: until when its lease lasts, when it was last seen, how many executions it runs."""

    id: str
    home: str
    lease_until: int
    seen_at: int
    running: int


class Backlogged(msgspec.Struct, frozen=True):
    """A queued execution; ``slot_taken`` where others hold all slots of its concurrency limit."""

    row: ExecutionRow
    slot_taken: bool
