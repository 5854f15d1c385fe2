"""What a trial would do, before it starts: what runs, what is taken over and how old that is, and which effects.

A trial from a node on, or of one node alone, is a replay on the draft of an execution that has ended (``start``,
``again``, ``until``): what did not change keeps its output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from studio.catalog import Catalog
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionFilter, ExecutionRow
from studio.domain.access import Actor, Permission
from studio.domain.errors import Conflict, NotFound
from studio.domain.ids import workflow_tag
from studio.domain.status import ExecutionStatus
from studio.domain.workflow import Node, Workflow
from studio.engine import records as r
from studio.services.executing.finding import ExecutionFinder
from studio.services.expressing.outlines import Outlines
from studio.services.expressing.previewing import LAST
from studio.services.expressing.recorded import Recording, Recordings, ended_at
from studio.services.pinning.pinning import Pinning
from studio.services.planning.comparing import after, changed
from studio.services.planning.effects import Effects, NodeEffect
from studio.services.workflows._threads import aside
from studio.services.workflows.finding import Finder
from studio.validation.analysis import LevelGraph, analyse

Kind: TypeAlias = Literal["all", "until", "from", "node"]
_ENDED = tuple(status for status in ExecutionStatus if status.terminal)


class Taken(NamedTuple):
    """An output that is taken over: of when; whether it is pinned; whether the node, or one before it, has changed."""

    node: str
    at: int
    pinned: bool
    stale: bool


@dataclass(slots=True)
class Planned:
    """What a trial would do.

    Args:
        kind: What was asked.
        revision: Of the draft.
        execution: Whose outputs are taken over.
        runs: Nodes of the top level that run, in an order in which they may.
        reused: Outputs that are taken over.
        again: Nodes that were to be taken over, and run because they have changed. ``again`` of the replay.
        missing: Nodes that are needed and gave nothing yet: they run, too.
        effects: What that does to the world.
    """

    kind: Kind
    revision: int
    execution: str | None = None
    runs: list[str] = field(default_factory=list[str])
    reused: list[Taken] = field(default_factory=list[Taken])
    again: list[str] = field(default_factory=list[str])
    missing: list[str] = field(default_factory=list[str])
    effects: list[NodeEffect] = field(default_factory=list[NodeEffect])


class Planning:
    """Plans trials of drafts."""

    def __init__(
        self, store: Store, catalog: Catalog, finder: Finder, executions: ExecutionFinder, outlines: Outlines,
        recordings: Recordings, pinning: Pinning, effects: Effects,
    ) -> None:  # fmt: skip
        self._store = store
        self._catalog = catalog
        self._finder = finder
        self._executions = executions
        self._outlines = outlines
        self._recordings = recordings
        self._pinning = pinning
        self._effects = effects

    async def plan(
        self, actor: Actor, reference: str, kind: Kind, node: str, *, execution: str, pinned: bool
    ) -> Planned:
        """What a run of the draft would do: all of it, until a node, from a node on, or a node alone.

        Raises:
            NotFound: There is no such workflow, node or execution; or nothing has run yet whose outputs could be taken.
            AccessRefused: The actor may not run it.
            Conflict: The execution goes on.
        """
        head = await self._finder.find(actor, reference, Permission.WORKFLOW_EXECUTE)
        outline = await self._outlines.of(actor.workspace, head.id)
        workflow = outline.workflow
        top = node.partition(".")[0]
        if kind != "all" and top not in workflow.nodes:
            raise NotFound("execution.unknown_node", "The workflow has no node {node}.", node=node)
        graph = await aside(analyse, workflow, self._catalog)
        planned = Planned(kind, outline.revision)
        pins = {one.node: one.at for one in await self._pins(actor, head.id, workflow)} if pinned else {}
        if kind in ("from", "node"):
            wanted = await self._reusing(actor, head.id, workflow, graph, top, execution, pins, planned)
        else:
            wanted = set(workflow.nodes) if kind == "all" else _needed(graph, top, set(pins))
            planned.runs = [id for id in graph.order if id in wanted and id not in pins]
        planned.reused += [Taken(id, at, True, False) for id, at in sorted(pins.items()) if id in wanted]
        planned.effects = await self._effects.of(actor, _chosen(workflow, planned.runs))
        return planned

    async def _pins(self, actor: Actor, id: str, workflow: Workflow) -> list[Taken]:
        found = await self._pinning.list(actor, id) if await self._may_look(actor, id) else []
        return [
            Taken(one.kept.value.node, one.kept.value.at, True, False)
            for one in found
            if one.kept.value.node in workflow.nodes
        ]

    async def _may_look(self, actor: Actor, id: str) -> bool:
        head = await self._finder.find(actor, id)
        return await self._finder.allows(actor, Permission.EXECUTION_VIEW, head.value)

    async def _reusing(
        self, actor: Actor, id: str, workflow: Workflow, graph: LevelGraph, node: str, execution: str,
        pins: Mapping[str, int], planned: Planned,
    ) -> set[str]:  # fmt: skip
        row = await self._row(actor, id, execution)
        recording = await self._recordings.of(row)
        planned.execution = row.id
        given = {id: at for id, at in _given(recording) if id in workflow.nodes}
        differs = await self._changed(row, workflow)
        stale = after(graph, differs)
        if planned.kind == "node":
            have = {*given, *pins} - {node}
            wanted = _needed(graph, node, have)
            taken = {one for one in wanted if one in given and one != node and one not in pins}
        else:
            rerun = after(graph, [node])
            planned.again = [one for one in graph.order if one in differs & set(given) and one not in rerun | set(pins)]
            taken = set(given) - after(graph, [node, *planned.again]) - set(pins)
            wanted = set(workflow.nodes)
        planned.reused = [Taken(one, given[one], False, one in stale) for one in graph.order if one in taken]
        planned.runs = [one for one in graph.order if one in wanted and one not in taken and one not in pins]
        before = graph.upstream(node)
        planned.missing = [one for one in planned.runs if one in before and one not in given]
        return wanted

    async def _row(self, actor: Actor, id: str, execution: str) -> ExecutionRow:
        if execution != LAST:
            row = await self._executions.find(actor, execution)
            if not row.status.terminal:
                raise Conflict("execution.goes_on", "The execution {id} has not ended yet.", id=row.id)
            return row
        wanted = ExecutionFilter(workspace=actor.workspace, tag=workflow_tag(id), status=_ENDED, limit=1)
        rows = await self._store.executions(wanted)
        if not rows or not await self._executions.allows(actor, Permission.EXECUTION_VIEW, rows[0]):
            raise NotFound("plan.nothing_ran", "Nothing has run yet whose outputs could be taken over.")
        return rows[0]

    async def _changed(self, row: ExecutionRow, workflow: Workflow) -> set[str]:
        document = await self._store.version(row.workspace, row.workflow_hash)
        if document is None:
            return set(workflow.nodes)
        before = await aside(Workflow.model_validate_json, document)
        return await aside(changed, before, workflow)


def _given(recording: Recording) -> Iterator[tuple[str, int]]:
    """Nodes of the top level that an execution knows the outcome of, and when they ended."""
    for id, records in recording.found.memory.frames.get("", {}).items():
        if records[-1][0] in (r.DONE, r.SKIPPED):
            yield id, ended_at(records[-1]) or 0


def _needed(graph: LevelGraph, node: str, given: set[str]) -> set[str]:
    """A node and what it needs; what is given needs nothing."""
    wanted: set[str] = set()
    ahead = [node]
    while ahead:
        id = ahead.pop()
        if id not in wanted:
            wanted.add(id)
            ahead += [] if id in given and id != node else graph.waits_for(id)
    return wanted


def _chosen(workflow: Workflow, ids: list[str]) -> Iterator[tuple[str, Node]]:
    for id in ids:
        yield id, workflow.nodes[id]
