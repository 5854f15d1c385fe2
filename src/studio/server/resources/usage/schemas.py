"""Answers about what a workspace uses."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio.server._models import In, Out

QuotaName = Literal[
    "executions_per_day", "executions_per_month", "concurrency", "storage", "cost_per_month", "requests_per_day"
]


class DayOut(Out):
    """What was used on one day (UTC)."""

    day: str = Field(examples=["2026-11-28"])
    executions: int = Field(description="Executions started, called ones not counted.")
    succeeded: int
    failed: int
    cancelled: int
    requests: int = Field(description="Requests to the API.")
    tokens: int
    cost: float = Field(description="AI spend, as nodes report it.")
    storage: int = Field(description="Bytes stored, as last measured; 0 where it was not.")


class LevelOut(Out):
    """How far a quota is used up."""

    quota: QuotaName
    used: float
    limit: float
    state: Literal["ok", "warning", "reached"] = Field(
        description="From 80 % on it is a warning, which Admins are told. Where `concurrency` is reached, executions "
        "wait in the queue; where any other is, what would exceed it is refused with 429."
    )


class UsageOut(Out):
    """What a workspace uses, and what it may."""

    workspace: str
    days: list[DayOut]
    quotas: list[LevelOut]


class QuotaBody(In):
    """What a workspace may use; null for as much as there is."""

    executions_per_day: int | None = Field(default=None, ge=0)
    executions_per_month: int | None = Field(default=None, ge=0)
    concurrency: int | None = Field(default=None, ge=1)
    storage: int | None = Field(default=None, ge=0, description="Bytes.")
    cost_per_month: float | None = Field(default=None, ge=0)
    requests_per_day: int | None = Field(default=None, ge=0)
