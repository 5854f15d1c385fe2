"""Bodies and answers about external secret stores."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio.server._models import In, Out, Time

Kind = Literal["vault", "environment", "files"]


class StoreNameOut(Out):
    """A store that credentials of the workspace may refer to."""

    name: str = Field(examples=["hv"])
    kind: Kind
    paths: list[str] = Field(description="Beginnings of the paths that may be read; empty for all.")


class StoreOut(StoreNameOut):
    """A store as the operator sees it, without its secrets."""

    settings: dict[str, str]
    secrets: list[str] = Field(description="Names of the secrets that are set.")
    updated_at: Time


class StoreIn(In):
    """A store. Without `secrets` it keeps those it has, unless its address changes."""

    kind: Kind
    paths: list[str] = Field(default=[], max_length=100, examples=[["kv/data/team"]])
    settings: dict[str, str] = Field(
        default={}, max_length=10,
        description="`vault`: url, namespace, approle. `environment`: prefix. `files`: folder.",
        examples=[{"url": "https://vault.example.org:8200"}],
    )  # fmt: skip
    secrets: dict[str, str] = Field(
        default={}, max_length=10, description="`vault`: token, or role_id and secret_id.", examples=[{"token": "…"}]
    )


class StoreCheckIn(In):
    """A secret to read, of which nothing is told but that it could be read."""

    path: str = Field(min_length=1, max_length=1000, examples=["kv/data/team/mail"])
    key: str = Field(default="", max_length=200)
