"""Bodies and answers about notices."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio.server._models import In, Out

Kind = Literal["failure", "recovery", "quota", "credential", "backup", "mention", "owner"]


class NoticesIn(In):
    """Which notices a workspace gives, and how."""

    kinds: list[Kind] = Field(
        default=["failure", "recovery", "quota", "credential", "backup", "mention", "owner"], max_length=10
    )
    mail: bool = Field(default=True, description="By mail, where the server has a mail server.")
    wait: int = Field(default=120, ge=0, le=86_400, description="Seconds that a notice waits for others to go along.")
    webhook: str = Field(default="", max_length=2000, examples=["https://chat.example.org/hooks/studio"])
    new_secret: bool = Field(default=False, description="Make a new secret for the webhook's signature.")


class NoticesOut(Out):
    """Which notices a workspace gives, and how."""

    kinds: list[Kind]
    mail: bool
    wait: int
    webhook: str
    can_mail: bool = Field(description="Whether the server has a mail server.")
    webhook_secret: str | None = Field(
        description="Key of the signature (Standard Webhooks, HMAC-SHA256). Shown once, when it is new."
    )


class OwnNoticesBody(In):
    """Which notices the caller gets by mail from their workspace."""

    kinds: list[Kind] = Field(max_length=10)
