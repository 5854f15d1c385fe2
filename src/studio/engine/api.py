"""What goes into the engine and what comes out of it, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from studio.contracts.stored import Idempotency
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.domain.status import Durability, ExecutionStatus, NodeStatus
from studio.domain.workflow import Workflow


class Grants(msgspec.Struct, kw_only=True):
    """What an execution may reach on the host. Recorded with it, so that a resume reaches the same.

    ``folder`` is the workflow file's folder, against which relative paths resolve.
    """

    folder: str | None = None
    allow_paths: list[str] = []
    allow_hosts: list[str] = []
    lang: str = "en"


class Charge(msgspec.Struct, frozen=True, array_like=True):
    """Who answers for an execution: with whose right it uses credentials and data tables. Recorded with it.

    ``account`` is who published the version that runs, or who runs a draft. Where that account belongs to the workspace
    no more, the owner of ``workflow`` counts; "" there is no such.
    """

    account: str
    workflow: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRequest:
    """A request to run a workflow that has passed validation.

    Args:
        workflow: What to run.
        inputs: Coerced inputs.
        calls: Workflows that ``flow.call`` nodes name, in the whole tree, by the reference as written.
        trigger: ``manual``, ``api`` or the id of a trigger node; ``event`` is what it received.
        until: Node path of a partial run; only it and what it needs runs.
        pinned: Outputs given by hand, by node id; those nodes do not run.
        reuse: Execution whose outputs are reused for the nodes that need not run again; with ``rerun`` naming the
            nodes to run again together with everything after them.
        copy_until: Fork: history is copied up to, but without, this node. Here and in ``rerun`` an item or turn of a
            map or loop may stand, such as ``places[3]``; those before it are kept.
        types: Versions of node types that the workflow is meant for, where it names none; those installed if None.
        origin: Execution whose idempotency keys are kept (retry of failed items); None makes new keys.
        identities: What keeps the state and the concurrency slots of workflows of one name apart: by reference as in
            ``calls``, and under "" for the workflow itself. The name serves where there is none.
        test: It runs a draft, and may be stopped and looked into.
        breakpoints: Node paths as the editor writes them, before which it stops, each with a condition or None.
        charges: Who answers for the workflows, by the same references. Nobody is asked where there are none: on the
            command line.
    """

    workflow: Workflow
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    calls: Mapping[str, Workflow] = field(default_factory=dict[str, Workflow])
    workspace: str = DEFAULT_WORKSPACE
    trigger: str = "manual"
    event: Any = None
    mode: str = "run"
    until: str | None = None
    pinned: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reuse: str | None = None
    rerun: tuple[str, ...] = ()
    retry_items: bool = False
    copy_until: str | None = None
    types: Mapping[str, int] | None = None
    origin: str | None = None
    identities: Mapping[str, str] = field(default_factory=dict[str, str])
    charges: Mapping[str, Charge] = field(default_factory=dict[str, Charge])
    test: bool = False
    breakpoints: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    grants: Grants = field(default_factory=Grants)
    tags: tuple[str, ...] = ()
    priority: int | None = None
    idempotency: Idempotency | None = None


class NodeSummary(msgspec.Struct, frozen=True):
    """How a node run went; ``seconds`` without waiting in queues."""

    status: NodeStatus
    seconds: float
    attempts: int


class ErrorInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An error as it is recorded and shown. ``template`` and ``args`` let it be rendered in another language."""

    code: str
    message: str
    node: str | None = None
    param: str | None = None
    template: str | None = None
    args: dict[str, Any] = {}
    classification: str = "permanent"
    retry_after: float | None = None
    in_doubt: bool = False


class ExecutionResult(msgspec.Struct, kw_only=True):
    """Where an execution stands.

    ``reason`` is the code of why it waits (``wait.timer``, ``wait.approval``, ...) with its ``reason_args``;
    ``wake_at`` (microseconds) until when. ``tokens`` and ``cost`` are what nodes say they have used.
    """

    execution_id: str
    status: ExecutionStatus
    output: Any = None
    error: ErrorInfo | None = None
    reason: str | None = None
    reason_args: list[str] = []
    wake_at: int | None = None
    seconds: float = 0.0
    nodes: dict[str, NodeSummary] = {}
    tokens: int = 0
    cost: float = 0.0


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened in an execution.

    ``seq`` and ``index`` number committed events without gaps; both are -1 for progress and parts, which are not
    recorded. ``kind``: accepted, claimed, started, succeeded, failed, retrying, skipped, waiting, in_doubt, message,
    chunk, turn, used, held, released, edited, breakpoints, progress, part, log, ended.
    """

    execution_id: str
    seq: int
    index: int
    kind: str
    path: str | None = None
    at: int = 0
    data: dict[str, Any] = {}


class EngineConfig(msgspec.Struct, kw_only=True):
    """How an engine runs. Times in seconds.

    ``lease`` is how long executions stay this engine's own after it is gone, ``hang`` how long its event loop may stand
    still (a node that computes without a pause) before others may take them. ``acknowledge`` is the level of commits
    that nobody waits for; acceptance, effect intents and shown terminal states are always ``power``. What cannot run
    here is looked at again every ``unable_interval``.
    """

    executions: int = 256
    flush_interval: float = 0.004
    flush_bytes: int = 256 * 1024
    poll_interval: float = 0.1
    linger: float = 1.0
    lease: float = 30.0
    hang: float = 120.0
    max_recoveries: int = 5
    unable_interval: float = 600.0
    inline_bytes: int = 8 * 1024
    items_bytes: int = 1024 * 1024
    level: Durability = Durability.PROCESS
    snapshot_bytes: int = 512 * 1024
    cancel_grace: float = 5.0
