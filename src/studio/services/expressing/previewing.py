"""What expressions would give, shown while they are written. No code of a node runs, nothing is recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

from studio.catalog import Catalog
from studio.contracts.stored import ExecutionFilter, ExecutionRow
from studio.domain.access import Actor, Permission
from studio.domain.errors import ExpressionError, StudioError
from studio.domain.ids import workflow_tag
from studio.domain.workflow import Node, Workflow
from studio.engine import Engine
from studio.expressions import FUNCTION_NAMES, Compiled, Expression
from studio.expressions.types import type_of
from studio.services.executing.finding import ExecutionFinder
from studio.services.executing.marks import Marks
from studio.services.executing.masking import HiddenOf, Mask
from studio.services.executing.reading import Shown, shown
from studio.services.expressing.evaluating import TOGETHER, Evaluating
from studio.services.expressing.names import Data, Names, Turn, listed
from studio.services.expressing.outlines import Outlines
from studio.services.expressing.places import Place, place_of
from studio.services.expressing.recorded import ABSENT, Recording, Recordings
from studio.services.workflows.finding import Finder
from studio.validation import Problem, nearest
from studio.validation.names import is_per_item

if TYPE_CHECKING:
    from studio.services.platform import Platform

LAST = "last"
"""Instead of an execution: the newest one of the workflow."""
_NOTHING = Workflow(studio=1, name="preview", nodes={})
_SHOWN = 100
_PER_ITEM = ("item", "index")


PinnedOutputs: TypeAlias = Callable[[Actor, str], Awaitable[Mapping[str, Any]]]
"""Gives what is pinned beside a draft by node path, as the actor may see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An expression, a text with expressions, or a tree of such.

    Args:
        value: What is written.
        param: Name of the param; those evaluated per item get ``item`` and ``index``.
        bare: It is an expression without braces.
    """

    value: Any
    param: str = ""
    bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be previewed.

    Args:
        written: The expressions.
        workflow: Id or key of the workflow in whose draft they stand; "" where only samples are in scope.
        node: Path of the node, or of a level for its ``output``.
        execution: Whose recorded outputs are taken; ``last`` for the newest.
        pinned: Whether what is pinned beside the draft comes before them.
        samples: Values by name, which come before everything else.
        indices: Which item of each container around, from the outside in.
        index: Which item, where the param is evaluated per item.
    """

    written: Sequence[Written]
    workflow: str = ""
    node: str = ""
    execution: str = ""
    pinned: bool = True
    samples: Mapping[str, Any] = field(default_factory=dict[str, Any])
    indices: Sequence[int] = ()
    index: int = 0


@dataclass(slots=True)
class Preview:
    """What one expression gives: its value and type, or a problem, or ``missing`` names that have no data yet."""

    shown: Shown | None = None
    type: str | None = None
    problem: Problem | None = None
    missing: list[str] = field(default_factory=list[str])
    index: int | None = None
    count: int | None = None


@dataclass(slots=True)
class Answer:
    """All previews, which items of the containers around they are for, and what they were made of."""

    previews: list[Preview]
    around: list[Turn]
    execution: str | None = None
    revision: int | None = None


