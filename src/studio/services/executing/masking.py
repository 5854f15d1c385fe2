"""Masking: values that are marked secret or personal are not shown, unless somebody who may reveals them.

Marks follow a value in two ways. Where the model of an input or output marks a place, what stands there is masked
whatever it is. Besides, a text that stood at a marked place is masked wherever it turns up in what is shown of the
execution, or of one that it called: as a whole from three characters on, inside a longer text from six on.

Secrets of the vault (secret variables, what credentials hold) are masked wherever they turn up; nobody reveals them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, cast

import msgspec

from studio.contracts.apart import asking_for
from studio.contracts.blobs import BlobStore
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionRow
from studio.domain.errors import NotFound, StorageError, StudioError
from studio.engine import Engine, ErrorInfo, Look
from studio.services.auditing import MASKED
from studio.services.executing.marks import Marks, Way, marked_ways, marks_of, texts_at
from studio.services.vault.hidden import INSIDE, WHOLE, Hidden, forms_of, masked

_REMEMBERED = 256
_ANCESTORS = 8


HiddenOf: TypeAlias = Callable[[str], Awaitable[Hidden]]
"""The vault's secrets of a workspace."""


class Mask:
    """What is not shown of one execution: what is marked in it, and secrets of the vault."""

    def __init__(self, marks: Marks, hidden: Hidden | None = None) -> None:
        self.marks = marks
        self.hidden = hidden or Hidden()
        self._whole: set[str] = set()
        self._inside: list[str] = []
        self.learn(marks.literals)

    def __bool__(self) -> bool:
        return bool(self.marks or self._whole or self.hidden)

    def learn(self, texts: Iterable[str]) -> None:
        """Take in texts that stood at marked places."""
        for text in texts:
            if len(text) >= WHOLE and text not in self._whole:
                self._whole.add(text)
                if len(text) >= INSIDE:
                    self._inside += forms_of(text)
        # Where one is part of another, the longer one goes first: nothing of it is left over.
        self._inside.sort(key=len, reverse=True)

    def text(self, text: str) -> str:
        """A text with what is marked masked."""
        if text in self._whole:
            return MASKED
        text = self.hidden.text(text)
        for secret in self._inside:
            if secret in text:
                text = text.replace(secret, MASKED)
        return text

    def plain(self, value: Any) -> Any:
        """A plain value with what is marked masked, keys included."""
        return masked(value, self.text, self._number) if self._whole or self.hidden else value

    def _number(self, value: int | float) -> bool:
        return self.hidden.number(value) or (len(str(value)) >= INSIDE and str(value) in self._whole)

    def inputs(self, value: Any) -> Any:
        """The inputs, marked places masked."""
        return conceal(value, self.marks.inputs)

    def output(self, path: str, value: Any) -> Any:
        """The output of a node run, marked places masked."""
        return conceal(value, self.marks.outputs.get(node_of(path), ()))

    def learn_output(self, path: str, value: Any) -> None:
        """Take in what a node run gave."""
        for way in self.marks.outputs.get(node_of(path), ()):
            self.learn(texts_at(value, way))


def node_of(path: str) -> str:
    """The id of the node that ran at a path: ``each`` of ``loop[3]/each[17]``."""
    return path.rpartition("/")[2].partition("[")[0]


def conceal(value: Any, ways: Sequence[Way]) -> Any:
    """A value with what these ways lead to masked; what they lead through is copied, nothing else."""
    for way in ways:
        value = _concealed(value, way)
    return value


def _concealed(value: Any, way: Way) -> Any:
    if not way:
        return value if value is None else MASKED
    step, rest = way[0], way[1:]
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        if step != "*" and step not in entries:
            return entries
        return {key: _concealed(inner, rest) if step in ("*", key) else inner for key, inner in entries.items()}
    if step == "*" and isinstance(value, list | tuple):
        return [_concealed(inner, rest) for inner in cast("Sequence[Any]", value)]
    # A list in chunks is not taken apart: it is masked as a whole.
    return MASKED if step == "*" and hasattr(value, "load") else value


def hidden_in(mask: Mask | Hidden, error: ErrorInfo | None) -> ErrorInfo | None:
    """An error with what is marked masked."""
    if error is None or not mask:
        return error
    return msgspec.structs.replace(error, message=mask.text(error.message), args=mask.plain(error.args))


class Masking:
    """Knows what is masked of executions."""

    def __init__(self, store: Store, blobs: BlobStore, engine: Engine, hidden: HiddenOf) -> None:
        self._store = store
        self._blobs = blobs
        self._engine = engine
        self.hidden = hidden
        self._marks: OrderedDict[str, Marks] = OrderedDict()

    async def of(self, row: ExecutionRow, *, outputs: bool = True) -> Mask:
        """What is masked of an execution, by what stands in it now.

        Args:
            row: The execution.
            outputs: Whether the outputs that are there are looked through. Without, whoever shows events takes them in
                as they come.
        """
        mask = Mask(await self.marks(row), await self.hidden(row.workspace))
        await self._learn(mask, row, mask.marks, outputs)
        parent = row.parent_id
        for _ in range(_ANCESTORS):
            caller = None if parent is None else await self._store.execution(parent, row.workspace)
            if caller is None:
                break
            await self._learn(mask, caller, await self.marks(caller), True)
            parent = caller.parent_id
        return mask

    async def revealed(self, row: ExecutionRow) -> Mask:
        """What is masked even for who may reveal: secrets of the vault."""
        return Mask(Marks(), await self.hidden(row.workspace))

    async def marks(self, row: ExecutionRow) -> Marks:
        """The marks of the workflow version that an execution runs."""
        known = self._marks.get(row.workflow_hash)
        if known is None:
            try:
                plan = await self._engine.plan(row.workspace, row.workflow_hash)
                known = await asyncio.to_thread(asking_for, row.workspace, marks_of, plan)
            except StorageError:
                raise
            except StudioError:
                # A node type that is gone tells nothing of its model any more; it may come back.
                return await self._of_inputs(row)
            self._marks[row.workflow_hash] = known
            if len(self._marks) > _REMEMBERED:
                self._marks.popitem(last=False)
        return known

    async def _of_inputs(self, row: ExecutionRow) -> Marks:
        document = await self._store.version(row.workspace, row.workflow_hash)
        schemas: dict[str, Any] = {} if document is None else msgspec.json.decode(document).get("inputs") or {}
        return Marks(inputs=tuple((name, *way) for name, schema in schemas.items() for way in marked_ways(schema)))

    async def _learn(self, mask: Mask, row: ExecutionRow, marks: Marks, outputs: bool) -> None:
        if not marks:
            return
        look = Look(self._store, self._blobs, row)
        mask.learn(marks.literals)
        if marks.inputs:
            given = await look.given("inputs")
            for way in marks.inputs:
                mask.learn(texts_at(given, way))
        if outputs and marks.outputs:
            async for path, value in look.outputs(marks.outputs):
                for way in marks.outputs.get(node_of(path), ()):
                    mask.learn(texts_at(value, way))

    async def output_of(self, row: ExecutionRow, mask: Mask, path: str) -> None:
        """Take in what a node run has just given."""
        if node_of(path) in mask.marks.outputs:
            try:
                mask.learn_output(path, await Look(self._store, self._blobs, row).output(path))
            except NotFound:
                return
