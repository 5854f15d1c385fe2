"""Bodies and answers about API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from studio.server._models import In, Out, ShownOnce, Time

Quota = Annotated[int, Field(ge=0, le=1_000_000_000)]
Permissions = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=100)]
Workflows = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=1000)]
Networks = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=100)]
NETWORKS = "Addresses and networks that requests may come from; empty for everywhere."


class KeyOut(Out):
    """An API key."""

    id: str
    name: str
    token: str = Field(description="The beginning of the token, and its end.", examples=["sk_default_01m8…_…3f9a"])
    owner: str = Field(description="Account that it acts for.")
    created_by: str
    state: Literal["active", "expired", "revoked"]
    workflows: list[str] | None = Field(description="Ids of the only workflows that it may touch; null for all.")
    permissions: list[str] | None = Field(
        description="The only permissions that it may use, as far as its owner has them; null for all the owner's,"
        " and with `workflows` for those about workflows."
    )
    ips: list[str] = Field(description=NETWORKS)
    requests_per_minute: int = Field(description="0 for no limit.")
    requests_per_day: int = Field(description="0 for no limit. Days are those of UTC.")
    executions_per_day: int = Field(description="0 for no limit.")
    allow_get: bool = Field(description="Whether it may run workflows by GET.")
    created_at: Time
    expires_at: Time | None
    revoked_at: Time | None
    old_until: Time | None = Field(description="Until when the token before the last rotation counts.")
    last_used_at: Time | None = Field(description="To within a minute.")
    last_used_from: str | None


class NewKeyOut(KeyOut):
    """An API key with its token. The token is shown this once."""

    secret: ShownOnce = Field(
        description="The whole token: `Authorization: Bearer sk_…`. Null where the answer is a repetition.",
        examples=["sk_default_01m8h9rts8w6yk3d1g5v0qeb2n_…"],
    )


class KeyIn(In):
    """A new API key."""

    name: str = Field(min_length=1, max_length=100, examples=["Shop"])
    owner: str | None = Field(
        default=None, max_length=64, description="A service account of the workspace; yourself where it is left out."
    )
    workflows: Workflows | None = Field(default=None, description="Ids or keys; null for all.")
    permissions: Permissions | None = Field(
        default=None,
        description="Null for all that its owner has, and with `workflows` for those about workflows.",
        examples=[["workflow.execute"]],
    )
    ips: Networks = Field(default=[], description=NETWORKS, examples=[["203.0.113.0/24", "2001:db8::7"]])
    expires_at: datetime | None = None
    requests_per_minute: Quota = 0
    requests_per_day: Quota = 0
    executions_per_day: Quota = 0
    allow_get: bool = False


class KeyChange(In):
    """What is to change; what is left out stays."""

    name: str = Field(default="", min_length=1, max_length=100)
    workflows: Workflows | None = None
    permissions: Permissions | None = None
    ips: Networks = Field(default=[], description=NETWORKS)
    expires_at: datetime | None = None
    requests_per_minute: Quota = 0
    requests_per_day: Quota = 0
    executions_per_day: Quota = 0
    allow_get: bool = False


class RotateIn(In):
    """How the new token takes over."""

    grace_seconds: int = Field(
        default=86_400, ge=0, le=30 * 86_400, description="How long the old token counts beside the new one."
    )


class KeyDayOut(Out):
    """What a key did on a day (UTC). It is some seconds behind."""

    day: str = Field(examples=["2026-03-01"])
    requests: int
    refused: int = Field(description="Requests that its quotas turned away.")
    executions: dict[str, int] = Field(description="Accepted executions by the id of the workflow.")


class CurrentKeyOut(Out):
    """The key that makes this request, and what it may do now."""

    id: str
    name: str
    workspace: str
    owner: str
    permissions: list[str]
    folders: dict[str, list[str]]
    workflows: list[str] | None
    expires_at: Time | None
