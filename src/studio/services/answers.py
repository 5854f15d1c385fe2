"""Whether an answer still counts: approvals are decided once, and effects are settled where they are in doubt."""

from __future__ import annotations

from typing import Any, cast

from studio.contracts.store import Store
from studio.contracts.stored import Message
from studio.domain.errors import Conflict, NotFound, UserError
from studio.domain.workflow import Node, Workflow
from studio.engine import History
from studio.engine import records as r
from studio.expressions import compile_value
from studio.services._tree import nodes_of

APPROVAL = "flow.approval"
_SETTLED = (r.DONE, r.FAILED, r.SKIPPED)
_CHOICES = ["approve", "reject"]


class Answers:
    """Checks answers by what is committed of an execution."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def expect_approval(self, history: History, path: str, decision: str) -> None:
        """Refuse a decision that cannot count. One that comes early can.

        Raises:
            NotFound: No approval of this workflow has that path.
            Conflict: It has been decided, or is over.
            UserError: The decision is none of the choices.
        """
        nodes = await self._nodes(history)
        node = nodes.get(_id(path))
        if node is None or node.type != APPROVAL:
            known = ", ".join(id for id, one in nodes.items() if one.type == APPROVAL) or "–"
            raise NotFound(
                "approval.unknown", "{path} is no approval of this workflow; its approvals are: {known}.",
                path=path, known=known,
            )  # fmt: skip
        last = _last(history, path)
        waiting = last is not None and last[0] == r.WAIT
        choices = last[6]["choices"] if last is not None and waiting else _written(node)
        if last is not None and last[0] in _SETTLED:
            raise Conflict("approval.over", "{path} does not wait for a decision any more.", path=path)
        if await self._decided(history, path, choices):
            raise Conflict("approval.decided", "{path} has been decided already; a decision counts once.", path=path)
        if choices is not None and decision not in choices:
            raise UserError(
                "approval.choice", "{decision} is none of the choices of {path}: {known}.",
                decision=decision, path=path, known=", ".join(choices),
            ).at(param="decision")  # fmt: skip

    async def expect_doubt(self, history: History, path: str) -> None:
        """Refuse to settle what is not in doubt.

        Raises:
            NotFound: The workflow has no such node.
            Conflict: Its effect is not, or no longer, in doubt.
        """
        nodes = await self._nodes(history)
        if _id(path) not in nodes:
            raise NotFound("execution.unknown_node", "The workflow has no node {node}.", node=path)
        last = _last(history, path)
        if last is None or last[0] in _SETTLED:
            raise Conflict("execution.not_in_doubt", "The effect of {path} is not in doubt.", path=path)

    async def _nodes(self, history: History) -> dict[str, Node]:
        document = await self._store.version(history.row.workspace, history.row.workflow_hash)
        if document is None:
            return {}
        return {path.rpartition(".")[2]: node for path, node in nodes_of(Workflow.model_validate_json(document))}

    async def _decided(self, history: History, path: str, choices: list[str] | None) -> bool:
        """Whether a decision that counts is on its way."""
        began = max((at for at, record in _of(history, path) if record[0] == r.WAIT), default=(-1, -1))
        taken = [
            Message(history.row.id, record[1], record[2], record[3], record[4])
            for seq, index, record in history.records
            if record[0] == r.MESSAGE and (seq, index) > began
        ]
        for message in (*taken, *await self._store.inbox([history.row.id])):
            if message.kind == "approval":
                payload: dict[str, Any] = r.decode_facts(message.payload)
                if payload.get("path") == path and (choices is None or payload.get("decision") in choices):
                    return True
        return False


def _id(path: str) -> str:
    """The node's id at the end of a path such as ``items[3]/ask``."""
    return path.rpartition("/")[2].partition("[")[0]


def _of(history: History, path: str) -> list[tuple[tuple[int, int], r.Record]]:
    return [
        ((seq, index), record)
        for seq, index, record in history.records
        if r.DONE <= record[0] <= r.CHILD and record[1] + record[2] == path
    ]


def _last(history: History, path: str) -> r.Record | None:
    """The newest record of a node run, its time-out aside."""
    found = [record for _at, record in _of(history, path) if record[0] != r.WAIT or record[5] != r.LIMIT]
    return found[-1] if found else None


def _written(node: Node) -> list[str] | None:
    """The choices as written, None where only the run can tell."""
    choices = node.params.get("choices", _CHOICES)
    if not isinstance(choices, list) or compile_value(choices) is not None:
        return None
    return [str(choice) for choice in cast("list[Any]", choices)]
