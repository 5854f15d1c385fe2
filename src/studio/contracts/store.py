"""What the engine and the services ask of the database. One contract suite runs over every implementation.

All times are integers: microseconds since 1970-01-01 UTC by the database's clock. All payloads are given and returned
in clear; the store compresses and encrypts them, bound to workspace, execution and sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from studio.contracts.lease import Lease, LeaseTerms
from studio.domain.errors import StudioError
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
    """A row of the inbox. ``kind`` is signal, cancel, pause, resume, decide, child or chunk."""

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


class Store(Protocol):
    """Executions, journal, inbox and what belongs to their transactions."""

    async def now(self) -> int:
        """The database's clock."""
        ...

    async def put_version(self, workspace: str, hash: str, name: str, document: bytes) -> None:
        """Keep a workflow version (its canonical document) under its content hash; idempotent."""
        ...

    async def version(self, workspace: str, hash: str) -> bytes | None:
        """The document of a workflow version."""
        ...

    async def accept(self, new: Sequence[NewExecution]) -> list[Accepted | Exception]:
        """Accept executions in one durable (power) transaction each or together; results in order.

        A refused one (idempotency key with another body: Conflict) does not disturb the others.
        """
        ...

    async def claim(
        self,
        worker: str,
        limit: int,
        *,
        gone: Sequence[str] = (),
        ids: Sequence[str] = (),
        limits: Mapping[str, int] = {},
    ) -> list[Claim]:
        """Take what is queued, due (waiting with ``wake_at`` passed) or left behind, raising the epoch of each.

        Left behind is what is running under an owner named in ``gone``, or whose lease has expired. With ``ids`` only
        those. Slots are honoured, held executions left alone. ``limits`` says for some workspaces how many executions
        that nobody called may run at once: what is queued beyond that stays queued; what has begun goes on. A claim
        appends an empty mark to the journal.
        Order: priority, then fairly over fairness keys, then age.
        """
        ...

    async def append(self, segment: Segment) -> None:
        """Append a segment and apply its update; many callers share one commit.

        Returns once committed at the asked durability.

        Raises:
            LeaseLost: The sequence is taken or the epoch is not ours any more.
            Conflict: The state that goes with it has another version by now; nothing was written.
            StorageError: It could not be committed; nothing of it was.
        """
        ...

    async def read(self, execution_id: str, *, after: int = -1, from_snapshot: bool = False) -> list[StoredSegment]:
        """Segments with a sequence above ``after``, in order; with ``from_snapshot`` from the last snapshot on.

        Raises:
            NotFound: There is no such execution.
            StorageCorrupt: A segment fails verification, or one is missing.
        """
        ...

    async def journals(self, execution_ids: Sequence[str]) -> dict[str, list[StoredSegment] | StudioError]:
        """What ``read`` gives for each of these executions from its last snapshot on, or what it would raise for it."""
        ...

    async def window(self, execution_id: str, first: int, last: int) -> list[StoredSegment]:
        """Those segments from ``first`` to ``last`` that there are: a long journal is looked through piece by piece.

        Raises:
            NotFound: There is no such execution.
            StorageCorrupt: A segment fails verification, or one is missing between others.
        """
        ...

    async def execution(self, execution_id: str, workspace: str | None = None) -> ExecutionRow | None:
        """One execution, None where it does not exist in that workspace."""
        ...

    async def executions(self, filter: ExecutionFilter) -> list[ExecutionRow]:
        """Executions, newest first."""
        ...

    async def node_runs(self, execution_id: str, *, after: str | None = None, limit: int = 1000) -> list[NodeRunRow]:
        """The projected node runs of an execution in path order, paged by path."""
        ...

    async def post(self, workspace: str, messages: Sequence[Message]) -> list[PostResult]:
        """Put messages into inboxes durably (power) and make waiting executions due.

        A ``cancel`` also sets the row's cancel flag; a cancel of a queued execution still goes through the owner.
        """
        ...

    async def inbox(self, execution_ids: Sequence[str]) -> list[Message]:
        """Messages of these executions that are not taken yet, oldest first."""
        ...

    async def inboxes(self, execution_ids: Sequence[str]) -> dict[str, list[Message] | StudioError]:
        """What ``inbox`` gives for each of these executions, or what it would raise for it."""
        ...

    async def changes(self) -> int:
        """A number that differs when another process may have written; cheap enough to poll."""
        ...

    async def next_wake(self, worker: str) -> int | None:
        """When the next waiting execution becomes due; 0 where something is queued, whatever anybody's clock says."""
        ...

    async def retry_paused(self) -> int:
        """Make due at once what is paused until a time: what could not run. How many."""
        ...

    async def release(self, worker: str) -> int:
        """Hand over everything the worker owns (status queued, no recovery counted); returns how many."""
        ...

    async def owned(self, worker: str) -> list[tuple[str, int]]:
        """Running executions that the worker owns, each with its next sequence."""
        ...

    async def let_go(self, worker: str, ids: Sequence[str]) -> int:
        """Queue these running executions again where the worker owns them (no recovery counted); returns how many."""
        ...

    async def got_on(self, execution_id: str, epoch: int) -> None:
        """Count no earlier recovery any more: the owner of this epoch has finished something since."""
        ...

    async def heartbeat(self, worker: str, home: str, lease: int) -> bool:
        """Register the worker or renew its lease for ``lease`` microseconds; False where it had none, or no longer."""
        ...

    async def keep_lease(
        self, terms: LeaseTerms, *, lapsed: Callable[[], None], failed: Callable[[BaseException], None]
    ) -> Lease:
        """Register the worker and renew its lease in the background.

        Args:
            terms: Whose lease, and how long it lasts.
            lapsed: Called where the lease ran out and was renewed after all: others may have taken what was owned.
            failed: Called where it cannot be renewed any more, with the reason.
        """
        ...

    async def gone_workers(self, home: str, but: str) -> list[str]:
        """Workers of the same home (data folder) except ``but``; who holds the folder's lock knows them gone."""
        ...

    async def project(self, batch: Sequence[Projection]) -> None:
        """Write node runs and move ``projected_seq`` forward, never back."""
        ...

    async def unprojected(self, limit: int) -> list[ExecutionRow]:
        """Executions whose journal is ahead of their projection and which nobody drives."""
        ...

    async def node_state(self, workspace: str, key: str) -> NodeState:
        """State of a node; ``key`` names workflow and node."""
        ...

    async def set_node_state(
        self, workspace: str, key: str, value: bytes | None, expected: int, blobs: Sequence[str] = ()
    ) -> bool:
        """Compare-and-set; False where the version is not ``expected`` any more. ``blobs`` are what it refers to."""
        ...

    async def cached(self, workspace: str, key: str) -> bytes | None:
        """An unexpired cache entry."""
        ...

    async def put_cached(self, workspace: str, key: str, value: bytes, ttl: int, blobs: Sequence[str] = ()) -> None:
        """Keep a cache entry for ``ttl`` microseconds."""
        ...

    async def variables(self, workspace: str) -> dict[str, bytes]:
        """All workspace variables, encoded."""
        ...

    async def set_variable(self, workspace: str, name: str, value: bytes | None, *, secret: bool) -> None:
        """Set or, with None, remove a variable. Encrypted either way."""
        ...

    async def credential(self, workspace: str, name: str) -> tuple[str, bytes] | None:
        """Type and encoded data of a credential."""
        ...

    async def set_credential(self, workspace: str, name: str, type: str, data: bytes | None) -> None:
        """Set or, with None, remove a credential."""
        ...

    async def credentials(self, workspace: str) -> list[tuple[str, str]]:
        """Name and type of every credential, never the data."""
        ...

    async def cursor(self, workspace: str, key: str) -> int | None:
        """The due time that a schedule was last started for, None before the first."""
        ...

    async def resume_schedule(self, workspace: str, key: str) -> bool:
        """Lift the hold that a restore put on a schedule; False where there was none."""
        ...

    async def workers(self) -> list[WorkerRow]:
        """Every worker that is registered, the one last seen first."""
        ...

    async def backlog(self, workspace: str, limit: int) -> list[Backlogged]:
        """What is queued in a workspace, in the order in which it is taken: priority, then age."""
        ...

    async def in_doubt(self, workspace: str, limit: int) -> list[ExecutionRow]:
        """Executions that wait for a decision about an effect, oldest first."""
        ...

    async def failures(self, workspace: str, after: tuple[int, str], until: int, limit: int) -> list[ExecutionRow]:
        """Executions that nobody called and that failed after a moment and id, until a moment, oldest end first."""
        ...

    async def running(self, workspaces: Sequence[str]) -> dict[str, int]:
        """How many executions that nobody called run in each of these workspaces."""
        ...

    async def recover(self, execution_ids: Sequence[str]) -> int:
        """Lift the hold that a restore put on executions; returns how many were lifted."""
        ...

    async def delete_expired(self, limit: int) -> int:
        """Delete terminal executions past their retention with everything that is theirs; returns how many."""
        ...

    async def queued(self, limit: int) -> int:
        """How many executions of all workspaces could be taken up now, counted up to ``limit``."""
        ...

    async def delete(self, workspace: str, execution_ids: Sequence[str]) -> list[str]:
        """Delete executions of a workspace that have ended, with what they called and everything that is theirs.

        One whose caller goes on is kept, as is what has not ended. Returns the ids of what is gone.
        """
        ...

    async def facts(self) -> dict[str, Any]:
        """What a doctor wants to know: versions, sizes, counts by status, projection lag, schema revision, problems."""
        ...

    async def close(self) -> None:
        """Finish what is under way and close."""
        ...
