"""Bodies and answers of the set-up."""

from __future__ import annotations

from pydantic import Field

from studio.server._models import In, Out


class SetupState(Out):
    """Whether there is an account."""

    done: bool


class SetupIn(In):
    """The first account."""

    secret: str = Field(max_length=200, description="From the set-up link.")
    email: str = Field(max_length=320, examples=["ada@example.org"])
    name: str = Field(max_length=200, examples=["Ada"])
    password: str = Field(max_length=2000)
