"""What every request and answer model builds on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

T = TypeVar("T")


class In(BaseModel):
    """A request body. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=1_000_000)


class Out(BaseModel):
    """An answer. Built from trusted values; the names are the interface."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


def _iso(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[
    int,
    PlainSerializer(_iso, return_type=str, when_used="json"),
    Field(json_schema_extra={"type": "string", "format": "date-time"}),
]
"""A moment: microseconds inside, RFC 3339 in UTC outside."""


_ONCE = "x-shown-once"
ShownOnce = Annotated[str | None, Field(json_schema_extra={_ONCE: True})]
"""A secret that stands in the answer to the request that made it, and nowhere again: it is not kept to be repeated."""


def shown_once(model: object) -> list[str]:
    """The fields of an answer that are shown once."""
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        return []
    extras: dict[str, Any] = {name: field.json_schema_extra for name, field in model.model_fields.items()}
    return [name for name, extra in extras.items() if isinstance(extra, dict) and _ONCE in extra]


class PageOut(Out, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: str | None = Field(default=None, description="Give this as `cursor` for the next page; null on the last one.")


class Problem(Out):
    """What went wrong (RFC 9457)."""

    type: str = Field(
        description="Address of the page about this error code.", examples=["/errors/access.not_signed_in"]
    )
    title: str = Field(examples=["Unauthorized"])
    status: int = Field(examples=[401])
    code: str = Field(description="Stable code of the error.", examples=["access.not_signed_in"])
    detail: str = Field(description="What happened, in the language asked for.", examples=["Sign in first."])
    instance: str | None = Field(default=None, description="Id of the request, as in the logs.")
    param: str | None = Field(default=None, description="The field or param that is wrong.")
    problems: list[dict[str, object]] | None = Field(default=None, description="Every single thing that is wrong.")
    execution: str | None = Field(default=None, description="Id of the execution that failed.")
