"""Bodies and answers for operators."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio.server._models import In, Out, PageOut, Time
from studio.server.resources.usage.schemas import QuotaBody


class QueuedOut(Out):
    """A queued execution and why it waits."""

    execution: str
    workspace: str
    workflow: str
    priority: int
    accepted_at: Time
    not_before: Time | None
    reason: Literal["held", "later", "slot", "workspace_limit", "no_worker", "turn"]
    message: str = Field(examples=["Its workspace runs as many executions as its quota allows."])


class QueueOut(Out):
    """What is queued, of each workspace in the order of its turn."""

    items: list[QueuedOut]


class WorkerOut(Out):
    """A worker."""

    id: str
    home: str = Field(description="Id of the data folder it stands on.")
    alive: bool = Field(description="Whether its lease lasts; what a dead one ran is taken over.")
    seen_at: Time
    lease_until: Time
    running: int


class WorkersOut(Out):
    """Every worker that is registered."""

    items: list[WorkerOut]


class InDoubtOut(Out):
    """An effect that may or may not have happened."""

    execution: str
    workspace: str
    workflow: str
    node: str
    accepted_at: Time


class InDoubtListOut(Out):
    """Effects that wait for a decision."""

    items: list[InDoubtOut]


class ExpiringOut(Out):
    """A credential that ends soon."""

    workspace: str
    id: str
    name: str
    type: str
    owner: str
    expires_at: Time


class QuotaOut(QuotaBody):
    """The quotas of a workspace."""

    workspace: str


class EgressOut(Out):
    """Private hosts that a workspace may reach."""

    workspace: str
    hosts: list[str] = Field(examples=[["db.internal:5432", "10.2.0.0/16"]])


class EgressListOut(PageOut[EgressOut]):
    """Exceptions of the workspaces that have some."""

    always: list[str] = Field(description="Hosts that every workspace may reach, by the server's options.")


class EgressIn(In):
    """An exception to make."""

    host: str = Field(min_length=1, max_length=260, examples=["db.internal:5432"])


class SettingOut(Out):
    """A setting of the server."""

    name: str
    value: object = Field(description="Null where it is a secret that is set.")
    secret: bool
    is_default: bool


class InstanceOut(Out):
    """The instance: its version and settings."""

    version: str
    database: str
    revision: str
    settings: list[SettingOut]


class BackupOut(Out):
    """A backup in the server's folder."""

    name: str
    size: int
    made_at: Time


class BackupsOut(Out):
    """Backups, newest first, and how the last ones went."""

    items: list[BackupOut]
    every_hours: float = Field(description="0 where the server makes none by itself.")
    keep: int
    done_at: Time | None
    failed_at: Time | None = Field(description="Of the last one, where it failed.")
    error_code: str | None
