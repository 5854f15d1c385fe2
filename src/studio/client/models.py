"""What the API takes and gives. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AccountOut(TypedDict):
    """The account that is signed in."""

    id: str
    email: str
    name: str
    lang: str
    operator: bool


class ApprovalIn(TypedDict):
    """Answer an approval."""

    path: str
    decision: str
    comment: NotRequired[str | None]
    data: NotRequired[Any]


class BulkIn(TypedDict):
    """One thing to do with several workflows."""

    workflows: list[str]
    action: Literal["move", "tag", "untag", "archive", "unarchive", "delete"]
    folder: NotRequired[str | None]
    tags: NotRequired[list[str]]


class CancelIn(TypedDict):
    """Cancel."""

    reason: NotRequired[str]


class ChangeOut(TypedDict):
    """One difference."""

    kind: Literal["added", "removed", "changed", "renamed"]
    what: Literal["node", "edge", "value"]
    node: NotRequired[str | None]
    path: NotRequired[str | None]
    old: NotRequired[Any]
    new: NotRequired[Any]


class DecisionIn(TypedDict):
    """Settle an effect in doubt."""

    path: str
    decision: Literal["happened", "run", "fail"]
    output: NotRequired[Any]


class DiffOut(TypedDict):
    """What differs between two documents of a workflow."""

    changes: list[ChangeOut]
    text: str


class DocumentIn(TypedDict):
    """A workflow document, as an object or as text."""

    document: NotRequired[dict[str, Any] | None]
    text: NotRequired[str | None]


class DraftIn(TypedDict):
    """What the draft becomes."""

    document: NotRequired[dict[str, Any] | None]
    text: NotRequired[str | None]


class DraftOut(TypedDict):
    """The draft of a workflow."""

    workflow: str
    revision: int
    by: str
    at: str
    document: dict[str, Any]


class DuplicateIn(TypedDict):
    """Where the copy goes, and what it is called."""

    name: NotRequired[str | None]
    key: NotRequired[str | None]
    folder: NotRequired[str | None]


class ErrorOut(TypedDict):
    """Why an execution or a node run failed."""

    code: str
    message: str
    node: str | None
    param: str | None
    classification: str


class ExecutionDetail(TypedDict):
    """An execution and where it stands."""

    id: str
    workflow: str
    workflow_id: str | None
    workflow_hash: str
    status: str
    mode: str
    trigger: str
    parent: str | None
    root: str | None
    origin: str | None
    tags: list[str]
    held: bool
    accepted_at: str
    started_at: str | None
    ended_at: str | None
    wake_at: str | None
    error_code: str | None
    reason: ReasonOut | None
    error: ErrorOut | None
    seconds: float
    recoveries: int
    journal_bytes: int


class ExecutionOut(TypedDict):
    """An execution in a list."""

    id: str
    workflow: str
    workflow_id: str | None
    workflow_hash: str
    status: str
    mode: str
    trigger: str
    parent: str | None
    root: str | None
    origin: str | None
    tags: list[str]
    held: bool
    accepted_at: str
    started_at: str | None
    ended_at: str | None
    wake_at: str | None
    error_code: str | None


ExecutionStatus: TypeAlias = Literal[
    "queued", "running", "waiting", "paused", "succeeded", "failed", "cancelled", "dead"
]


class ExportOut(TypedDict):
    """Workflow files: the workflow, then those it calls. Calls name files."""

    files: list[FileModel]


class FileModel(TypedDict):
    """A workflow file."""

    name: str
    text: str


class FolderChange(TypedDict):
    """What is to change; what is left out stays."""

    name: NotRequired[str | None]
    parent: NotRequired[str | None]


class FolderIn(TypedDict):
    """A new folder."""

    name: str
    parent: NotRequired[str | None]


class FolderOut(TypedDict):
    """A folder of workflows."""

    id: str
    name: str
    parent: str | None
    created_by: str
    created_at: str
    updated_at: str


class FoldersOut(TypedDict):
    """The folders that the caller may see."""

    items: list[FolderOut]


class ImportIn(TypedDict):
    """Workflow files. Calls among them may name files, as on the command line."""

    files: list[FileModel]
    folder: NotRequired[str | None]
    existing: NotRequired[Literal["refuse", "new", "draft"]]


class ImportOut(TypedDict):
    """What became of the files."""

    items: list[ImportedOut]


class ImportedOut(TypedDict):
    """A file that became a workflow."""

    file: str
    workflow: WorkflowOut
    problems: list[ProblemOut]


class MembershipOut(TypedDict):
    """A workspace the account belongs to."""

    id: str
    name: str
    role: str


class NodeOut(TypedDict):
    """A node type in a list."""

    type: str
    version: int
    title: str
    description: str
    category: str
    pack: str
    effect: str
    icon: NotRequired[str | None]


class NodeRunOut(TypedDict):
    """A node run; inside a map a row stands for many items, and each failed item has its own."""

    path: str
    type: str
    status: str
    started_at: str | None
    seconds: float
    waited: float
    attempts: int
    input_bytes: int
    output_bytes: int
    error_code: str | None
    first: int | None
    count: int | None


class OutcomeOut(TypedDict):
    """What became of one workflow."""

    workflow: str
    done: bool
    code: NotRequired[str | None]
    detail: NotRequired[str | None]


class OutcomesOut(TypedDict):
    """What became of each workflow."""

    items: list[OutcomeOut]


class PageOutExecutionOut(TypedDict):
    """PageOut_ExecutionOut_"""

    items: list[ExecutionOut]
    next: NotRequired[str | None]


class PageOutNodeOut(TypedDict):
    """PageOut_NodeOut_"""

    items: list[NodeOut]
    next: NotRequired[str | None]


class PageOutNodeRunOut(TypedDict):
    """PageOut_NodeRunOut_"""

    items: list[NodeRunOut]
    next: NotRequired[str | None]


class PageOutVersionOut(TypedDict):
    """PageOut_VersionOut_"""

    items: list[VersionOut]
    next: NotRequired[str | None]


class PageOutWorkflowOut(TypedDict):
    """PageOut_WorkflowOut_"""

    items: list[WorkflowOut]
    next: NotRequired[str | None]


class PasswordChange(TypedDict):
    """Change one's own password."""

    old_password: str
    password: str


