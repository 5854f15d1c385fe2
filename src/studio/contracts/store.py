"""What the engine and the services ask of the database. One contract suite runs over every implementation.

All times are integers: microseconds since 1970-01-01 UTC by the database's clock. All payloads are given and returned
in clear; the store compresses and encrypts them, bound to workspace, execution and sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from studio.contracts.lease import Lease, LeaseTerms
from studio.contracts.stored import (
    Accepted,
    Backlogged,
    Claim,
    Cursor,
    ExecutionFilter,
    ExecutionRow,
    ExecutionUpdate,
    Idempotency,
    Message,
    NewExecution,
    NodeRunRow,
    NodeState,
    PostResult,
    Projection,
    Segment,
    Slot,
    StateWrite,
    StoredSegment,
    WorkerRow,
)
from studio.domain.errors import StudioError

__all__ = [
    "Accepted",
    "Backlogged",
    "Claim",
    "Cursor",
    "ExecutionFilter",
    "ExecutionRow",
    "ExecutionUpdate",
    "Idempotency",
    "Message",
    "NewExecution",
    "NodeRunRow",
    "NodeState",
    "PostResult",
    "Projection",
    "Segment",
    "Slot",
    "StateWrite",
    "Store",
    "StoredSegment",
    "WorkerRow",
]


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

    async def drop_node_states(self, workspace: str, prefix: str) -> int:
        """Forget the states of nodes whose key begins with ``prefix``, and what they refer to; how many there were."""
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
