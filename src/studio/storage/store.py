"""The store: plans, sealing and keys put together over a driver. One class for both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from studio.contracts.lease import Lease, LeaseTerms
from studio.contracts.stored import (
    Accepted,
    Backlogged,
    Claim,
    ExecutionFilter,
    ExecutionRow,
    Message,
    NewExecution,
    NodeRunRow,
    NodeState,
    PostResult,
    Projection,
    Segment,
    StateWrite,
    StoredSegment,
    WorkerRow,
)
from studio.crypto import KeyRing, Master
from studio.domain.errors import StudioError
from studio.domain.status import Durability
from studio.storage._codec import Codec
from studio.storage._driver import Driver
from studio.storage._keys import KeyKeeper
from studio.storage._many import Reader
from studio.storage._plans import listing, operating, records, rewrap, upkeep
from studio.storage._plans.accept import ACCEPT, ACCEPT_SLOTTED, Accepting
from studio.storage._plans.append import APPEND, Appending
from studio.storage._plans.claim import CLAIM, Claiming, next_wake
from studio.storage._plans.inbox import POST, Posting
from studio.storage._plans.projections import PROJECT, pack_runs, read_runs
from studio.storage._plans.refs import live_blobs
from studio.storage.blobs._behind import WriteBehind
from studio.storage.records import SqlRecords


class SqlStore:
    """Implements ``studio.contracts.Store``; see there for what each method promises."""

    def __init__(self, driver: Driver, ring: KeyRing) -> None:
        self._driver = driver
        self._ring = ring
        self._keys = KeyKeeper(driver, ring)
        self._codec = Codec(ring)
        self._reader = Reader(driver, self._keys, self._codec)
        self._leases: list[Lease] = []
        self.behind = WriteBehind()
        self.records = SqlRecords(driver, ring, self._keys, self._codec)

    async def now(self) -> int:
        """The database's clock."""
        return await self._driver.read(upkeep.clock())

    async def put_version(self, workspace: str, hash: str, name: str, document: bytes) -> None:
        """Keep a workflow version under its content hash; idempotent."""
        await self._keys.need(workspace)
        sealed = self._codec.record("workflow_versions", workspace, hash, document)
        await self._driver.write(records.PUT_VERSION, records.Version(workspace, hash, name, sealed), power=True)

    async def version(self, workspace: str, hash: str) -> bytes | None:
        """The document of a workflow version."""
        row = await self._driver.read(records.version(workspace, hash))
        return None if row is None else await self._record("workflow_versions", workspace, hash, row[0])

    async def accept(self, new: Sequence[NewExecution]) -> list[Accepted | Exception]:
        """Accept executions durably; results in order, a refused one as its error."""
        for workspace in {item.workspace for item in new}:
            await self._keys.need(workspace)
        for item in new:
            if item.blobs:
                await self.behind.written(item.blobs)
        waiting: list[asyncio.Future[Accepted | Exception]] = []
        for item in new:
            sealed = self._codec.segment(item.workspace, item.id, 0, 0, False, item.payload)
            kind = ACCEPT_SLOTTED if item.slot and item.owner else ACCEPT
            waiting.append(self._driver.write(kind, Accepting(item, sealed), power=True))
        if len(waiting) == 1:
            try:
                return [await waiting[0]]
            except Exception as error:  # noqa: BLE001 - given back as the outcome, as for several
                return [error]
        outcomes: list[Accepted | Exception] = []
        for outcome in await asyncio.gather(*waiting, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, Exception):
                raise outcome
            outcomes.append(outcome)
        return outcomes

    async def claim(
        self,
        worker: str,
        limit: int,
        *,
        gone: Sequence[str] = (),
        ids: Sequence[str] = (),
        limits: Mapping[str, int] = {},
    ) -> list[Claim]:
        """Take what is queued, due or left behind."""
        claiming = Claiming(worker, limit, tuple(gone), tuple(ids), dict(limits))
        return await self._driver.write(CLAIM, claiming, power=False)

    async def append(self, segment: Segment) -> None:
        """Append a segment and apply its update."""
        if not self._ring.has(segment.workspace):
            await self._keys.need(segment.workspace)
        if segment.blobs:
            await self.behind.written(segment.blobs)
        if segment.state is not None:
            await self.behind.written(segment.state.blobs)
        sealed = self._codec.segment(
            segment.workspace, segment.execution_id, segment.seq, segment.epoch, segment.snapshot, segment.payload
        )
        power = segment.durability is Durability.POWER
        state = None if segment.state is None else self._state(segment.workspace, segment.state)
        await self._driver.write(APPEND, Appending(segment, sealed, state), power=power)

    def _state(self, workspace: str, write: StateWrite) -> records.StateChange:
        sealed = self._codec.record("node_state", workspace, write.key, write.value)
        return records.StateChange(workspace, write.key, sealed, write.expected, write.blobs)

    async def read(self, execution_id: str, *, after: int = -1, from_snapshot: bool = False) -> list[StoredSegment]:
        """Segments above ``after``, in order."""
        return await self._reader.journal(execution_id, after, from_snapshot)

    async def window(self, execution_id: str, first: int, last: int) -> list[StoredSegment]:
        """Segments of a range."""
        return await self._reader.window(execution_id, first, last)

    async def journals(self, execution_ids: Sequence[str]) -> dict[str, list[StoredSegment] | StudioError]:
        """Journals of many executions from their last snapshots on."""
        return await self._reader.journals(execution_ids) if execution_ids else {}

    async def execution(self, execution_id: str, workspace: str | None = None) -> ExecutionRow | None:
        """One execution, None where it does not exist in that workspace."""
        return await self._driver.read(listing.one(execution_id, workspace))

    async def executions(self, filter: ExecutionFilter) -> list[ExecutionRow]:
        """Executions, newest first; a page holds a thousand at most."""
        return await self._driver.read(listing.listed(filter))

    async def node_runs(self, execution_id: str, *, after: str | None = None, limit: int = 1000) -> list[NodeRunRow]:
        """Projected node runs in path order; a page ends between paths, so it may be longer than ``limit``."""
        return await self._driver.read(read_runs(execution_id, after, limit))

    async def post(self, workspace: str, messages: Sequence[Message]) -> list[PostResult]:
        """Put messages into inboxes durably."""
        if not messages:
            return []
        await self._keys.need(workspace)
        sealed = [
            (message, self._codec.message(workspace, message.execution_id, message.id, message.payload))
            for message in messages
        ]
        return await self._driver.write(POST, Posting(workspace, sealed), power=True)

    async def inbox(self, execution_ids: Sequence[str]) -> list[Message]:
        """Messages that are not taken yet, oldest first."""
        return await self._reader.inbox(execution_ids) if execution_ids else []

    async def inboxes(self, execution_ids: Sequence[str]) -> dict[str, list[Message] | StudioError]:
        """Messages that are not taken yet, by execution."""
        return await self._reader.inboxes(execution_ids) if execution_ids else {}

    async def changes(self) -> int:
        """A number that differs when another process may have written."""
        return await self._driver.changes()

    async def next_wake(self, worker: str) -> int | None:
        """When there is next something to claim."""
        return await self._driver.read(next_wake(worker))

    async def release(self, worker: str) -> int:
        """Hand over everything the worker owns and forget the worker."""
        return await self._driver.write(upkeep.RELEASE, worker, power=True)

    async def owned(self, worker: str) -> list[tuple[str, int]]:
        """Running executions that a worker owns, each with its next sequence."""
        return await self._driver.read(upkeep.owned(worker))

    async def let_go(self, worker: str, ids: Sequence[str]) -> int:
        """Queue running executions that the worker owns."""
        return await self._driver.write(upkeep.LET_GO, (worker, tuple(ids)), power=True)

    async def got_on(self, execution_id: str, epoch: int) -> None:
        """Count no earlier recovery any more."""
        await self._driver.write(upkeep.GOT_ON, (execution_id, epoch), power=False)

    async def heartbeat(self, worker: str, home: str, lease: int) -> bool:
        """Register the worker or renew its lease; False where it had none, or no longer."""
        return await self._driver.write(upkeep.HEARTBEAT, upkeep.Beat(worker, home, lease), power=False)

    async def keep_lease(
        self, terms: LeaseTerms, *, lapsed: Callable[[], None], failed: Callable[[BaseException], None]
    ) -> Lease:
        """Register the worker and renew its lease in the background."""

        async def beat() -> bool:
            return await self.heartbeat(terms.worker, terms.home, int(terms.lease * 1e6))

        await beat()
        lease = self._driver.keep(terms, beat, lapsed, failed)
        self._leases.append(lease)
        return lease

    async def gone_workers(self, home: str, but: str) -> list[str]:
        """Workers of the same home except ``but``."""
        return await self._driver.read(upkeep.workers(home, but))

    async def project(self, batch: Sequence[Projection]) -> None:
        """Write node runs and move ``projected_seq`` forward."""
        if batch:
            writes = [self._driver.write(PROJECT, pack_runs(item), power=False) for item in batch]
            await asyncio.gather(*writes)

    async def unprojected(self, limit: int) -> list[ExecutionRow]:
        """Executions whose projection lags and which nobody drives."""
        return await self._driver.read(listing.behind(limit))

    async def node_state(self, workspace: str, key: str) -> NodeState:
        """State of a node."""
        row = await self._driver.read(records.state(workspace, key))
        if row is None:
            return NodeState(0, None)
        return NodeState(row[0], None if row[1] is None else await self._record("node_state", workspace, key, row[1]))

    async def set_node_state(
        self, workspace: str, key: str, value: bytes | None, expected: int, blobs: Sequence[str] = ()
    ) -> bool:
        """Compare-and-set."""
        await self._keys.need(workspace)
        await self.behind.written(blobs)
        sealed = None if value is None else self._codec.record("node_state", workspace, key, value)
        change = records.StateChange(workspace, key, sealed, expected, tuple(blobs))
        return await self._driver.write(records.SET_STATE, change, power=True)

    async def drop_node_states(self, workspace: str, prefix: str) -> int:
        """Forget the states of all nodes whose key begins like this."""
        return await self._driver.write(records.DROP_STATES, records.StatesGone(workspace, prefix), power=False)

    async def cached(self, workspace: str, key: str) -> bytes | None:
        """An unexpired cache entry."""
        row = await self._driver.read(records.cached(workspace, key))
        return None if row is None else await self._record("cache", workspace, key, row[0])

    async def put_cached(self, workspace: str, key: str, value: bytes, ttl: int, blobs: Sequence[str] = ()) -> None:
        """Keep a cache entry."""
        await self._keys.need(workspace)
        await self.behind.written(blobs)
        sealed = self._codec.record("cache", workspace, key, value)
        entry = records.CacheEntry(workspace, key, sealed, ttl, tuple(blobs))
        await self._driver.write(records.PUT_CACHED, entry, power=False)

    async def variables(self, workspace: str) -> dict[str, bytes]:
        """All workspace variables."""
        rows = await self._driver.read(records.variables(workspace))

        def decode() -> dict[str, bytes]:
            return {name: self._codec.open_record("variables", workspace, name, bytes(value)) for name, value in rows}

        return await self._keys.opened(decode, sum(len(value) for _, value in rows))

    async def set_variable(self, workspace: str, name: str, value: bytes | None, *, secret: bool) -> None:
        """Set or remove a variable."""
        await self._keys.need(workspace)
        sealed = None if value is None else self._codec.record("variables", workspace, name, value)
        change = records.Change(workspace, name, sealed, "yes" if secret else "no")
        await self._driver.write(records.SET_VARIABLE, change, power=True)

    async def credential(self, workspace: str, name: str) -> tuple[str, bytes] | None:
        """Type and data of a credential."""
        row = await self._driver.read(records.credential(workspace, name))
        return None if row is None else (row[0], await self._record("credentials", workspace, name, row[1]))

    async def set_credential(self, workspace: str, name: str, type: str, data: bytes | None) -> None:
        """Set or remove a credential."""
        await self._keys.need(workspace)
        sealed = None if data is None else self._codec.record("credentials", workspace, name, data)
        await self._driver.write(records.SET_CREDENTIAL, records.Change(workspace, name, sealed, type), power=True)

    async def credentials(self, workspace: str) -> list[tuple[str, str]]:
        """Name and type of every credential."""
        return [(row[0], row[1]) for row in await self._driver.read(records.credentials(workspace))]

    async def workers(self) -> list[WorkerRow]:
        """Every worker that is registered."""
        return await self._driver.read(operating.workers())

    async def backlog(self, workspace: str, limit: int) -> list[Backlogged]:
        """What is queued in a workspace, in the order in which it is taken."""
        return await self._driver.read(operating.backlog(workspace, limit))

    async def in_doubt(self, workspace: str, limit: int) -> list[ExecutionRow]:
        """Executions that wait for a decision about an effect."""
        return await self._driver.read(operating.in_doubt(workspace, limit))

    async def failures(self, workspace: str, after: tuple[int, str], until: int, limit: int) -> list[ExecutionRow]:
        """Executions that nobody called and that failed after a moment and id, until a moment, oldest end first."""
        return await self._driver.read(operating.failures(workspace, after, until, limit))

    async def running(self, workspaces: Sequence[str]) -> dict[str, int]:
        """How many executions that nobody called run in each of these workspaces."""
        return await self._driver.read(operating.running(workspaces))

    async def stored_bytes(self) -> dict[str, int]:
        """Bytes in the database by workspace."""
        return await self._driver.read(operating.stored_bytes())

    async def blob_owners(self) -> list[tuple[str, str]]:
        """Workspace and id of each blob that is a file."""
        return await self._driver.read(operating.blob_owners())

    async def recover(self, execution_ids: Sequence[str]) -> int:
        """Lift the hold that a restore put on executions."""
        return await self._driver.write(upkeep.RECOVER, tuple(execution_ids), power=True)

    async def retry_paused(self) -> int:
        """Make due what is paused until a time."""
        return await self._driver.write(upkeep.RETRY_PAUSED, None, power=False)

    async def cursor(self, workspace: str, key: str) -> int | None:
        """The due time a schedule was last started for, None before the first."""
        found = await self._driver.read(upkeep.cursor(workspace, key))
        return None if found is None else found[0]

    async def resume_schedule(self, workspace: str, key: str) -> bool:
        """Lift the hold that a restore put on a schedule; False where there was none."""
        return await self._driver.write(upkeep.RESUME_SCHEDULE, (workspace, key), power=True)

    async def delete_expired(self, limit: int) -> int:
        """Delete terminal executions past their retention, and give the space back."""
        deleted = await self._driver.write(upkeep.DELETE_EXPIRED, limit, power=False)
        if deleted:
            await self._driver.shrink()
        return deleted

    async def queued(self, limit: int) -> int:
        """How many executions could be taken up now, counted up to ``limit``."""
        return await self._driver.read(upkeep.queued(limit))

    async def delete(self, workspace: str, execution_ids: Sequence[str]) -> list[str]:
        """Delete executions that have ended, with what they called."""
        if not execution_ids:
            return []
        return await self._driver.write(upkeep.DELETE, (workspace, tuple(execution_ids)), power=True)

    async def live_blobs(self) -> list[str]:
        """Ids of all blobs that a committed row refers to."""
        return await self._driver.read(live_blobs())

    async def facts(self) -> dict[str, Any]:
        """What a doctor wants to know."""
        return {**await self._driver.facts(), **await self._driver.read(upkeep.summary())}

    async def rotate(self, workspace: str) -> str:
        """Make a new data key for this workspace's new writes; the old ones stay. Returns its id."""
        await self._keys.add(workspace, again=True)
        return self._ring.current(workspace).id

    async def rewrap(self, workspace: str, limit: int = 500) -> int:
        """Seal up to ``limit`` rows under the workspace's present key that are under an older one; returns how many.

        Call it until it gives 0. Blobs are immutable and stay under their key.
        """
        await self._keys.need(workspace)
        return await rewrap.rewrap(self._driver, self._codec, workspace, self._ring.current(workspace).id, limit)

    async def rotate_master(self, new: Master) -> None:
        """Wrap all data keys with another master key. Other processes have to be restarted with it.

        Raises:
            WrongKey: Another process changed keys at the same time.
        """
        await self._keys.reload()
        about = await self._driver.read(upkeep.meta())
        keys = await asyncio.to_thread(self._ring.wrapped_by, new)
        check = await asyncio.to_thread(KeyRing(new).check, about["instance"])
        item = upkeep.Rewrap(keys, self._ring.master.id, new.id, check.hex())
        await self._driver.write(upkeep.REWRAP, item, power=True)
        self._ring.adopt(new)

    @property
    def keys(self) -> KeyKeeper:
        """The keys, for the blob store beside this one."""
        return self._keys

    async def close(self) -> None:
        """Give up leases, finish what is under way and close."""
        for lease in self._leases:
            await lease.close()
        await self._driver.close()

    async def _record(self, table: str, workspace: str, name: str, sealed: bytes) -> bytes:
        sealed = bytes(sealed)
        return await self._keys.opened(lambda: self._codec.open_record(table, workspace, name, sealed), len(sealed))
