"""What is kept of workflows. Everything here stands in sealed records; see docs/adr/0020."""

from __future__ import annotations

import msgspec

from studio.contracts.records import Records
from studio.services._collection import Collection

ROOT = ""
"""The folder of what lies in none."""


class WorkflowHead(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow as lists show it. Draft and versions stand apart.

    Args:
        name: As the draft has it.
        key: Its name in calls and addresses; unique in the workspace.
        folder: Id of its folder, ``ROOT`` for none.
        tags: To find it by.
        owner: Account that answers for it.
        description: As the draft has it.
        created_by: Account that made it.
        updated_by: Account that changed it last, the draft apart.
        published: Number of the version that runs, 0 where there is none.
        published_hash: Its content hash.
        versions: Number of the newest version.
        archived_at: Since when it is put away: neither edited nor started. None where it is not.
        deleted_at: Since when it waits for its end. None where it does not.
        sample: Name of the sample that it came as.
        handed_from: The owner before, as long as ``owner`` has not accepted it; "" where there is nothing to accept.
    """

    name: str
    key: str
    folder: str = ROOT
    tags: list[str] = []
    owner: str = ""
    description: str = ""
    created_by: str = ""
    updated_by: str = ""
    published: int = 0
    published_hash: str = ""
    versions: int = 0
    archived_at: int | None = None
    deleted_at: int | None = None
    sample: str = ""
    handed_from: str = ""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen version. The canonical document stands in the store under its hash."""

    workflow: str
    number: int
    hash: str
    name: str
    note: str = ""
    by: str = ""
    at: int = 0


class VersionDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The document of a version as it was written: with its canvas, in its order. JSON."""

    workflow: str
    document: bytes


class PartRef(msgspec.Struct, frozen=True, array_like=True):
    """A part of a large draft: its id, which section it continues, and the digest of its content."""

    id: str
    section: str
    digest: bytes


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """The editable document. Its record's revision is the revision of the draft.

    ``rest`` is the document as JSON, without the sections that stand in ``parts``.
    """

    workflow: str
    rest: bytes
    parts: list[PartRef] = []
    by: str = ""
    at: int = 0


class DraftPart(msgspec.Struct, frozen=True, kw_only=True):
    """Some members of one section of a draft, as JSON."""

    workflow: str
    data: bytes


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of workflows. Its name is unique among those of its parent."""

    name: str
    parent: str = ROOT
    created_by: str = ""


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """That something was done once."""

    at: int = 0


def answerable(head: WorkflowHead) -> str:
    """The owner whose right counts where who published has left: nobody answers for what was only handed to them."""
    return "" if head.handed_from else head.owner


def version_id(workflow: str, number: int) -> str:
    """Id of a version; ids of one workflow sort by number."""
    return f"{workflow}.{number:08d}"


def moment(at: int) -> str:
    """A time as a field that sorts."""
    return f"{at:020d}"


class Shelf:
    """Where all of it is kept, under the workspace it belongs to."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.workflows = Collection(
            records, "workflow", WorkflowHead,
            parent=lambda one: one.folder,
            unique=lambda one: [one.key] if one.deleted_at is None else [],
            fields=lambda one: {"name": one.name.casefold(), "owner": one.owner},
        )  # fmt: skip
        self.drafts = Collection(records, "draft", Draft, fields=lambda one: {"updated": moment(one.at)})
        self.parts = Collection(records, "draft_part", DraftPart, parent=lambda one: one.workflow)
        self.versions = Collection(
            records, "workflow_version", Version,
            parent=lambda one: one.workflow,
            fields=lambda one: {"hash": one.hash},
        )  # fmt: skip
        self.documents = Collection(records, "version_document", VersionDocument, parent=lambda one: one.workflow)
        self.folders = Collection(
            records, "folder", Folder,
            parent=lambda one: one.parent,
            unique=lambda one: [f"{one.parent}/{one.name.casefold()}"],
            fields=lambda one: {"name": one.name.casefold()},
        )  # fmt: skip
        self.markers = Collection(records, "workflow_marker", Marker)
