"""Tokens of directories that write here by SCIM, for operators."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._models import In, Out, PageOut, ShownOnce, Time
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.services._collection import Kept
from studio.services.platform import Platform
from studio.services.scim.shelf import DirectoryToken

routes = Routes("/operator/directories", "directories")
Authority = Literal["workspace", "instance"]


class DirectoryIn(In):
    """A new token for a directory."""

    name: str = Field(min_length=1, max_length=100, examples=["Entra ID"])
    workspace: str = Field(max_length=64, description="Whose members and groups it writes.", examples=["default"])
    authority: Authority = Field(default="workspace", description="`instance`: it decides over every account.")
    role: str = Field(default="viewer", max_length=64, description="Of those whom it adds.")
    domains: Annotated[list[Annotated[str, Field(max_length=253)]], Field(max_length=200)] = Field(
        default=[], description="Mail domains that are its own: their addresses count as verified."
    )


class DirectoryOut(Out):
    """A directory that may write here."""

    id: str
    name: str
    workspace: str
    authority: Authority
    role: str
    domains: list[str]
    url: str = Field(description="Address of SCIM, for the directory.")
    created_by: str
    created_at: Time


class NewDirectoryOut(DirectoryOut):
    """A directory with its token, which is shown this once."""

    secret: ShownOnce = Field(description="`Authorization: Bearer scim_…`; null where the request was repeated.")


@routes.ask("GET", "", Permission.OPERATE)
async def list_directories(services: Services, cursor: Cursor = None, limit: Limit = 50) -> PageOut[DirectoryOut]:
    """The directories that may write here by SCIM, the oldest first."""
    page, following = page_of(await services.scim.tokens.all(), lambda one: one.id, cursor, limit)
    return PageOut(items=[_shown(one, services) for one in page], next=following)


@routes.ask("POST", "", Permission.OPERATE, status=201)
async def create_directory(body: DirectoryIn, actor: Asking, services: Services) -> NewDirectoryOut:
    """Let a directory write here by SCIM. The answer has its token, this once."""
    made = await services.scim.tokens.create(
        actor,
        DirectoryToken(
            name=body.name, digest="", workspace=body.workspace, authority=body.authority, role=body.role,
            domains=body.domains,
        ),
    )  # fmt: skip
    return NewDirectoryOut(**_shown(made.token, services).model_dump(), secret=made.text)


@routes.ask("DELETE", "/{directory}", Permission.OPERATE, status=204)
async def revoke_directory(directory: str, actor: Asking, services: Services) -> None:
    """Revoke a directory's token, at once."""
    await services.scim.tokens.revoke(actor, directory)


def _shown(one: Kept[DirectoryToken], services: Platform) -> DirectoryOut:
    token = one.value
    return DirectoryOut(
        id=one.id, name=token.name, workspace=token.workspace, authority=token.authority, role=token.role,
        domains=token.domains, url=f"{services.address}/api/scim/v2", created_by=token.created_by,
        created_at=one.record.created_at,
    )  # fmt: skip