class Problem(TypedDict):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: NotRequired[str | None]
    param: NotRequired[str | None]
    problems: NotRequired[list[dict[str, Any]] | None]


class ProblemOut(TypedDict):
    """Something that is wrong with a workflow, or may be."""

    code: str
    message: str
    severity: Literal["error", "warning"]
    file: NotRequired[str | None]
    node: NotRequired[str | None]
    param: NotRequired[str | None]
    line: NotRequired[int | None]
    column: NotRequired[int | None]
    suggestion: NotRequired[str | None]


class ProblemsOut(TypedDict):
    """Everything that was found in a document."""

    valid: bool
    problems: list[ProblemOut]


class PublishIn(TypedDict):
    """What the new version is about."""

    note: NotRequired[str]


class PublishedOut(TypedDict):
    """A version just made, and warnings about it."""

    version: VersionOut
    warnings: list[ProblemOut]


class ReasonOut(TypedDict):
    """Why an execution waits."""

    code: str
    message: str


class SessionChange(TypedDict):
    """Choose another workspace."""

    workspace: str


class SessionOut(TypedDict):
    """Who is signed in, and what they may do in the present workspace."""

    account: AccountOut
    workspace: str
    workspaces: list[MembershipOut]
    permissions: list[str]
    folders: dict[str, list[str]]
    csrf: NotRequired[str | None]
    token: NotRequired[str | None]


class SetupIn(TypedDict):
    """The first account."""

    secret: str
    email: str
    name: str
    password: str


