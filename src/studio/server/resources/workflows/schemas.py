"""Bodies and answers about workflows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from studio.server._models import In, Out, Time

MAX_TEXT = 10 * 1024 * 1024
EXAMPLE: dict[str, Any] = {
    "studio": 1,
    "name": "Greeting",
    "inputs": {"who": {"type": "string", "default": "world"}},
    "nodes": {"greet": {"type": "text.template", "params": {"template": "Hello {{ inputs.who }}"}}},
    "output": "{{ greet.text }}",
}
EXAMPLE_TEXT = """studio: 1
name: Greeting
nodes:
  greet: {type: text.template, params: {template: Hello}}
output: "{{ greet.text }}"
"""


class ProblemOut(Out):
    """Something that is wrong with a workflow, or may be."""

    code: str = Field(examples=["workflow.call_unknown"])
    message: str = Field(description="What it is, in the language asked for.")
    severity: Literal["error", "warning"]
    file: str | None = Field(default=None, description="Name of the file, where there were several.")
    node: str | None = Field(default=None, description="Path of the node.", examples=["places.body.place"])
    param: str | None = Field(default=None, description="Path within the node, or within the workflow.")
    line: int | None = Field(default=None, description="Line of the text, from 1.")
    column: int | None = Field(default=None, description="Column of the text, from 1.")
    suggestion: str | None = Field(default=None, description="What should stand there instead.")


class ProblemsOut(Out):
    """Everything that was found in a document."""

    valid: bool = Field(description="Whether there is no error; warnings do not count.")
    problems: list[ProblemOut]


class WorkflowOut(Out):
    """A workflow in a list."""

    id: str
    name: str
    key: str = Field(description="Its name in calls and addresses.", examples=["quake-report"])
    folder: str | None = Field(description="Id of its folder; null where it lies in none.")
    tags: list[str]
    owner: str = Field(description="Account that answers for it.")
    handed_from: str | None = Field(
        default=None, description="The owner before, as long as the new one has not accepted it."
    )
    description: str
    state: Literal["active", "archived", "deleted"]
    published: int | None = Field(description="Number of the version that runs; null where there is none.")
    published_hash: str | None
    versions: int = Field(description="How many versions there are.")
    draft_revision: int
    draft_by: str = Field(description="Account that changed the draft last.")
    draft_at: Time = Field(description="When the draft was changed last.")
    created_by: str
    created_at: Time
    updated_by: str
    updated_at: Time


class DocumentIn(In):
    """A workflow document, as an object or as text."""

    document: dict[str, Any] | None = Field(default=None, examples=[EXAMPLE])
    text: str | None = Field(default=None, max_length=MAX_TEXT, description="YAML or JSON.", examples=[EXAMPLE_TEXT])


class WorkflowIn(DocumentIn):
    """A new workflow: empty with a name, or from a document."""

    name: str | None = Field(default=None, min_length=1, max_length=200, examples=["Greeting"])
    key: str | None = Field(default=None, max_length=63, description="Made from the name where it is missing.")
    folder: str | None = Field(default=None, max_length=64)
    tags: list[str] = Field(default=[], max_length=20)


class DraftOut(Out):
    """The draft of a workflow."""

    workflow: str
    revision: int
    by: str
    at: Time
    document: dict[str, Any]


class DraftIn(DocumentIn):
    """What the draft becomes."""


class PublishIn(In):
    """What the new version is about."""

    note: str = Field(default="", max_length=2000)


class VersionOut(Out):
    """A frozen version of a workflow."""

    workflow: str
    number: int
    hash: str
    name: str
    note: str
    by: str
    at: Time


class VersionDocumentOut(VersionOut):
    """A version with its document."""

    document: dict[str, Any]


class PublishedOut(Out):
    """A version just made, and warnings about it."""

    version: VersionOut
    warnings: list[ProblemOut]


class WorkflowChange(In):
    """What is to change; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=10_000)
    key: str | None = Field(default=None, max_length=63)
    folder: str | None = Field(default=None, max_length=64, description="Id of a folder; `root` for none.")
    tags: list[str] | None = Field(default=None, max_length=20)


class DuplicateIn(In):
    """Where the copy goes, and what it is called."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    key: str | None = Field(default=None, max_length=63)
    folder: str | None = Field(default=None, max_length=64, description="Id of a folder; `root` for none.")


class TransferIn(In):
    """Who answers for the workflow from now on."""

    owner: str = Field(max_length=64, description="Account of a member.")


class BulkIn(In):
    """One thing to do with several workflows."""

    workflows: list[str] = Field(min_length=1, max_length=200)
    action: Literal["move", "tag", "untag", "archive", "unarchive", "delete"]
    folder: str | None = Field(default=None, max_length=64, description="For `move`; `root` or null for none.")
    tags: list[str] = Field(default=[], max_length=20, description="For `tag` and `untag`.")


class OutcomeOut(Out):
    """What became of one workflow."""

    workflow: str
    done: bool
    code: str | None = Field(default=None, description="Code of the error.")
    detail: str | None = Field(default=None, description="What happened, in the language asked for.")


class OutcomesOut(Out):
    """What became of each workflow."""

    items: list[OutcomeOut]


class FileModel(In):
    """A workflow file."""

    name: str = Field(min_length=1, max_length=500, examples=["greeting.yaml"])
    text: str = Field(max_length=MAX_TEXT, examples=[EXAMPLE_TEXT])


class ImportIn(In):
    """Workflow files. Calls among them may name files, as on the command line."""

    files: list[FileModel] = Field(min_length=1, max_length=100)
    folder: str | None = Field(default=None, max_length=64)
    existing: Literal["refuse", "new", "draft"] = Field(
        default="refuse",
        description="Where a workflow has the key already: refuse all, take another key, or replace its draft.",
    )


class ImportedOut(Out):
    """A file that became a workflow."""

    file: str
    workflow: WorkflowOut
    problems: list[ProblemOut] = Field(description="What keeps it from being published, and warnings.")


class ImportOut(Out):
    """What became of the files."""

    items: list[ImportedOut]


class ExportIn(In):
    """Which workflows go out."""

    workflows: list[Annotated[str, Field(max_length=64)]] = Field(
        min_length=1, max_length=100, description="Ids or keys.", examples=[["greeting", "greet-ada"]]
    )
    format: Literal["yaml", "json"] = "yaml"


class ExportOut(Out):
    """Workflow files: the workflow, then those it calls. Calls name files."""

    files: list[FileModel]


class ChangeOut(Out):
    """One difference."""

    kind: Literal["added", "removed", "changed", "renamed"]
    what: Literal["node", "edge", "value"]
    node: str | None = None
    path: str | None = None
    old: Any = None
    new: Any = None


class DiffOut(Out):
    """What differs between two documents of a workflow."""

    changes: list[ChangeOut]
    text: str = Field(description="The same as lines.")
