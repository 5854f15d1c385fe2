"""From a request to an execution that can be accepted."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from studio.contracts.stored import NewExecution, Slot
from studio.domain.canonical import canonical, content_hash
from studio.domain.durations import parse_duration
from studio.domain.errors import NotFound
from studio.domain.ids import new_id
from studio.domain.workflow import Concurrency, Workflow
from studio.engine import records as r
from studio.engine.api import StartRequest
from studio.engine.collected import Collected
from studio.engine.encode import Values
from studio.engine.history import recover
from studio.engine.observing import TRACE
from studio.engine.plan import Level, Plan, downstream
from studio.engine.points import keep_before, point_of
from studio.engine.records import Memory
from studio.engine.retrying import all_records, calls_with_failures, failed_nodes, keep_inside
from studio.expressions import compile_value

if TYPE_CHECKING:
    from studio.engine.engine import Engine


@dataclass(slots=True)
class Prepared:
    """An execution ready to be accepted, and what its run needs in memory."""

    new: NewExecution
    plan: Plan
    facts: dict[str, Any]
    memory: Memory
    values: Values


@dataclass(slots=True)
class Family:
    """Where an execution comes from."""

    id: str
    parent_id: str | None = None
    parent_path: str | None = None
    root_id: str | None = None
    depth: int = 0
    calls: dict[str, str] | None = None
    types: dict[str, int] | None = None
    retention: str | int | float | None = None


async def prepare(engine: Engine, request: StartRequest, family: Family | None = None) -> Prepared:
    """Make everything that acceptance needs: versions, first segment, concurrency slot, reused history."""
    family = family or Family(new_id())
    workflow = request.workflow
    hash = await keep_version(engine, request.workspace, workflow)
    calls = family.calls
    if calls is None:
        calls = {ref: await keep_version(engine, request.workspace, other) for ref, other in request.calls.items()}
    plan, types = await _plan(engine, request, family, hash, calls)
    values = Values(engine.blobs, request.workspace, engine.config.inline_bytes)
    variables = await engine.variables(request.workspace)
    memory = await _reused(engine, request, plan, values)
    raw: dict[str, Any] = {
        "inputs": await values.encode(dict(request.inputs), walk=True),
        "vars": await values.encode(variables),
        "grants": msgspec.to_builtins(request.grants),
        "trigger": request.trigger,
        "mode": request.mode,
        "calls": calls,
        **({"types": dict(types)} if types else {}),
        "depth": family.depth,
        "origin": request.origin or family.id,
        "accepted_at": engine.clock(),
        "parent": [family.parent_id, family.parent_path],
        "root": family.root_id or family.id,
    }
    retention = workflow.settings.retention or family.retention
    if retention is not None:
        raw["retention"] = retention
    raw |= _asked(request, plan, memory)
    raw |= _trace(engine, family)
    if request.event is not None:
        raw["event"] = await values.encode(request.event, walk=True)
    if memory.frames:
        raw["memory"] = memory.dump()
    settings = workflow.settings
    new = NewExecution(
        id=family.id,
        workspace=request.workspace,
        workflow_hash=hash,
        workflow_name=workflow.name,
        payload=r.pack([(r.START, raw)]),
        mode=request.mode,
        trigger=request.trigger,
        parent_id=family.parent_id,
        parent_path=family.parent_path,
        root_id=family.root_id or family.id,
        origin_id=request.origin,
        depth=family.depth,
        region=settings.region or "",
        pool=settings.pool or "",
        priority=settings.priority if request.priority is None else request.priority,
        tags=tuple(dict.fromkeys((*settings.tags, *request.tags))),
        # One that was called is kept as long as who called it, unless it says otherwise.
        retain_until=None if retention is None else engine.clock() + int(parse_duration(retention) * 1e6),
        slot=_slot(workflow, request.identities.get("") or workflow.name, hash, dict(request.inputs), variables),
        idempotency=request.idempotency,
        blobs=tuple(values.fresh),
    )
    values.fresh.clear()
    return Prepared(new, plan, facts_of(raw, dict(request.inputs), variables), memory, values)


def _trace(engine: Engine, family: Family) -> dict[str, Any]:
    """The trace that an execution belongs to, where there is one: its caller's, or that of what starts it."""
    caller = engine.runs.get(family.parent_id or "")
    trace = TRACE.get() if family.parent_id is None else (caller.facts.get("trace") if caller is not None else None)
    return {} if trace is None else {"trace": trace}


def _asked(request: StartRequest, plan: Plan, memory: Memory) -> dict[str, Any]:
    """What is recorded of a request only where it asks for it."""
    found: dict[str, Any] = {}
    if request.identities:
        found["identities"] = dict(request.identities)
    if request.charges:
        found["charges"] = {name: [one.account, one.workflow] for name, one in request.charges.items()}
    if request.test:
        found["test"] = True
    if request.breakpoints:
        found["breakpoints"] = dict(request.breakpoints)
    if request.until is not None:
        found["until"] = _root_node(request.until)
        # What gave something before needs nothing: what it is made of does not run for it.
        given = [id for id, records in memory.frames.get("", {}).items() if records[-1][0] in (r.DONE, r.SKIPPED)]
        found["only"] = sorted(_needed(plan.root, request.until, {*request.pinned, *given}))
    return found