class SetupState(TypedDict):
    """Whether there is an account."""

    done: bool


class SignIn(TypedDict):
    """Address and password."""

    email: str
    password: str
    client: NotRequired[Literal["browser", "cli"]]


class SignalIn(TypedDict):
    """Send a signal."""

    name: str
    payload: NotRequired[Any]
    id: NotRequired[str | None]


class StartIn(TypedDict):
    """Start an execution."""

    workflow: str
    which: NotRequired[int | Literal["published", "draft"]]
    inputs: NotRequired[dict[str, Any]]
    tags: NotRequired[list[str]]
    priority: NotRequired[int | None]
    until: NotRequired[str | None]
    pinned: NotRequired[dict[str, Any]]


class TransferIn(TypedDict):
    """Who answers for the workflow from now on."""

    owner: str


class ValueOut(TypedDict):
    """A part of a value."""

    kind: Literal["object", "list", "text", "number", "boolean", "null", "file", "table", "items"]
    size: int | None
    offset: int
    value: Any


class VersionDocumentOut(TypedDict):
    """A version with its document."""

    workflow: str
    number: int
    hash: str
    name: str
    note: str
    by: str
    at: str
    document: dict[str, Any]


class VersionOut(TypedDict):
    """A frozen version of a workflow."""

    workflow: str
    number: int
    hash: str
    name: str
    note: str
    by: str
    at: str


class WorkflowChange(TypedDict):
    """What is to change; what is left out stays."""

    name: NotRequired[str | None]
    description: NotRequired[str | None]
    key: NotRequired[str | None]
    folder: NotRequired[str | None]
    tags: NotRequired[list[str] | None]


class WorkflowIn(TypedDict):
    """A new workflow: empty with a name, or from a document."""

    document: NotRequired[dict[str, Any] | None]
    text: NotRequired[str | None]
    name: NotRequired[str | None]
    key: NotRequired[str | None]
    folder: NotRequired[str | None]
    tags: NotRequired[list[str]]


class WorkflowOut(TypedDict):
    """A workflow in a list."""

    id: str
    name: str
    key: str
    folder: str | None
    tags: list[str]
    owner: str
    description: str
    state: Literal["active", "archived", "deleted"]
    published: int | None
    published_hash: str | None
    versions: int
    draft_revision: int
    draft_by: str
    draft_at: str
    created_by: str
    created_at: str
    updated_by: str
    updated_at: str


__all__ = [
    "AccountOut",
    "ApprovalIn",
    "BulkIn",
    "CancelIn",
    "ChangeOut",
    "DecisionIn",
    "DiffOut",
    "DocumentIn",
    "DraftIn",
    "DraftOut",
    "DuplicateIn",
    "ErrorOut",
    "ExecutionDetail",
    "ExecutionOut",
    "ExecutionStatus",
    "ExportOut",
    "FileModel",
    "FolderChange",
    "FolderIn",
    "FolderOut",
    "FoldersOut",
    "ImportIn",
    "ImportOut",
    "ImportedOut",
    "MembershipOut",
    "NodeOut",
    "NodeRunOut",
    "OutcomeOut",
    "OutcomesOut",
    "PageOutExecutionOut",
    "PageOutNodeOut",
    "PageOutNodeRunOut",
    "PageOutVersionOut",
    "PageOutWorkflowOut",
    "PasswordChange",
    "Problem",
    "ProblemOut",
    "ProblemsOut",
    "PublishIn",
    "PublishedOut",
    "ReasonOut",
    "SessionChange",
    "SessionOut",
    "SetupIn",
    "SetupState",
    "SignIn",
    "SignalIn",
    "StartIn",
    "TransferIn",
    "ValueOut",
    "VersionDocumentOut",
    "VersionOut",
    "WorkflowChange",
    "WorkflowIn",
    "WorkflowOut",
]
