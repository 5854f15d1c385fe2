"""Bodies and answers about the audit log."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from studio.server._models import In, Out, Time


class EntryOut(Out):
    """An entry: who did what, when, from where, on what, before and after. Secrets are masked."""

    seq: int = Field(description="Its number; they count from 1 without gaps.")
    id: str
    at: Time
    action: str = Field(examples=["member.role_changed"])
    outcome: str = Field(description="done, refused or failed.", examples=["done"])
    actor_kind: str = Field(examples=["person"])
    actor_id: str
    actor_name: str
    key: str | None = Field(description="The API key that was used.")
    session: str | None
    ip: str
    agent: str
    request: str = Field(description="Id of the request, as in the server's logs.")
    target_kind: str
    target_id: str
    target_name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class BreakOut(Out):
    """Where a log is not what was written."""

    seq: int = Field(description="Number of the first entry that is wrong.")
    kind: Literal["missing", "changed", "chain", "head"] = Field(
        description="missing: it is not there. changed: its content is another. chain: its place, time or number is"
        " another. head: entries at the end were cut off or added."
    )


class VerifiedOut(Out):
    """What a check found."""

    entries: int = Field(description="How many entries are right, from the first on.")
    broken: BreakOut | None = Field(description="Null where the whole log is what was written.")


class StreamIn(In):
    """Where the entries go."""

    kind: Literal["webhook", "syslog"]
    url: str = Field(default="", max_length=2000, examples=["https://siem.example.org/studio"])
    secret: str = Field(
        default="",
        max_length=200,
        description="That deliveries are signed with. Made where it is left out; an existing one stays.",
    )
    host: str = Field(default="", max_length=253, description="Of the syslog server.")
    port: int = Field(default=6514, ge=0, le=65_535)
    transport: Literal["udp", "tcp", "tls"] = "tls"
    ca: str = Field(
        default="", max_length=100_000, description="Certificates (PEM) to trust instead of those of the system."
    )
    whole: bool = Field(default=False, description="Send the log from its first entry on.")


class StreamOut(Out):
    """Where the entries go, and how far they are."""

    kind: Literal["webhook", "syslog"]
    url: str
    host: str
    port: int
    transport: Literal["udp", "tcp", "tls"]
    ca: str
    secret: str | None = Field(default=None, description="Shown once, when it is made.")
    sent: int = Field(description="Number of the last entry that arrived.")
    last: int = Field(description="Number of the newest entry.")
    sent_at: Time | None
    tries: int = Field(description="Failed attempts since then.")
    next_at: Time | None = Field(description="When the next attempt is made, after a failed one.")
    error: str | None = Field(description="Code of the last attempt's error.")
