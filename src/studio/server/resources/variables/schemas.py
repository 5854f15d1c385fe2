"""Bodies and answers about variables."""

from __future__ import annotations

from typing import Any

from pydantic import Field, JsonValue

from studio.server._models import In, Out, Time


class VariableOut(Out):
    """A variable. The value of a secret one is never shown."""

    name: str = Field(examples=["region"])
    secret: bool
    value: Any = Field(description="Null where it is secret.", examples=["eu-west"])
    description: str
    by: str
    updated_at: Time


class VariableIn(In):
    """What a variable becomes. Without `value` it keeps the one it has."""

    value: JsonValue = Field(default=None, examples=["eu-west"])
    secret: bool = False
    description: str = Field(default="", max_length=2000)
