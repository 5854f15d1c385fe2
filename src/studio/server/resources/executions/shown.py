"""Executions as the API shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from typing import Any

import orjson

from studio.contracts.stored import ExecutionRow, NodeRunRow
from studio.domain.ids import first_id
from studio.i18n import render, text
from studio.server.resources.executions.schemas import (
    BarOut,
    ErrorOut,
    ExecutionDetail,
    ExecutionOut,
    NodeRunOut,
    OutcomeOut,
    ReasonOut,
)
from studio.services.executing.bulk import Outcome
from studio.services.executing.results import ErrorInfo, ExecutionResult, error_info
from studio.services.workflows.naming import RESERVED_TAG

_AT_A_NODE = frozenset({"wait.approval", "wait.breakpoint", "wait.child", "wait.in_doubt", "wait.signal"})


def execution_out(row: ExecutionRow) -> ExecutionOut:
    """An execution as lists show it."""
    own = next((tag.removeprefix(RESERVED_TAG) for tag in row.tags if tag.startswith(RESERVED_TAG)), None)
    return ExecutionOut(
        id=row.id, workflow=row.workflow_name, workflow_id=own, workflow_hash=row.workflow_hash,
        status=str(row.status), mode=row.mode, trigger=row.trigger, parent=row.parent_id, root=row.root_id,
        origin=row.origin_id, tags=[tag for tag in row.tags if not tag.startswith(RESERVED_TAG)], held=row.held,
        accepted_at=row.accepted_at, started_at=row.started_at, ended_at=row.ended_at, wake_at=row.wake_at,
        reason_code=_reason_code(row), error_code=row.error_code,
    )  # fmt: skip


def _reason_code(row: ExecutionRow) -> str | None:
    """The code of the reason that is recorded, which stands before its arguments."""
    return None if row.reason is None else str(orjson.loads(row.reason)[0])


def detail_out(row: ExecutionRow, result: ExecutionResult, lang: str) -> ExecutionDetail:
    """An execution with where it stands."""
    return ExecutionDetail(
        **execution_out(row).model_dump(), reason=_reason(row, result, lang), error=error_out(result.error, lang),
        seconds=result.seconds, tokens=result.tokens, cost=result.cost, recoveries=row.recoveries,
        journal_bytes=row.journal_bytes,
    )  # fmt: skip


def error_out(error: ErrorInfo | None, lang: str) -> ErrorOut | None:
    """An error, its sentence in a language."""
    if error is None:
        return None
    message = render(error.code, error.template, error.args, lang) if error.template else error.message
    return ErrorOut(
        code=error.code, message=message, node=error.node, param=error.param, classification=error.classification
    )


def error_of(facts: Any, lang: str) -> ErrorOut | None:
    """An error as it is recorded, its sentence in a language."""
    return error_out(error_info(facts), lang)


def _reason(row: ExecutionRow, result: ExecutionResult, lang: str) -> ReasonOut | None:
    if result.reason is None:
        return None
    args = result.reason_args
    until = datetime.fromtimestamp(result.wake_at / 1e6, UTC).isoformat(timespec="seconds") if result.wake_at else "?"
    known = {"node": (args or [""])[0], "name": (args or [""])[-1], "until": until, "place": (args or ["0"])[0]}
    try:
        message = text(result.reason, lang, **known)
    except LookupError:
        message = result.reason
    node = args[0] if args and result.reason in _AT_A_NODE else None
    return ReasonOut(
        code=result.reason, message=message, node=node, name=args[-1] if result.reason == "wait.signal" else None
    )


def node_run_out(run: NodeRunRow) -> NodeRunOut:
    """A node run."""
    return NodeRunOut(
        path=run.path, type=run.type, status=str(run.status), started_at=run.started_at,
        seconds=run.duration / 1e6, waited=run.waited / 1e6, attempts=run.attempts, input_bytes=run.input_bytes,
        output_bytes=run.output_bytes, error_code=run.error_code, first=run.first, count=run.count,
    )  # fmt: skip


def bar_out(run: NodeRunRow, accepted_at: int) -> BarOut:
    """A node run on a time axis."""
    return BarOut(
        path=run.path, type=run.type, status=str(run.status),
        start=None if run.started_at is None else max(0, run.started_at - accepted_at) / 1e6,
        seconds=run.duration / 1e6, waited=run.waited / 1e6, attempts=run.attempts, error_code=run.error_code,
    )  # fmt: skip


def outcome_out(outcome: Outcome, lang: str) -> OutcomeOut:
    """What came of one of many."""
    error = outcome.error
    return OutcomeOut(
        id=outcome.id, execution=outcome.made, code=error.code if error else None,
        message=render(error, lang=lang) if error else None,
    )  # fmt: skip


def first_at(moment: datetime | None) -> str | None:
    """The first id that can have been made at a moment. Without a zone it is UTC, as all times that Studio gives."""
    if moment is None:
        return None
    return first_id(ceil((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000))
