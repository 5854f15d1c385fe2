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


class WorkflowEventOut(Out):
    """Something that happened to a workflow that is edited. The other fields depend on its type."""

    type: str = Field(
        description="hello, operation, reload, comment, presence, left, and others to come.", examples=["operation"]
    )
    id: str | None = Field(
        description="Where one stands after it: revision of the draft, and number of the last event of comments. Null "
        "for presence, which is not numbered.",
        examples=["41.7"],
    )


def stream_of(model: type[Out], about: str) -> dict[int | str, dict[str, Any]]:
    """What the description says of an answer of server-sent events."""
    schema = model.model_json_schema(mode="serialization")
    return {200: {"description": about, "content": {"text/event-stream": {"schema": schema}}}}
