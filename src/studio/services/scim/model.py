"""The resources that directories see which write here by SCIM."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, TypeAlias

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


def version_of(resource: ResourceOf) -> str:
    """The ETag of a resource: of what it says, wherever that is kept."""
    content = resource.model_dump_json(scim_ctx=Context.DEFAULT, exclude={"meta"})
    return f'W/"{hashlib.sha256(content.encode()).hexdigest()[:24]}"'
