"""What is kept for directories that write here by SCIM. Free of the models of SCIM, which take a second to load."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from studio.contracts.records import Records
from studio.services._collection import Collection

Authority: TypeAlias = Literal["workspace", "instance"]


class DirectoryToken(msgspec.Struct, frozen=True, kw_only=True):
    """What a directory shows itself with.

    Args:
        name: What the operator calls it.
        digest: Of the secret in it.
        workspace: Whose members and groups it writes.
        authority: ``workspace``, or ``instance`` for a directory that decides over every account.
        role: Role of those whom it adds.
        domains: Mail domains that are its own: their addresses count as verified.
        created_by: Account that made it.
    """

    name: str
    digest: str
    workspace: str
    authority: Authority = "workspace"
    role: str = "viewer"
    domains: list[str] = []
    created_by: str = ""


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody was in the workspace when the directory took them out, to be that again."""

    role: str
    folders: dict[str, str] = {}
    groups: list[str] = []


class DirectoryPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A person whom a directory has written. Its id is the account's, its workspace the directory's.

    Args:
        resource: As it was written (JSON).
        active: Whether the directory lets them in.
        made: Whether the account was made for it.
        ended: Whether the directory has ended the account.
        left: What they were, while they are not let in.
        deleted: Whether the directory has deleted them; it sees them no more.
    """

    resource: bytes
    active: bool = True
    made: bool = False
    ended: bool = False
    left: Left | None = None
    deleted: bool = False


class ScimShelf:
    """Where it is kept."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.tokens = Collection(records, "scim_token", DirectoryToken, parent=lambda one: one.workspace)
        self.persons = Collection(records, "scim_person", DirectoryPerson)
