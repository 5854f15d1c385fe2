"""Statuses of executions and node runs, effect classes and the small enumerations that nodes choose from."""

from __future__ import annotations

from enum import StrEnum


class ExecutionStatus(StrEnum):
    """Where an execution stands."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DEAD = "dead"

    @property
    def terminal(self) -> bool:
        """Whether it never changes again."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {ExecutionStatus.SUCCEEDED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED, ExecutionStatus.DEAD}
)


class NodeStatus(StrEnum):
    """Where a node run stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    IN_DOUBT = "in_doubt"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class Effect(StrEnum):
    """What running a node does to the world, from harmless to final. Retry, recovery, replay and map act on it."""

    PURE = "pure"
    READ = "read"
    IDEMPOTENT = "idempotent"
    KEYED = "keyed"
    IRREVERSIBLE = "irreversible"

    @property
    def rank(self) -> int:
        """Position in the order above, 0 for pure."""
        return _RANK[self]

    @property
    def needs_intent(self) -> bool:
        """Whether the intent is journaled and acknowledged before the node runs."""
        return self in (Effect.KEYED, Effect.IRREVERSIBLE)


_RANK = {effect: rank for rank, effect in enumerate(Effect)}


class OnError(StrEnum):
    """What a failed node run means for its execution."""

    FAIL = "fail"
    CONTINUE = "continue"
    ROUTE = "route"


class OnItemError(StrEnum):
    """What a failed item means for its map."""

    FAIL = "fail"
    COLLECT = "collect"
    SKIP = "skip"


class Join(StrEnum):
    """When a node with several listed edges may run."""

    ANY = "any"
    ALL = "all"
    FIRST = "first"


class InDoubtPolicy(StrEnum):
    """What to do where an irreversible effect is in doubt."""

    ASK = "ask"
    RERUN = "rerun"
    SKIP = "skip"


class Durability(StrEnum):
    """What a commit must survive before it counts as acknowledged."""

    POWER = "power"
    PROCESS = "process"
