"""Answers of the gateway."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from studio.server._models import Out

BODY: dict[str, Any] = {
    "required": False,
    "content": {
        "application/json": {
            "schema": {"type": "object", "description": "Inputs by name."},
            "example": {"magnitude": 6},
        }
    },
}
OUTPUT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": (
            "The workflow's output. A file comes as an attachment with its own media type, a table as an Arrow file,"
            " anything else as JSON."
        ),
        "content": {"application/json": {"schema": {}}, "application/octet-stream": {"schema": {"type": "string"}}},
        "headers": {"Studio-Execution": {"description": "Id of the execution.", "schema": {"type": "string"}}},
    },
    502: {"description": "The workflow failed at another system.", "content": {"application/problem+json": {}}},
}


class GoesOnOut(Out):
    """The execution is accepted and not at its end yet."""

    execution: str = Field(description="Its id; `Location` says where it is seen.")
    status: str = Field(examples=["running"])
