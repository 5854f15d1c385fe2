"""Bodies and answers about folders."""

from __future__ import annotations

from pydantic import Field

from studio.server._models import In, Out, Time


class FolderOut(Out):
    """A folder of workflows."""

    id: str
    name: str
    parent: str | None = Field(description="Id of the folder it lies in; null where it lies in none.")
    created_by: str
    created_at: Time
    updated_at: Time


class FolderIn(In):
    """A new folder."""

    name: str = Field(min_length=1, max_length=100, examples=["Finance"])
    parent: str | None = Field(default=None, max_length=64, description="Null for none.")


class FolderChange(In):
    """What is to change; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    parent: str | None = Field(default=None, max_length=64, description="Id of a folder; `root` for none.")
