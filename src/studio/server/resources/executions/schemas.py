"""Bodies and answers about executions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from studio.domain.status import ExecutionStatus
from studio.server._models import In, Out, PageOut, Time

Json = Any


class ExecutionOut(Out):
    """An execution in a list."""

    id: str = Field(examples=["01m8h9rts8w6yk3d1g5v0qeb2n"])
    workflow: str = Field(description="Name of the workflow.", examples=["Strong earthquakes"])
    workflow_id: str | None = Field(description="Id of the workflow; null where it belongs to none of the workspace.")
    workflow_hash: str = Field(description="Content hash of the version that runs.")
    status: str = Field(examples=["succeeded"])
    mode: str = Field(examples=["run"])
    trigger: str = Field(examples=["api"])
    parent: str | None
    root: str | None
    origin: str | None = Field(description="The execution that this one replays or forks.")
    tags: list[str]
    held: bool = Field(description="A restore holds it until a person resumes it.")
    accepted_at: Time
    started_at: Time | None
    ended_at: Time | None
    wake_at: Time | None
    reason_code: str | None = Field(description="Why it waits; null where it does not.", examples=["wait.approval"])
    error_code: str | None


class ErrorOut(Out):
    """Why an execution or a node run failed."""

    code: str
    message: str
    node: str | None
    param: str | None
    classification: str


class ReasonOut(Out):
    """Why an execution waits."""

    code: str = Field(examples=["wait.approval"])
    message: str = Field(examples=["release waits for an approval."])
    node: str | None = Field(default=None, description="Path of the node that waits.", examples=["release"])
    name: str | None = Field(default=None, description="Name of the signal.", examples=["paid"])


class ExecutionDetail(ExecutionOut):
    """An execution and where it stands."""

    reason: ReasonOut | None
    error: ErrorOut | None
    seconds: float = Field(description="From acceptance to its end; 0 while it goes on.")
    tokens: int = Field(description="Tokens that models have used so far.")
    cost: float = Field(description="What that has cost, in US dollars.")
    recoveries: int = Field(description="How often its worker died without progress in between.")
    journal_bytes: int


class RecentOut(Out):
    """The last executions of several workflows."""

    workflows: dict[str, list[ExecutionOut]] = Field(description="By the id of the workflow, newest first.")


class NodeRunOut(Out):
    """A node run; inside a map a row stands for many items, and each failed item has its own."""

    path: str
    type: str
    status: str
    started_at: Time | None
    seconds: float
    waited: float
    attempts: int
    input_bytes: int
    output_bytes: int
    error_code: str | None
    first: int | None = Field(description="First item that this row stands for.")
    count: int | None = Field(description="Number of items that this row stands for.")


class BarOut(Out):
    """A node run on a time axis. Times in seconds."""

    path: str
    type: str
    status: str
    start: float | None = Field(description="From the execution's acceptance; null where it never began.")
    seconds: float
    waited: float
    attempts: int
    error_code: str | None


class TimelineOut(PageOut[BarOut]):
    """Node runs outside maps, and what they lie on."""

    accepted_at: Time
    ended_at: Time | None


class AttemptOut(Out):
    """An attempt of a node run that failed."""

    number: int
    next_at: Time
    error: ErrorOut | None


class AttemptsOut(Out):
    """How a node run failed."""

    attempts: list[AttemptOut]
    error: ErrorOut | None = Field(description="The error that it ended with; null where it did not fail.")


class ValueOut(Out):
    """A part of a value."""

    kind: Literal["object", "list", "text", "number", "boolean", "null", "file", "table", "items"]
    size: int | None = Field(description="Entries of an object or list, characters of a text.")
    offset: int
    value: Json = Field(description='Large members are cut to `{"$more": {"kind": …, "size": …}}`; ask for them.')


class BreakpointIn(In):
    """A node before which a run of the draft stops: in a map at its first item, or at each that fits the condition."""

    node: str = Field(max_length=2000, description="Path of the node in the workflow.", examples=["places.body.place"])
    condition: str | None = Field(
        default=None, max_length=10_000, description="An expression, with or without braces.", examples=["item.n > 3"]
    )


class StartIn(In):
    """Start an execution."""

    workflow: str = Field(max_length=64, description="Id or key of the workflow.", examples=["strong-earthquakes"])
    which: int | Literal["published", "draft"] = Field(
        default="published", description="The published version, the draft, or a version by its number."
    )
    inputs: dict[str, Json] = Field(default={}, examples=[{"magnitude": 6}])
    tags: list[str] = Field(default=[], max_length=20)
    priority: int | None = Field(default=None, ge=-100, le=100)
    until: str | None = Field(default=None, max_length=2000, description="Only this node and what it needs.")
    pinned: dict[str, Json] | Literal["draft"] = Field(
        default={},
        description="Outputs by node, taken instead of running it; `draft` for what is pinned beside the draft.",
    )
    breakpoints: list[BreakpointIn] = Field(
        default=[], max_length=200, description="Where it stops; for runs of the draft alone."
    )


class ReplayIn(In):
    """Run an execution again."""

    on: Literal["same", "published", "draft"] = Field(
        default="same", description="The version of then, the published one, or the draft."
    )
    start: str | None = Field(
        default=None, max_length=2000, description="Node to begin with; what comes before is reused. Null runs all."
    )
    again: list[str] = Field(
        default=[], max_length=1000, description="With `start`: nodes before it that run again, too, as they changed."
    )
    until: str | None = Field(default=None, max_length=2000, description="Only this node and what it needs.")
    inputs: dict[str, Json] = Field(default={}, description="Values instead of those of then.")
    breakpoints: list[BreakpointIn] = Field(default=[], max_length=200, description="Where it stops, on the draft.")
    pinned: Literal["draft"] | None = Field(default=None, description="Take what is pinned, on the draft.")


class ForkIn(In):
    """Copy the history up to a node, and go on from there."""

    until: str = Field(max_length=2000, description="Path of the node.", examples=["review"])
    on: Literal["same", "published", "draft"] = "same"


class FilterIn(In):
    """Which executions."""

    status: list[ExecutionStatus] | None = Field(default=None, max_length=8)
    workflow: str | None = Field(default=None, max_length=64, description="Id or key of a workflow.")
    tag: str | None = Field(default=None, max_length=200)
    error: str | None = Field(default=None, max_length=200, description="Code of the error it ended with.")
    since: datetime | None = Field(default=None, description="Made at or after.")
    until: datetime | None = Field(default=None, description="Made before.")


class BulkIn(In):
    """Do the same to many executions: those named, or those that fit a filter, newest first."""

    action: Literal["cancel", "pause", "resume", "replay", "retry", "delete"]
    ids: list[str] | None = Field(default=None, max_length=1000)
    filter: FilterIn | None = None
    most: int = Field(default=1000, ge=1, le=1000, description="At most so many.")
    dry: bool = Field(default=False, description="Only count.")
    reason: str = Field(default="", max_length=1000, description="Of a cancellation.")
    on: Literal["same", "published", "draft"] = Field(default="same", description="Of a replay.")


class OutcomeOut(Out):
    """What came of one of them."""

    id: str
    execution: str | None = Field(description="The new execution, where it was run again.")
    code: str | None = Field(description="Code of the error, where it was refused.")
    message: str | None


class BulkOut(Out):
    """What came of it."""

    count: int = Field(description="How many were chosen.")
    more: bool = Field(description="Whether more would fit the filter.")
    outcomes: list[OutcomeOut] = Field(description="Empty where it was only counted.")


class CancelIn(In):
    """Cancel."""

    reason: str = Field(default="", max_length=1000)


class SignalIn(In):
    """Send a signal."""

    name: str = Field(max_length=200, examples=["paid"])
    payload: Json = None
    id: str | None = Field(default=None, max_length=200, description="The same id counts once.")


class ApprovalIn(In):
    """Answer an approval."""

    path: str = Field(max_length=2000, description="Path of the approval.", examples=["release"])
    decision: str = Field(max_length=200, examples=["approve"])
    comment: str | None = Field(default=None, max_length=10_000)
    data: Json = None


class DecisionIn(In):
    """Settle an effect in doubt."""

    path: str = Field(max_length=2000, description="Path of the node.")
    decision: Literal["happened", "run", "fail"]
    output: Json = None
