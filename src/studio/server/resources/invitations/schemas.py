"""Bodies and answers about invitations."""

from __future__ import annotations

from pydantic import Field

from studio.server._models import In, Out, ShownOnce, Time


class InvitationOut(Out):
    """An invitation that waits for an answer."""

    id: str
    email: str
    role: str
    made_by: str
    mailed: bool = Field(description="Whether it was sent by mail, so that nobody else was shown its link.")
    created_at: Time
    expires_at: Time


class InvitedOut(InvitationOut):
    """A new invitation."""

    link: ShownOnce = Field(description="Pass it on; it is not shown again. Null where it was sent by mail.")


class InvitationIn(In):
    """Whom to invite, as what."""

    email: str = Field(max_length=320, examples=["grace@example.org"])
    role: str = Field(min_length=1, max_length=64, examples=["editor"])


class SecretIn(In):
    """The secret of a link: what stands behind its `#`."""

    secret: str = Field(max_length=200)


class OfferOut(Out):
    """What an invitation offers."""

    workspace: str
    name: str
    email: str
    role: str


class NewcomerIn(SecretIn):
    """The account that takes the invitation."""

    name: str = Field(max_length=200, examples=["Grace Hopper"])
    password: str = Field(max_length=2000)


class JoinedOut(Out):
    """Where they belong now."""

    workspace: str