class Previewing:
    """Previews expressions for somebody."""

    def __init__(
        self, engine: Engine, catalog: Catalog, finder: Finder, executions: ExecutionFinder, outlines: Outlines,
        recordings: Recordings, pinned: PinnedOutputs, hidden: HiddenOf,
    ) -> None:  # fmt: skip
        self._engine = engine
        self._catalog = catalog
        self._finder = finder
        self._executions = executions
        self.outlines = outlines
        self.recordings = recordings
        self._pinned = pinned
        self._hidden = hidden
        self._evaluating = Evaluating()

    async def preview(self, actor: Actor, question: Question) -> Answer:
        """What expressions give on the data that is chosen. What is masked for everybody is masked before.

        Raises:
            NotFound: There is no such workflow, node or execution that the actor may see.
        """
        workflow, revision, id = _NOTHING, None, ""
        if question.workflow:
            head = await self._finder.find(actor, question.workflow)
            id = head.id
            outline = await self.outlines.of(actor.workspace, id)
            workflow, revision = outline.workflow, outline.revision
        row = await self.row(actor, id, question.execution)
        data = await self.data(actor, id, row, pinned=question.pinned, samples=question.samples)
        mask = data.recording.mask if data.recording else Mask(Marks(), await self._hidden(actor.workspace))
        names = self.names(actor, workflow, place_of(workflow, question.node), data, question.indices)
        until = perf_counter() + TOGETHER / 1000  # what is read before is bounded by its size
        answers = [await self._one(names, one, question.index, mask, until) for one in question.written]
        return Answer(answers, names.around, row.id if row else None, revision)

    def names(self, actor: Actor, workflow: Workflow, place: Place, data: Data, indices: Sequence[int]) -> Names:
        """The names at a place."""

        async def variables() -> Mapping[str, Any] | None:
            if not actor.may(Permission.VARIABLE_VIEW):
                return None
            found = await self._engine.variables(actor.workspace)
            return (await self._hidden(actor.workspace)).variables(found)

        return Names(workflow, place, data, indices, self._catalog, self._evaluating, variables)

    async def row(self, actor: Actor, workflow: str, execution: str) -> ExecutionRow | None:
        """The execution that is chosen; of ``last`` the newest of the workflow that the actor may see, if any.

        Raises:
            NotFound: There is none of that id that the actor may see.
        """
        if execution != LAST:
            return await self._executions.find(actor, execution) if execution else None
        if not workflow:
            return None
        wanted = ExecutionFilter(workspace=actor.workspace, tag=workflow_tag(workflow), limit=1)
        rows = await self._engine.store.executions(wanted)
        allowed = bool(rows) and await self._executions.allows(actor, Permission.EXECUTION_VIEW, rows[0])
        return rows[0] if allowed else None

    async def data(
        self, actor: Actor, workflow: str, row: ExecutionRow | None, *, pinned: bool = True,
        samples: Mapping[str, Any] | None = None,
    ) -> Data:  # fmt: skip
        """What names stand for."""
        recording: Recording | None = None if row is None else await self.recordings.of(row)
        kept = await self._pinned(actor, workflow) if pinned and workflow else None
        return Data(samples=samples or {}, pinned=kept or {}, recording=recording)

    async def _one(self, names: Names, written: Written, index: int, mask: Mask, until: float) -> Preview:
        answer = Preview()
        try:
            compiled = self._evaluating.compiled(written.value, bare=written.bare)
            if compiled is None:
                await self._show(answer, written.value, mask)
                return answer
            more, answer.count = await self.item_of(names, written.param, index)
            answer.index = more.get("index") if answer.count else None
            roots = sorted(compiled.roots)
            unknown = _unknown(compiled, {*names.visible(), *more})
            if unknown is not None:
                answer.problem = unknown
                return answer
            scope, answer.missing = await names.values(roots, more=tuple(more))
            absent = [name for name, value in more.items() if value is ABSENT and name in compiled.roots]
            answer.missing += absent
            if not answer.missing:
                value = await self._evaluating.evaluate(compiled, {**scope, **more}, until)
                await self._show(answer, value, mask)
        except ExpressionError as error:
            answer.problem = Problem(
                code=error.code, template=error.template, arguments=error.arguments, start=error.start, end=error.end
            )
        return answer

    async def _show(self, answer: Preview, value: Any, mask: Mask) -> None:
        answer.shown = await shown(value, 0, _SHOWN, mask)
        answer.type = str(type_of(value, depth=3))

    async def item_of(self, names: Names, param: str, index: int) -> tuple[dict[str, Any], int | None]:
        """``item`` and ``index`` where a param is evaluated per item, or its node once per row; and how many items."""
        node = names.place.node
        if node is None or not param:
            return {}, None
        items: Any = ABSENT
        if node.each is not None and param not in ("each", "run_if"):
            items = await self._value(names, node.each)
        elif await self.per_item(node, param):
            items = await self._value(names, _list_of(node))
        else:
            return {}, None
        if not listed(items):
            return dict.fromkeys(_PER_ITEM, ABSENT), None
        count = len(items)
        at = min(max(0, index), max(0, count - 1))
        return {"item": await self._evaluating.item(items, at), "index": at}, count

    async def _value(self, names: Names, written: Any) -> Any:
        try:
            compiled = self._evaluating.compiled(written)
            if compiled is None:
                return written
            scope, missing = await names.values(sorted(compiled.roots))
            return ABSENT if missing else await self._evaluating.evaluate(compiled, scope)
        except ExpressionError:
            return ABSENT

    async def per_item(self, node: Node, param: str) -> bool:
        """Whether a param of a node is evaluated for each of its items."""
        try:
            await self._catalog.load_async(node.type)
        except StudioError:
            return False
        return is_per_item(self._catalog, node.type, param)


def _list_of(node: Node) -> Any:
    """The param whose items the others are evaluated for."""
    if "items" in node.params:
        return node.params["items"]
    lists: list[Any] = [one for one in node.params.values() if isinstance(one, list)]
    return lists[0] if lists else None


def _unknown(compiled: Compiled | Expression, known: set[str]) -> Problem | None:
    """The first name that nothing here is called by."""
    expressions = [compiled] if isinstance(compiled, Expression) else [one.expression for one in compiled.expressions]
    for expression in expressions:
        for name in expression.free_names:
            if name.id not in known and name.id not in FUNCTION_NAMES:
                near = nearest(name.id, known) or nearest(name.id, FUNCTION_NAMES)
                return Problem(
                    code="workflow.unknown_name", template="`{name}` is neither a node here nor a name in scope",
                    arguments={"name": name.id}, start=name.start, end=name.end, suggestion=near,
                )  # fmt: skip
    return None


def make_previewing(platform: Platform) -> Previewing:
    """The previews of a server."""
    ports, flows, executing = platform.ports, platform.workflows, platform.executing

    async def pinned(actor: Actor, workflow: str) -> Mapping[str, Any]:
        return await platform.pinning.outputs(actor, workflow)

    return Previewing(
        ports.engine, ports.catalog, flows.finder, executing.finder, Outlines(flows.shelf, flows.drafts),
        Recordings(ports.store, ports.blobs, executing.masking), pinned, platform.hidden,
    )  # fmt: skip
