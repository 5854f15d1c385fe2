"""Folders of workflows."""

from __future__ import annotations

from fastapi import Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.folders.schemas import FolderChange, FolderIn, FolderOut
from studio.services._collection import Kept
from studio.services.workflows.model import ROOT, Folder

routes = Routes("/folders", "folders")


@routes.ask("GET", "", Permission.WORKFLOW_VIEW)
async def list_folders(
    actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 200
) -> PageOut[FolderOut]:
    """The folders in which the caller may see workflows, and those on the way there, by name."""
    found = await services.workflows.folders.visible(actor)
    page, following = page_of(found, lambda one: one.id, cursor, limit)
    return PageOut(items=[shown(one) for one in page], next=following)


@routes.ask("POST", "", Permission.FOLDER_MANAGE, status=201)
async def create_folder(body: FolderIn, response: Response, actor: Asking, services: Services) -> FolderOut:
    """Make a folder."""
    made = await services.workflows.folders.create(actor, body.name, body.parent or ROOT)
    give_etag(response, made.revision)
    return shown(made)


@routes.ask("GET", "/{folder}", Permission.WORKFLOW_VIEW)
async def show_folder(folder: str, response: Response, actor: Asking, services: Services) -> FolderOut:
    """One folder."""
    found = await services.workflows.folders.show(actor, folder)
    give_etag(response, found.revision)
    return shown(found)


@routes.ask("PATCH", "/{folder}", Permission.FOLDER_MANAGE)
async def change_folder(
    folder: str, body: FolderChange, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> FolderOut:
    """Rename a folder, or move it with all that is in it. Rights granted where it goes hold in it from then on."""
    parent = ROOT if body.parent == "root" else body.parent
    changed = await services.workflows.folders.change(
        actor, folder, name=body.name, parent=parent, expected=expected_revision(if_match)
    )
    give_etag(response, changed.revision)
    return shown(changed)


@routes.ask("DELETE", "/{folder}", Permission.FOLDER_MANAGE, status=204)
async def delete_folder(folder: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Delete an empty folder."""
    await services.workflows.folders.delete(actor, folder, expected=expected_revision(if_match))


def shown(folder: Kept[Folder]) -> FolderOut:
    """A folder as an answer."""
    return FolderOut(
        id=folder.id, name=folder.value.name, parent=folder.value.parent or None, created_by=folder.value.created_by,
        created_at=folder.record.created_at, updated_at=folder.record.updated_at,
    )  # fmt: skip
