"""Messages of the streams."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from studio.server._models import Out, Time

Json = Any


class EventOut(Out):
    """Something that happened in an execution."""

    id: str | None = Field(
        description="Number of a recorded event; null for progress and parts, which are not recorded.",
        examples=["12.0"],
    )
    kind: str = Field(
        description="accepted, claimed, succeeded, failed, skipped, retrying, waiting, message, chunk, turn, used, "
        "progress, part, log, ended, and others to come.",
        examples=["succeeded"],
    )
    path: str | None = Field(description="Path of the node run that it is about.", examples=["charge"])
    at: Time
    data: dict[str, Json]


class HintOut(Out):
    """Something has changed and may be fetched again."""

    kind: str = Field(examples=["execution"])
    id: str | None = Field(description="Which one; null where it may be any number of them.")
