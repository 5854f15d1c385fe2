"""The journal against a model of it, through random histories with two workers and reopening."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from studio.contracts.store import ExecutionUpdate, Message
from studio.domain.errors import LeaseLost
from studio.domain.status import Durability, ExecutionStatus
from studio.storage import Opened, SqlStore, open_store
from tests.fixtures.postgres import Cluster
from tests.storage.kit import WORKSPACE, fresh_id, new, segment

_T = TypeVar("_T")
WORKERS = ("a", "b")


class Modelled:
    """What an execution should look like."""

    def __init__(self, owner: str | None) -> None:
        self.payloads = [b"first"]
        self.owner = owner
        self.epoch = 1 if owner else 0
        self.status = ExecutionStatus.RUNNING if owner else ExecutionStatus.QUEUED
        self.recoveries = 0
        self.due = False
        self.posted: list[str] = []
        self.open: list[str] = []
        self.snapshot = 0

    @property
    def claimable(self) -> bool:
        """Whether a claim that knows of no dead worker takes it."""
        return self.status is ExecutionStatus.QUEUED or (
            self.status is ExecutionStatus.WAITING and self.owner is None and self.due
        )


class Histories(RuleBasedStateMachine):
    """Operations in any order."""

    url: str | None = None
    executions: Bundle[str] = Bundle("executions")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="studio-model-"))
        self.model: dict[str, Modelled] = {}
        self.opened: Opened = self.run(open_store(self.url, self.folder, environ={}))

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Wait for something."""
        return self.loop.run_until_complete(work)

    @property
    def store(self) -> SqlStore:
        """The store under test."""
        return self.opened.store

    def teardown(self) -> None:
        """Close and forget."""
        for id in self.model:
            self.check(id)
        self.run(self.opened.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    @rule(target=executions, owner=st.sampled_from([None, *WORKERS]))
    def accept(self, owner: str | None) -> str:
        item = new(id=fresh_id(), owner=owner)
        (outcome,) = self.run(self.store.accept([item]))
        assert getattr(outcome, "claimed", None) == (owner is not None)
        self.model[item.id] = Modelled(owner)
        return item.id

    @rule(
        id=executions,
        shift=st.sampled_from([0, 0, 0, 0, 1, -1]),
        stale=st.sampled_from([0, 0, 0, -1]),
        payload=st.binary(max_size=300),
        snapshot=st.booleans(),
        status=st.sampled_from(
            [None, None, None, ExecutionStatus.WAITING, ExecutionStatus.SUCCEEDED, ExecutionStatus.DEAD]
        ),
        release=st.booleans(),
        take=st.booleans(),
        level=st.sampled_from(list(Durability)),
    )
    def append(
        self,
        id: str,
        shift: int,
        stale: int,
        payload: bytes,
        snapshot: bool,
        status: ExecutionStatus | None,
        release: bool,
        take: bool,
        level: Durability,
    ) -> None:
        one = self.model[id]
        seq, epoch = len(one.payloads) + shift, one.epoch + stale
        taken = tuple(one.open) if take else ()
        update = None
        if status is not None:
            update = ExecutionUpdate(status=status, release=release, wake_at=None)
        item = segment(id, seq, payload, epoch=epoch, snapshot=snapshot, update=update, taken=taken, durability=level)
        if shift or stale or one.status.terminal:
            with pytest.raises(LeaseLost):
                self.run(self.store.append(item))
            return
        self.run(self.store.append(item))
        one.payloads.append(payload)
        one.snapshot = seq if snapshot else one.snapshot
        one.open = [] if take else one.open
        if status is not None:
            one.status = status
            one.due = status is ExecutionStatus.WAITING and bool(one.open)
            if status.terminal or release:
                one.owner = None

    @rule(worker=st.sampled_from(WORKERS), limit=st.integers(1, 5), kill=st.booleans())
    def claim(self, worker: str, limit: int, kill: bool) -> None:
        other = WORKERS[1 - WORKERS.index(worker)]
        gone = [other] if kill else []
        for one in self.model.values():
            if kill and one.owner == other and one.status is ExecutionStatus.WAITING:
                one.owner = None
        left = {id for id, one in self.model.items() if kill and one.owner == other and not one.status.terminal}
        wanted = {id for id, one in self.model.items() if one.claimable} | left
        claims = self.run(self.store.claim(worker, limit, gone=gone))
        assert {claim.id for claim in claims} <= wanted
        assert len(claims) == min(limit, len(wanted))
        for claim in claims:
            one = self.model[claim.id]
            assert claim.was is one.status
            one.recoveries += claim.id in left
            one.payloads.append(b"")
            one.epoch += 1
            one.owner, one.status, one.due = worker, ExecutionStatus.RUNNING, False
            assert (claim.epoch, claim.next_seq, claim.recoveries) == (one.epoch, len(one.payloads), one.recoveries)

    @rule(id=executions, name=st.sampled_from(["m1", "m2", "m3"]))
    def post(self, id: str, name: str) -> None:
        one = self.model[id]
        (result,) = self.run(self.store.post(WORKSPACE, [Message(id, name, "signal", name.encode())]))
        if name in one.posted:
            assert result.outcome == "duplicate"
        elif one.status.terminal:
            assert result.outcome == "late"
        else:
            assert result.outcome == "accepted"
            one.posted.append(name)
            one.open.append(name)
            one.due = one.due or one.status is ExecutionStatus.WAITING

    @rule(worker=st.sampled_from(WORKERS))
    def release(self, worker: str) -> None:
        mine = [one for one in self.model.values() if one.owner == worker]
        assert self.run(self.store.release(worker)) == len(mine)
        for one in mine:
            one.owner = None
            if one.status is ExecutionStatus.RUNNING:
                one.status = ExecutionStatus.QUEUED

    @rule()
    def reopen(self) -> None:
        self.run(self.opened.close())
        self.opened = self.run(open_store(self.url, self.folder, environ={}))

    @rule(id=executions)
    def check(self, id: str) -> None:
        one = self.model[id]
        read = self.run(self.store.read(id))
        assert [part.payload for part in read] == one.payloads
        resumed = self.run(self.store.read(id, from_snapshot=True))
        assert [part.payload for part in resumed] == one.payloads[one.snapshot :]
        row = self.run(self.store.execution(id))
        assert row is not None
        assert (row.status, row.owner, row.epoch, row.recoveries, row.next_seq) == (
            one.status, one.owner, one.epoch, one.recoveries, len(one.payloads),
        )  # fmt: skip
        assert [message.id for message in self.run(self.store.inbox([id]))] == one.open

    @invariant()
    def wakes_when_there_is_work(self) -> None:
        wake = self.run(self.store.next_wake("nobody"))
        assert (wake is not None) == any(one.claimable for one in self.model.values())


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def test_histories_on_sqlite() -> None:
    run_state_machine_as_test(
        Histories, settings=settings(max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=SLOW)
    )


def test_histories_on_postgres(postgres_cluster: Cluster) -> None:
    class Remote(Histories):
        """The same on a server."""

        def __init__(self) -> None:
            self.name = postgres_cluster.database(made=True)
            self.url = postgres_cluster.url(self.name)
            super().__init__()

        def teardown(self) -> None:
            super().teardown()
            postgres_cluster.drop(self.name)

    run_state_machine_as_test(
        Remote, settings=settings(max_examples=6, stateful_step_count=30, deadline=None, suppress_health_check=SLOW)
    )
