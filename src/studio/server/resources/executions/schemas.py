"""Answers about executions."""

from __future__ import annotations

from studio.server._models import Out, Time


class ExecutionOut(Out):
    """An execution in a list."""

    id: str
    workflow: str
    workflow_hash: str
    status: str
    mode: str
    trigger: str
    parent: str | None
    root: str | None
    origin: str | None
    tags: list[str]
    accepted_at: Time
    started_at: Time | None
    ended_at: Time | None
    wake_at: Time | None
    error_code: str | None