async def _plan(
    engine: Engine, request: StartRequest, family: Family, hash: str, calls: dict[str, str]
) -> tuple[Plan, Mapping[str, int]]:
    """The plan, and the versions of the node types of the workflow and of all that it calls, as far as not 1."""
    types = request.types if family.types is None else family.types
    plan = await engine.plan(request.workspace, hash, request.workflow, types)
    if types is not None:
        return plan, types
    found = dict(plan.types)
    for called in calls.values():
        found |= (await engine.plan(request.workspace, called)).types
    return plan, found


def facts_of(raw: dict[str, Any], inputs: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
    """What a run keeps of its start: the recorded facts with the values decoded."""
    return {**raw, "inputs": inputs, "vars": variables, "raw": raw}


async def decode_facts(raw: dict[str, Any], values: Values) -> dict[str, Any]:
    """Inverse of what ``prepare`` recorded."""
    return facts_of(raw, await values.decode(tuple(raw["inputs"])), await values.decode(tuple(raw["vars"])))


async def keep_version(engine: Engine, workspace: str, workflow: Workflow) -> str:
    """Keep a workflow version in the store; returns its content hash."""
    hash = engine.hash_of(workflow)
    if hash is None:
        hash = content_hash(workflow)
        await engine.store.put_version(workspace, hash, workflow.name, canonical(workflow))
        engine.remember(workflow, hash)
    return hash


def _slot(
    workflow: Workflow, identity: str, hash: str, inputs: dict[str, Any], variables: dict[str, Any]
) -> Slot | None:
    limit = workflow.settings.concurrency
    if limit is None:
        return None
    if isinstance(limit, int):
        limit = Concurrency(limit=limit)
    key: Any = limit.key
    compiled = compile_value(key) if key is not None else None
    if compiled is not None:
        key = compiled.evaluate(
            {"inputs": inputs, "vars": variables, "workflow": {"name": workflow.name, "hash": hash}}
        )
    text = f"{identity}\0{key}"
    return Slot(hashlib.blake2b(text.encode(), digest_size=16).hexdigest(), limit.limit, limit.hold_while_waiting)


def _root_node(path: str) -> str:
    """The node of the root level that a node path leads into."""
    return path.partition("/")[0].partition("[")[0]


def _needed(level: Level, until: str, pinned: Container[str]) -> set[str]:
    """A node of the root level and everything it needs; a pinned node needs nothing."""
    name = _root_node(until)
    if name not in level.index:
        raise NotFound("execution.unknown_node", "The workflow has no node {node}.", node=name)
    wanted: set[str] = set()
    stack = [level.index[name]]
    while stack:
        node = level.nodes[stack.pop()]
        if node.id in wanted:
            continue
        wanted.add(node.id)
        if node.id not in pinned:
            stack.extend(node.implied)
            stack.extend(source for source, _kind, _port in node.listed)
    return wanted


async def _reused(engine: Engine, request: StartRequest, plan: Plan, values: Values) -> Memory:
    """Records that stand for nodes which need not run: pinned outputs and outputs of an earlier execution."""
    memory = Memory()
    if request.reuse is not None:
        await _reuse_execution(engine, request, plan, memory, values)
    for node, output in request.pinned.items():
        if node not in plan.root.index:
            raise NotFound("execution.unknown_node", "The workflow has no node {node}.", node=node)
        form, payload = await values.encode(output, walk=True)
        memory.apply((r.DONE, "", node, engine.clock(), 0, 0, 0, None, form, payload, 0, None))
    return memory


async def _reuse_execution(engine: Engine, request: StartRequest, plan: Plan, memory: Memory, values: Values) -> None:
    source = request.reuse or ""
    row = await engine.store.execution(source, request.workspace)
    if row is None:
        raise NotFound("execution.not_found", "There is no execution {id}.", id=source)
    segments = await engine.store.read(source)
    earlier = recover(segments)
    everything = list(all_records(segments))
    named = [*request.rerun, *(() if request.copy_until is None else (request.copy_until,))]
    points = [point_of(plan.root, path) for path in named]
    again = {point.node for point in points}
    collected = Collected((), plan.root)
    if request.retry_items:
        collected = Collected(everything, plan.root, await calls_with_failures(engine.store, everything))
    failed = (failed_nodes(earlier) if request.retry_items else set[str]()) | collected.roots()
    stale = downstream(plan.root, again | failed)
    for name, records in earlier.memory.frames.get("", {}).items():
        if name in plan.root.index and name not in stale and records[-1][0] in (r.DONE, r.SKIPPED):
            memory.frames.setdefault("", {})[name] = list(records)
            if records[-1][0] == r.DONE:
                await values.hold_encoded((records[-1][8], records[-1][9]))
    if request.retry_items:
        await keep_inside(values, memory, everything, failed & set(plan.root.index), collected)
    for point in points:
        await keep_before(values, memory, everything, point)
