"""Bodies and answers about executions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from studio.server._models import In, Out, Time

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


class ExecutionDetail(ExecutionOut):
    """An execution and where it stands."""

    reason: ReasonOut | None
    error: ErrorOut | None
    seconds: float = Field(description="From acceptance to its end; 0 while it goes on.")
    recoveries: int = Field(description="How often its worker died without progress in between.")
    journal_bytes: int


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


class ValueOut(Out):
    """A part of a value."""

    kind: Literal["object", "list", "text", "number", "boolean", "null", "file", "table", "items"]
    size: int | None = Field(description="Entries of an object or list, characters of a text.")
    offset: int
    value: Json = Field(description='Large members are cut to `{"$more": {"kind": …, "size": …}}`; ask for them.')


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
    pinned: dict[str, Json] = Field(default={}, description="Outputs by node, taken instead of running it.")


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
