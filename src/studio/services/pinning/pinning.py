"""Pinning outputs to the nodes of a draft: previews and trials take them instead of running the node.

They are seen by who may see executions, and masked like those. What is taken from an execution is taken as it is shown:
what is masked there is not there, so that nobody gets to see it by a detour.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import orjson

from studio.catalog import Catalog
from studio.contracts.records import Change, Records
from studio.domain.access import Actor, Permission
from studio.domain.errors import Conflict, NotFound, StudioError, UserError
from studio.domain.workflow import Node, Workflow
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.executing.finding import ExecutionFinder
from studio.services.executing.marks import Marks, marked_ways, schema_of
from studio.services.executing.masking import HiddenOf, Mask
from studio.services.executing.reading import Shown, into, shown
from studio.services.expressing.outlines import Outlines
from studio.services.expressing.places import node_paths, place_of
from studio.services.expressing.recorded import ABSENT, Recordings
from studio.services.pinning.model import PinnedOutput, PinnedShelf, pinned_id
from studio.services.values import present
from studio.services.workflows.ending import again
from studio.services.workflows.finding import Finder
from studio.services.workflows.model import WorkflowHead

MOST_BYTES = 1024 * 1024
"""Of one pinned output, as JSON."""
MOST_TOGETHER = 16 * 1024 * 1024
MOST_PINNED = 200
_KEPT_AFTER = 3600 * 1_000_000
"""What was pinned to a node that was removed is kept so long, for whoever takes that back."""


class Pinned(NamedTuple):
    """What is pinned to a node, ready to be shown: a part of its value, and what stands around it."""

    kept: Kept[PinnedOutput]
    shown: Shown


class Pinning:
    """Pins outputs for somebody."""

    def __init__(
        self, records: Records, catalog: Catalog, finder: Finder, executions: ExecutionFinder, outlines: Outlines,
        recordings: Recordings, hidden: HiddenOf, clock: Clock,
    ) -> None:  # fmt: skip
        self.shelf = PinnedShelf(records)
        self._records = records
        self._catalog = catalog
        self._finder = finder
        self._executions = executions
        self._outlines = outlines
        self._recordings = recordings
        self._hidden = hidden
        self._clock = clock

    # Looking

    async def list(self, actor: Actor, reference: str) -> list[Pinned]:
        """Everything that is pinned, masked, each value as far as it is shown at once.

        Raises:
            NotFound: There is no such workflow.
            AccessRefused: The actor may not see its executions.
        """
        workflow, found = await self._open(actor, reference)
        mask = await self._mask(actor, workflow, found)
        return [Pinned(one, await shown(self._value(one, mask), 0, 100, mask)) for one in found]

    async def show(
        self, actor: Actor, reference: str, node: str, pointer: Sequence[str], offset: int, limit: int
    ) -> Pinned:
        """A part of what is pinned to a node.

        Raises:
            NotFound: There is no such workflow; nothing is pinned to the node; or the value has no such part.
            AccessRefused: The actor may not see its executions.
        """
        workflow, found = await self._open(actor, reference)
        kept = next((one for one in found if one.value.node == node), None)
        if kept is None:
            raise _nothing(node)
        mask = await self._mask(actor, workflow, found)
        value = self._value(kept, mask)
        for at, key in enumerate(pointer):
            value = await into(value, key, "/".join(pointer[: at + 1]))
        return Pinned(kept, await shown(value, offset, limit, mask))

    async def shown(self, actor: Actor, reference: str, kept: Kept[PinnedOutput]) -> Pinned:
        """What has just been pinned, as far as the one who did may see it: nothing of it without that right."""
        head = await self._finder.find(actor, reference)
        outline = await self._outlines.of(actor.workspace, head.id)
        mask = await self._mask(actor, outline.workflow, [kept])
        allowed = await self._finder.allows(actor, Permission.EXECUTION_VIEW, head.value)
        return Pinned(kept, await shown(self._value(kept, mask) if allowed else None, 0, 100, mask))

    async def outputs(self, actor: Actor, workflow: str) -> Mapping[str, Any]:
        """What is pinned beside a draft by node path, masked; nothing for who may not see executions."""
        head = await self._finder.any(actor.workspace, workflow)
        if head is None or not await self._finder.allows(actor, Permission.EXECUTION_VIEW, head.value):
            return {}
        outline = await self._outlines.of(actor.workspace, head.id)
        found = await self._present(actor.workspace, head.id, outline.workflow)
        if not found:
            return {}
        mask = await self._mask(actor, outline.workflow, found)
        return {one.value.node: mask.plain(self._value(one, mask)) for one in found}

    async def for_run(self, workspace: str, workflow: str, document: Workflow) -> dict[str, Any]:
        """What nodes of the top level give in a trial. Whether whoever asks may say that was asked before."""
        found = await self._present(workspace, workflow, document)
        return {one.value.node: orjson.loads(one.value.value) for one in found if one.value.node in document.nodes}

    async def _open(self, actor: Actor, reference: str) -> tuple[Workflow, list[Kept[PinnedOutput]]]:
        head = await self._finder.find(actor, reference, Permission.EXECUTION_VIEW)
        outline = await self._outlines.of(actor.workspace, head.id)
        return outline.workflow, await self._present(actor.workspace, head.id, outline.workflow)

    async def _present(self, workspace: str, workflow: str, document: Workflow) -> list[Kept[PinnedOutput]]:
        """What is pinned to nodes that are there."""
        found = await self.shelf.outputs.all(workspace, parent=workflow)
        if not found:
            return []
        there = {path for path, _ in node_paths(document)}
        return sorted((one for one in found if one.value.node in there), key=lambda one: one.value.node)

    async def _mask(self, actor: Actor, workflow: Workflow, found: Sequence[Kept[PinnedOutput]]) -> Mask:
        nodes = dict(node_paths(workflow))
        outputs = {one.value.node: tuple(await self._ways(nodes[one.value.node])) for one in found}
        by_id = {path.rpartition(".")[2]: ways for path, ways in outputs.items() if ways}
        mask = Mask(Marks(outputs=by_id), await self._hidden(actor.workspace))
        for one in found if by_id else ():
            mask.learn_output(_id(one), orjson.loads(one.value.value))
        return mask

    async def _ways(self, node: Node) -> Iterator[tuple[str, ...]]:
        """Where the output model of a node's type marks something."""
        try:
            impl = await self._catalog.load_async(node.type)
            return marked_ways(await asyncio.to_thread(schema_of, impl.output_schema, node.params))
        except (StudioError, ValueError, TypeError, LookupError, AttributeError):
            # A type that is gone tells nothing of its output, nor do params that are still wrong.
            return iter(())

    def _value(self, kept: Kept[PinnedOutput], mask: Mask) -> Any:
        return mask.output(_id(kept), orjson.loads(kept.value.value))

    # Changing

    async def put(
        self, actor: Actor, reference: str, node: str, value: Any, expected: int | None = None
    ) -> Kept[PinnedOutput]:
        """Pin a value to a node. Where a text is what masks show, what stood there stays.

        Raises:
            NotFound: There is no such workflow or node.
            UserError: The value is too large.
            Conflict: Too much is pinned already.
            RecordChanged: What is pinned has another revision than ``expected``.
        """
        head = await self._finder.editable(actor, reference, Permission.WORKFLOW_EDIT)
        old = await self.shelf.outputs.get(actor.workspace, pinned_id(head.id, node))
        kept = value if old is None else unmasked(value, orjson.loads(old.value.value))
        return await self._put(actor, head, node, kept, "", expected)

    async def take(
        self, actor: Actor, reference: str, node: str, execution: str, expected: int | None = None
    ) -> Kept[PinnedOutput]:
        """Pin what a node gave in an execution, as the execution is shown.

        Raises:
            NotFound: There is no such workflow, node or execution, or the node gave nothing there.
            UserError: The value is too large, or holds files or tables, which belong to the execution.
        """
        head = await self._finder.editable(actor, reference, Permission.WORKFLOW_EDIT)
        row = await self._executions.find(actor, execution)
        recording = await self._recordings.of(row)
        value = await recording.output("", node)
        if value is ABSENT:
            raise NotFound("execution.no_output", "{path} has no output in execution {id}.", path=node, id=row.id)
        plain = await present(value) if isinstance(value, Mapping) else None
        if _holds_reference(plain):
            raise UserError(
                "pinned.not_json", "{node} gave files, tables or long lists, which cannot be pinned.", node=node
            )
        return await self._put(actor, head, node, plain, row.id, expected)

    async def _put(
        self, actor: Actor, head: Kept[WorkflowHead], node: str, value: Any, execution: str, expected: int | None
    ) -> Kept[PinnedOutput]:
        outline = await self._outlines.of(actor.workspace, head.id)
        if place_of(outline.workflow, node).node is None:
            raise NotFound("execution.unknown_node", "The workflow has no node {node}.", node=node)
        data = orjson.dumps(value)
        await self._check_size(actor.workspace, head.id, node, len(data))
        id = pinned_id(head.id, node)
        made = PinnedOutput(
            workflow=head.id, node=node, value=data, by=actor.id, at=self._clock(), execution=execution
        )  # fmt: skip
        audit = entry(
            actor, "workflow.pinned", kind="workflow", id=head.id, name=head.value.name,
            after={"node": node, "bytes": len(data), **({"execution": execution} if execution else {})},
        )  # fmt: skip
        await self._records.commit([self.shelf.outputs.put(actor.workspace, id, made, expected=expected)], [audit])
        return await self.shelf.outputs.need(actor.workspace, id)

    async def _check_size(self, workspace: str, workflow: str, node: str, size: int) -> None:
        if size > MOST_BYTES:
            raise UserError("pinned.too_large", "A pinned output has {most} KB at most.", most=MOST_BYTES // 1024)
        others = [one for one in await self.shelf.outputs.all(workspace, parent=workflow) if one.value.node != node]
        if len(others) >= MOST_PINNED or size + sum(len(one.value.value) for one in others) > MOST_TOGETHER:
            raise Conflict(
                "pinned.too_much", "A workflow has at most {count} pinned outputs of {most} MB together.",
                count=MOST_PINNED, most=MOST_TOGETHER // 1024**2,
            )  # fmt: skip

    async def clear(self, actor: Actor, reference: str, node: str | None = None) -> None:
        """Take away what is pinned to a node, or everything.

        Raises:
            NotFound: There is no such workflow, or nothing is pinned to the node.
        """
        head = await self._finder.editable(actor, reference, Permission.WORKFLOW_EDIT)
        found = await self.shelf.outputs.all(actor.workspace, parent=head.id)
        found = [one for one in found if node is None or one.value.node == node]
        if not found and node is not None:
            raise _nothing(node)
        if found:
            audit = entry(
                actor, "workflow.unpinned", kind="workflow", id=head.id, name=head.value.name,
                before={"nodes": sorted(one.value.node for one in found)},
            )  # fmt: skip
            await self._records.commit([self.shelf.outputs.drop(actor.workspace, one.id) for one in found], [audit])

    # While the draft is edited

    async def follow(self, actor: Actor, workflow: str, names: Sequence[tuple[str, str]]) -> list[Change]:
        """The changes that take pinned outputs along where nodes are renamed (old path, new path)."""
        changes: list[Change] = []
        for kept in await self.shelf.outputs.all(actor.workspace, parent=workflow):
            node = kept.value.node
            for old, new in names:
                if _within(node, old):
                    node = new + node[len(old) :]
            if node != kept.value.node:
                moved = PinnedOutput(
                    workflow=workflow, node=node, value=kept.value.value, by=kept.value.by, at=kept.value.at,
                    execution=kept.value.execution,
                )  # fmt: skip
                changes.append(self.shelf.outputs.drop(actor.workspace, kept.id, expected=kept.revision))
                changes.append(self.shelf.outputs.put(actor.workspace, pinned_id(workflow, node), moved))
        return changes

    async def placed(self, actor: Actor, workflow: str, gone: Sequence[str], back: Sequence[str]) -> list[Change]:
        """The changes that let pinned outputs end with nodes that are removed, and stay with nodes that come back."""
        changes: list[Change] = []
        for kept in await self.shelf.outputs.all(actor.workspace, parent=workflow):
            if any(_within(kept.value.node, node) for node in gone):
                changes += again(self.shelf.outputs, kept, self._clock() + _KEPT_AFTER)
            elif any(_within(kept.value.node, node) for node in back):
                changes += again(self.shelf.outputs, kept, None)
        return changes


def _id(kept: Kept[PinnedOutput]) -> str:
    return kept.value.node.rpartition(".")[2]


def _within(path: str, node: str) -> bool:
    return path == node or path.startswith(f"{node}.")


def _nothing(node: str) -> NotFound:
    return NotFound("pinned.none", "Nothing is pinned to {node}.", node=node)


def unmasked(value: Any, old: Any) -> Any:
    """A value in which what is only the mask of something stays what it was."""
    if isinstance(value, str):
        return old if value == MASKED and old is not None else value
    if isinstance(value, Mapping) and isinstance(old, Mapping):
        was = cast("Mapping[str, Any]", old)
        entries = cast("Mapping[str, Any]", value)
        return {key: unmasked(inner, was.get(key)) for key, inner in entries.items()}
    if isinstance(value, list) and isinstance(old, list):
        before = cast("list[Any]", old)
        items = enumerate(cast("list[Any]", value))
        return [unmasked(inner, before[at] if at < len(before) else None) for at, inner in items]
    return cast("Any", value)


def _holds_reference(value: Any) -> bool:
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        return bool(entries.keys() & {"$file", "$table", "$items"}) or any(map(_holds_reference, entries.values()))
    return isinstance(value, list) and any(map(_holds_reference, cast("list[Any]", value)))
