"""What is kept for directories that write here by SCIM, and the resources that they see."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from pydantic import Field
from scim2_models import (
    URN,
    CaseExact,
    ComplexAttribute,
    Context,
    Mutability,
    Reference,
    Required,
    Resource,
    ScimPolicy,
    Uniqueness,
    User,
)
from scim2_models.resources.user import Email, GroupMembership, Name

from studio.contracts.records import Records
from studio.services._collection import Collection

Authority: TypeAlias = Literal["workspace", "instance"]

POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""Directories send more than is kept here, and Entra ID has its own ways to take members and to write addresses."""


class DirectoryUser(Resource[Any]):
    """A person as directories see them: of the core schema, what Studio has a use for and no more."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    preferred_language: str | None = None
    locale: str | None = None
    timezone: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None
    groups: Annotated[list[GroupMembership] | None, Mutability.read_only] = None


class DirectoryMember(ComplexAttribute):
    """Somebody in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[User[Any]] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class DirectoryGroup(Resource[Any]):
    """A group as directories see it."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    members: list[DirectoryMember] | None = None


ResourceOf: TypeAlias = DirectoryUser | DirectoryGroup


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


def version_of(resource: ResourceOf) -> str:
    """The ETag of a resource: of what it says, wherever that is kept."""
    content = resource.model_dump_json(scim_ctx=Context.DEFAULT, exclude={"meta"})
    return f'W/"{hashlib.sha256(content.encode()).hexdigest()[:24]}"'
