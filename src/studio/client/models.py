"""What the API takes and gives. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AcceptedOut(TypedDict):
    """A batch as it was accepted."""

    revision: int
    operation: OperationOut
    missed: list[OperationOut] | None
    repeated: bool


class AccountChange(TypedDict):
    """What is to change; what is left out stays."""

    name: NotRequired[str | None]
    email: NotRequired[str | None]
    active: NotRequired[bool | None]
    operator: NotRequired[bool | None]


class AccountIn(TypedDict):
    """A new account."""

    email: str
    name: str


class AccountMadeOut(TypedDict):
    """A new account, and the link by which its owner chooses a password. It is shown now and never again."""

    id: str
    name: str
    email: str
    active: bool
    operator: bool
    verified: bool
    second_factor: bool
    lang: str
    external_id: str | None
    created_at: str
    link: str | None


class AccountOut(TypedDict):
    """The account that is signed in."""

    id: str
    email: str
    name: str
    lang: str
    operator: bool
    time_zone: str
    second_factor: bool


class AccountShownOut(TypedDict):
    """An account with its memberships."""

    id: str
    name: str
    email: str
    active: bool
    operator: bool
    verified: bool
    second_factor: bool
    lang: str
    external_id: str | None
    created_at: str
    memberships: list[BelongingOut]


class AddEdgeIn(TypedDict):
    """Add an edge."""

    op: Literal["add_edge"]
    edge: str | dict[str, str]
    graph: NotRequired[str]


class AddNodeIn(TypedDict):
    """Add a node."""

    op: Literal["add_node"]
    node: str
    value: dict[str, Any]
    positions: NotRequired[dict[str, list[Any]]]
    edges: NotRequired[list[str | dict[str, str]]]


class AddressOut(TypedDict):
    """Where to send the browser."""

    url: str


class AdminIn(TypedDict):
    """Whom to make an Admin."""

    account: str


class AffectedOut(TypedDict):
    """The workflows that need a credential which ends."""

    items: list[PlaceOut]
    more: int
    hidden: int


class AliasIn(TypedDict):
    """What an alias stands for."""

    targets: dict[str, str]


class AliasOut(TypedDict):
    """A name in workflows that stands for a credential in each environment."""

    name: str
    targets: dict[str, str]
    by: str
    updated_at: str


class ApprovalIn(TypedDict):
    """Answer an approval."""

    path: str
    decision: str
    comment: NotRequired[str | None]
    data: NotRequired[Any]


class AttemptOut(TypedDict):
    """An attempt of a node run that failed."""

    number: int
    next_at: str
    error: ErrorOut | None


class AttemptsOut(TypedDict):
    """How a node run failed."""

    attempts: list[AttemptOut]
    error: ErrorOut | None


class BackIn(TypedDict):
    """Taking back a step."""

    id: NotRequired[str]
    client: NotRequired[str]
    skip: NotRequired[bool]


class BackupOut(TypedDict):
    """A backup in the server's folder."""

    name: str
    size: int
    made_at: str


class BackupsOut(TypedDict):
    """Backups, newest first, and how the last ones went."""

    items: list[BackupOut]
    every_hours: float
    keep: int
    done_at: str | None
    failed_at: str | None
    error_code: str | None


class BarOut(TypedDict):
    """A node run on a time axis. Times in seconds."""

    path: str
    type: str
    status: str
    start: float | None
    seconds: float
    waited: float
    attempts: int
    error_code: str | None


class BatchIn(TypedDict):
    """Operations that are carried out together, or not at all."""

    base: int
    operations: list[SetIn | RemoveIn | AddNodeIn | RemoveNodeIn | RenameNodeIn | AddEdgeIn | RemoveEdgeIn | MoveIn]
    id: NotRequired[str]
    client: NotRequired[str]


class BelongingOut(TypedDict):
    """A workspace that an account belongs to."""

    workspace: str
    name: str
    active: bool
    role: str
    groups: list[str]


class BodyToldOfSignOut(TypedDict):
    """Body_told_of_sign_out"""

    logout_token: NotRequired[str]


class BreakGlassOut(TypedDict):
    """An account that may sign in with a password although a provider is enforced."""

    id: str
    email: str
    name: str
    operator: bool


class BreakOut(TypedDict):
    """Where a log is not what was written."""

    seq: int
    kind: Literal["missing", "changed", "chain", "head"]


class BreakpointIn(TypedDict):
    """A node before which a run of the draft stops: in a map at its first item, or at each that fits the
    condition.
    """

    node: str
    condition: NotRequired[str | None]


class BreakpointOut(TypedDict):
    """A node before which the execution stops."""

    node: str
    condition: str | None


class BreakpointsIn(TypedDict):
    """Where an execution is to stop from now on."""

    items: list[BreakpointIn]


class BreakpointsOut(TypedDict):
    """Where an execution stops, and where it has stopped."""

    test: bool
    items: list[BreakpointOut]
    stopped: list[StoppedOut]


class BulkOut(TypedDict):
    """What came of it."""

    count: int
    more: bool
    outcomes: list[StudioServerResourcesExecutionsSchemasOutcomeOut]


class CancelIn(TypedDict):
    """Cancel."""

    reason: NotRequired[str]


class ChallengeOut(TypedDict):
    """The password was right, and a code of the second factor is asked for."""

    challenge: str
    expires_at: str


class ChangedOut(TypedDict):
    """How many changed."""

    changed: int


class ClientIn(TypedDict):
    """A client. Without `client_secret` it keeps the one it has, unless an address changes."""

    title: str
    type: str
    client_id: str
    client_secret: NotRequired[str | None]
    authorize_url: NotRequired[str]
    token_url: NotRequired[str]
    revoke_url: NotRequired[str]
    issuer: NotRequired[str]
    scopes: NotRequired[str]


class ClientOut(TypedDict):
    """A client registered with a provider, without its secret."""

    name: str
    title: str
    type: str
    client_id: str
    secret_set: bool
    authorize_url: str
    token_url: str
    revoke_url: str
    issuer: str
    scopes: str
    redirect_uri: str
    updated_at: str


class CodeIn(TypedDict):
    """A code of the authenticator app."""

    code: str


class ColumnIn(TypedDict):
    """A new column."""

    name: str
    type: NotRequired[Literal["text", "integer", "number", "boolean", "date", "datetime", "json"]]
    required: NotRequired[bool]
    unique: NotRequired[bool]
    indexed: NotRequired[bool]
    default: NotRequired[JsonValue]
    description: NotRequired[str]


class ColumnOut(TypedDict):
    """A column."""

    name: str
    type: Literal["text", "integer", "number", "boolean", "date", "datetime", "json"]
    required: bool
    unique: bool
    indexed: bool
    default: JsonValue
    description: str


class ColumnPatch(TypedDict):
    """What becomes of a column. What is left out stays."""

    name: NotRequired[str | None]
    type: NotRequired[Literal["text", "integer", "number", "boolean", "date", "datetime", "json"] | None]
    required: NotRequired[bool | None]
    unique: NotRequired[bool | None]
    indexed: NotRequired[bool | None]
    default: NotRequired[JsonValue]
    description: NotRequired[str | None]


class CommentOut(TypedDict):
    """What somebody said."""

    number: int
    revision: int
    by: str
    name: str
    text: str | None
    mentions: list[str]
    at: str
    edited_at: str | None
    deleted: bool


class ConnectOut(TypedDict):
    """Where to send the browser."""

    url: str


class CountOut(TypedDict):
    """How many rows it concerned."""

    count: int


class CountsOut(TypedDict):
    """How many threads a workflow has."""

    open: int
    resolved: int
    unread: int
    nodes: dict[str, int]


class CredentialChange(TypedDict):
    """What is to change; what is left out stays. Of `fields` only those given change, and null empties one.

    Where a change alters to where the credential is sent, all of its secrets must be given again.
    """

    name: NotRequired[str | None]
    description: NotRequired[str | None]
    fields: NotRequired[dict[str, Any] | None]
    client: NotRequired[str | None]
    expires_at: NotRequired[str | None]


class CredentialIn(TypedDict):
    """A new credential."""

    name: str
    type: str
    description: NotRequired[str]
    fields: NotRequired[dict[str, Any]]
    client: NotRequired[str | None]
    expires_at: NotRequired[str | None]


class CredentialOut(TypedDict):
    """A credential, without its secrets."""

    id: str
    name: str
    type: str
    owner: str
    description: str
    fields: dict[str, Any]
    secrets: list[SecretOut]
    client: str | None
    state: Literal["ready", "sign_in"]
    level: Literal["", "use", "manage"]
    sharing: SharingModel | None
    expires_at: str | None
    used_at: str | None
    tested: TestOut | None
    created_by: str
    created_at: str
    updated_by: str
    updated_at: str


class CredentialTypeOut(TypedDict):
    """A kind of credential: its form, and what can be done with it."""

    id: str
    title: str
    description: str
    pack: str | None
    fields: list[FormFieldOut]
    hosts: list[str]
    scopes: list[str]
    sign_in: bool
    testable: bool
    clients: list[str]


class CredentialTypesOut(TypedDict):
    """Every credential type."""

    items: list[CredentialTypeOut]


class CurrentKeyOut(TypedDict):
    """The key that makes this request, and what it may do now."""

    id: str
    name: str
    workspace: str
    owner: str
    permissions: list[str]
    folders: dict[str, list[str]]
    workflows: list[str] | None
    expires_at: str | None


class DayOut(TypedDict):
    """What was used on one day (UTC)."""

    day: str
    executions: int
    succeeded: int
    failed: int
    cancelled: int
    requests: int
    tokens: int
    cost: float
    storage: int


class DecisionIn(TypedDict):
    """Settle an effect in doubt."""

    path: str
    decision: Literal["happened", "run", "fail"]
    output: NotRequired[Any]


class DiffOut(TypedDict):
    """What differs between two documents of a workflow."""

    changes: list[StudioServerResourcesWorkflowsSchemasChangeOut]
    text: str


class DirectoryIn(TypedDict):
    """A new token for a directory."""

    name: str
    workspace: str
    authority: NotRequired[Literal["workspace", "instance"]]
    role: NotRequired[str]
    domains: NotRequired[list[str]]


class DirectoryOut(TypedDict):
    """A directory that may write here."""

    id: str
    name: str
    workspace: str
    authority: Literal["workspace", "instance"]
    role: str
    domains: list[str]
    url: str
    created_by: str
    created_at: str


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


class EditIn(TypedDict):
    """Change data of this execution: what a node has given, or the params of one that waits at a breakpoint."""

    path: str
    output: NotRequired[Any]
    params: NotRequired[dict[str, Any] | None]


class EffectOut(TypedDict):
    """What a node would do to the world."""

    node: str
    type: str
    title: str
    effect: str
    workflow: str | None


class EgressIn(TypedDict):
    """An exception to make."""

    host: str


class EgressListOut(TypedDict):
    """Exceptions of the workspaces that have some."""

    items: list[EgressOut]
    next: NotRequired[str | None]
    always: list[str]


class EgressOut(TypedDict):
    """Private hosts that a workspace may reach."""

    workspace: str
    hosts: list[str]


class EmailAsk(TypedDict):
    """Another address, and the password once more."""

    email: str
    password: str


class EndedOut(TypedDict):
    """How many ended."""

    ended: int


class EndingOut(TypedDict):
    """A credential that needs somebody's attention."""

    credential: str
    name: str
    state: Literal["ready", "sign_in"]
    expires_at: str | None
    usage: AffectedOut


class EndpointsOut(TypedDict):
    """What a provider says about itself."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None


class EnrolmentOut(TypedDict):
    """What the authenticator app is given. It counts once a first code confirms it."""

    secret: str
    uri: str


class EntryOut(TypedDict):
    """An entry: who did what, when, from where, on what, before and after. Secrets are masked."""

    seq: int
    id: str
    at: str
    action: str
    outcome: str
    actor_kind: str
    actor_id: str
    actor_name: str
    key: str | None
    session: str | None
    ip: str
    agent: str
    request: str
    target_kind: str
    target_id: str
    target_name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ErrorOut(TypedDict):
    """Why an execution or a node run failed."""

    code: str
    message: str
    node: str | None
    param: str | None
    classification: str


class ExampleOut(TypedDict):
    """An example of a node type."""

    title: NotRequired[str | None]
    input: NotRequired[dict[str, Any]]
    output: NotRequired[Any]
    error: NotRequired[str | None]


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
    reason_code: str | None
    error_code: str | None
    reason: ReasonOut | None
    error: ErrorOut | None
    seconds: float
    tokens: int
    cost: float
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
    reason_code: str | None
    error_code: str | None


ExecutionStatus: TypeAlias = Literal[
    "queued", "running", "waiting", "paused", "succeeded", "failed", "cancelled", "dead"
]


class ExpiringOut(TypedDict):
    """A credential that ends soon."""

    workspace: str
    id: str
    name: str
    type: str
    owner: str
    expires_at: str


class ExportIn(TypedDict):
    """Which workflows go out."""

    workflows: list[str]
    format: NotRequired[Literal["yaml", "json"]]


class ExportOut(TypedDict):
    """Workflow files: the workflow, then those it calls. Calls name files."""

    files: list[FileModel]


class ExpressionProblemOut(TypedDict):
    """What is wrong with an expression."""

    code: str
    message: str
    severity: Literal["error", "warning"]
    start: int | None
    end: int | None
    suggestion: str | None


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


class ForkIn(TypedDict):
    """Copy the history up to a node, and go on from there."""

    until: str
    on: NotRequired[Literal["same", "published", "draft"]]


class FormFieldOut(TypedDict):
    """A field of the form."""

    name: str
    title: str
    help: str
    kind: Literal["text", "number", "flag", "hosts"]
    secret: bool
    required: bool


class FunctionExampleOut(TypedDict):
    """An example, which tests run."""

    expression: str
    result: Any


class FunctionOut(TypedDict):
    """A function, or a method of a kind of value."""

    name: str
    receiver: str | None
    signature: str
    category: str
    description: str
    returns: str
    params: list[FunctionParamOut]
    examples: list[FunctionExampleOut]


class FunctionParamOut(TypedDict):
    """A parameter of a function."""

    name: str
    takes: str
    required: bool
    default: Any
    rest: bool
    keyword: bool
    arity: int


class FunctionsOut(TypedDict):
    """The library."""

    items: list[FunctionOut]


class GoIn(TypedDict):
    """Let what waits run."""

    path: NotRequired[str | None]


class GoesOnOut(TypedDict):
    """The execution is accepted and not at its end yet."""

    execution: str
    status: str


class GroupChange(TypedDict):
    """What is to change; what is left out stays. A `role` of null takes the group's role away."""

    name: NotRequired[str | None]
    role: NotRequired[str | None]
    folders: NotRequired[dict[str, str] | None]


class GroupIn(TypedDict):
    """A new group."""

    name: str
    role: NotRequired[str | None]
    folders: NotRequired[dict[str, str]]


class GroupMembersIn(TypedDict):
    """Who comes in and who goes out: ids of accounts."""

    add: NotRequired[list[str]]
    remove: NotRequired[list[str]]


class GroupOut(TypedDict):
    """A group of members."""

    id: str
    name: str
    role: str | None
    folders: dict[str, str]
    external_id: str | None
    members: int


class HandOverIn(TypedDict):
    """Who takes over."""

    to: str


class HandedOut(TypedDict):
    """How many things were handed over."""

    handed: int


class HoldingOut(TypedDict):
    """Something that they hold."""

    kind: str
    id: str
    name: str
    fate: Literal["ends", "handed"]


class IdsOut(TypedDict):
    """Ids of new rows, in their order."""

    ids: list[str]


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


class InDoubtListOut(TypedDict):
    """Effects that wait for a decision."""

    items: list[InDoubtOut]


class InDoubtOut(TypedDict):
    """An effect that may or may not have happened."""

    execution: str
    workspace: str
    workflow: str
    node: str
    accepted_at: str


class IncrementIn(TypedDict):
    """Which rows get more."""

    filter: dict[str, JsonValue] | None
    column: str
    by: NotRequired[float]


class InstanceOut(TypedDict):
    """The instance: its version and settings."""

    version: str
    database: str
    revision: str
    settings: list[SettingOut]


class InvitationIn(TypedDict):
    """Whom to invite, as what."""

    email: str
    role: str


class InvitationOut(TypedDict):
    """An invitation that waits for an answer."""

    id: str
    email: str
    role: str
    made_by: str
    mailed: bool
    created_at: str
    expires_at: str


class InvitedOut(TypedDict):
    """A new invitation."""

    id: str
    email: str
    role: str
    made_by: str
    mailed: bool
    created_at: str
    expires_at: str
    link: str | None


class JoinedOut(TypedDict):
    """Where they belong now."""

    workspace: str


JsonValue: TypeAlias = "Any"


class KeyChange(TypedDict):
    """What is to change; what is left out stays."""

    name: NotRequired[str]
    workflows: NotRequired[list[str] | None]
    permissions: NotRequired[list[str] | None]
    ips: NotRequired[list[str]]
    expires_at: NotRequired[str | None]
    requests_per_minute: NotRequired[int]
    requests_per_day: NotRequired[int]
    executions_per_day: NotRequired[int]
    allow_get: NotRequired[bool]


class KeyDayOut(TypedDict):
    """What a key did on a day (UTC). It is some seconds behind."""

    day: str
    requests: int
    refused: int
    executions: dict[str, int]


class KeyIn(TypedDict):
    """A new API key."""

    name: str
    owner: NotRequired[str | None]
    workflows: NotRequired[list[str] | None]
    permissions: NotRequired[list[str] | None]
    ips: NotRequired[list[str]]
    expires_at: NotRequired[str | None]
    requests_per_minute: NotRequired[int]
    requests_per_day: NotRequired[int]
    executions_per_day: NotRequired[int]
    allow_get: NotRequired[bool]


class KeyOut(TypedDict):
    """An API key."""

    id: str
    name: str
    token: str
    owner: str
    created_by: str
    state: Literal["active", "expired", "revoked"]
    workflows: list[str] | None
    permissions: list[str] | None
    ips: list[str]
    requests_per_minute: int
    requests_per_day: int
    executions_per_day: int
    allow_get: bool
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    old_until: str | None
    last_used_at: str | None
    last_used_from: str | None


class LeaveEverywhereIn(TypedDict):
    """How somebody leaves the instance."""

    heir: NotRequired[str | None]
    heirs: NotRequired[dict[str, str]]


class LeaveIn(TypedDict):
    """How somebody leaves a workspace."""

    heir: NotRequired[str | None]


class LeaveOpen(TypedDict):
    """A leave that was begun and is not done."""

    account: str
    workspaces: list[str]
    heirs: dict[str, str]
    by: str
    begun_at: str


class LeaveOut(TypedDict):
    """What a leave means: what will happen, or what was done."""

    account: str
    name: str
    sessions: int | None
    deactivate: bool
    last_operator: bool
    possible: bool
    workspaces: list[PlaceLeft]


class LevelOut(TypedDict):
    """How far a quota is used up."""

    quota: Literal[
        "executions_per_day", "executions_per_month", "concurrency", "storage", "cost_per_month", "requests_per_day"
    ]
    used: float
    limit: float
    state: Literal["ok", "warning", "reached"]


class LinkOut(TypedDict):
    """A link that works once. It is shown now and never again."""

    link: str


class LinkSecret(TypedDict):
    """The secret of a link: what stands behind its `#`."""

    secret: str


class MappingIn(TypedDict):
    """What a group of the provider gives here."""

    value: str
    workspace: str
    role: NotRequired[str | None]
    group: NotRequired[str | None]


class MappingOut(TypedDict):
    """What a group of the provider gives here."""

    value: str
    workspace: str
    role: str | None
    group: str | None


class MemberChange(TypedDict):
    """What is to change; what is left out stays."""

    role: NotRequired[str | None]
    folders: NotRequired[dict[str, str] | None]
    groups: NotRequired[list[str] | None]


class MemberOut(TypedDict):
    """A member of the workspace."""

    id: str
    name: str
    email: str
    kind: Literal["person", "service"]
    active: bool
    second_factor: bool
    role: str
    folders: dict[str, str]
    groups: list[str]
    since: str


class MembershipOut(TypedDict):
    """A workspace the account belongs to."""

    id: str
    name: str
    role: str


class MoveIn(TypedDict):
    """Place nodes on the canvas; null takes a place away."""

    op: Literal["move"]
    positions: dict[str, list[Any] | None]


class NameOut(TypedDict):
    """A name in scope."""

    name: str
    kind: str
    node: str | None
    type: str | None
    title: str
    optional: bool
    shape: dict[str, Any]
    observed: dict[str, Any] | None


class NewDirectoryOut(TypedDict):
    """A directory with its token, which is shown this once."""

    id: str
    name: str
    workspace: str
    authority: Literal["workspace", "instance"]
    role: str
    domains: list[str]
    url: str
    created_by: str
    created_at: str
    secret: str | None


class NewKeyOut(TypedDict):
    """An API key with its token. The token is shown this once."""

    id: str
    name: str
    token: str
    owner: str
    created_by: str
    state: Literal["active", "expired", "revoked"]
    workflows: list[str] | None
    permissions: list[str] | None
    ips: list[str]
    requests_per_minute: int
    requests_per_day: int
    executions_per_day: int
    allow_get: bool
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    old_until: str | None
    last_used_at: str | None
    last_used_from: str | None
    secret: str | None


class NewcomerIn(TypedDict):
    """The account that takes the invitation."""

    secret: str
    name: str
    password: str


class NodeDetail(TypedDict):
    """Everything about a node type."""

    type: str
    version: int
    title: str
    description: str
    category: str
    pack: str
    effect: str
    icon: NotRequired[str | None]
    kind: str
    keywords: list[str]
    ports: list[str]
    open_ports: bool
    bodies: list[str]
    slots: list[SlotOut]
    missing: NotRequired[list[str]]
    install: NotRequired[str | None]
    labels: dict[str, str]
    params: dict[str, Any]
    output: dict[str, Any]
    credentials: list[str]
    examples: list[ExampleOut]


class NodeFormIn(TypedDict):
    """What is filled in so far."""

    params: NotRequired[dict[str, Any]]


class NodeFormOut(TypedDict):
    """The form of a node as it is with what is filled in."""

    params: dict[str, Any]
    output: dict[str, Any]


class NodeOptionOut(TypedDict):
    """One choice."""

    value: Any
    label: str
    help: NotRequired[str]


class NodeOptionsIn(TypedDict):
    """A question for the choices of a param."""

    params: NotRequired[dict[str, Any]]
    param: str
    credential: NotRequired[str | None]
    search: NotRequired[str]
    page: NotRequired[str | None]
    limit: NotRequired[int]


class NodeOptionsOut(TypedDict):
    """Some choices."""

    items: list[NodeOptionOut]
    next: NotRequired[str | None]


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
    kind: str
    keywords: list[str]
    ports: list[str]
    open_ports: bool
    bodies: list[str]
    slots: list[SlotOut]
    missing: NotRequired[list[str]]
    install: NotRequired[str | None]


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


class NoticesIn(TypedDict):
    """Which notices a workspace gives, and how."""

    kinds: NotRequired[list[Literal["failure", "recovery", "quota", "credential", "backup", "mention", "owner"]]]
    mail: NotRequired[bool]
    wait: NotRequired[int]
    webhook: NotRequired[str]
    new_secret: NotRequired[bool]


class NoticesOut(TypedDict):
    """Which notices a workspace gives, and how."""

    kinds: list[Literal["failure", "recovery", "quota", "credential", "backup", "mention", "owner"]]
    mail: bool
    wait: int
    webhook: str
    can_mail: bool
    webhook_secret: str | None


class OfferOut(TypedDict):
    """What an invitation offers."""

    workspace: str
    name: str
    email: str
    role: str


class OpenSessionOut(TypedDict):
    """A session that is open."""

    id: str
    ip: str
    agent: str
    kind: Literal["browser", "program"]
    way: str
    second_factor: bool
    workspace: str
    signed_in_at: str
    seen_at: str
    current: bool


class OperatedAccountOut(TypedDict):
    """An account."""

    id: str
    name: str
    email: str
    active: bool
    operator: bool
    verified: bool
    second_factor: bool
    lang: str
    external_id: str | None
    created_at: str


class OperationOut(TypedDict):
    """A batch that was carried out. Whoever carries out `changes` in order has the same document."""

    revision: int
    base: int
    id: str
    by: str
    name: str
    client: str
    at: str
    how: Literal["edit", "undo", "redo"]
    of: int | None
    operations: list[dict[str, Any]]
    changes: list[StudioServerResourcesEditingSchemasChangeOut]


class OutcomesOut(TypedDict):
    """What became of each workflow."""

    items: list[StudioServerResourcesWorkflowsSchemasOutcomeOut]


class OwnData(TypedDict):
    """Everything that Studio keeps about a person, for that person."""

    account: dict[str, Any]
    memberships: list[dict[str, Any]]
    sessions: list[dict[str, Any]]


class OwnNoticesBody(TypedDict):
    """Which notices the caller gets by mail from their workspace."""

    kinds: list[Literal["failure", "recovery", "quota", "credential", "backup", "mention", "owner"]]


class OwnerIn(TypedDict):
    """Who answers for it from now on."""

    owner: str


class PageOutAliasOut(TypedDict):
    """PageOut_AliasOut_"""

    items: list[AliasOut]
    next: NotRequired[str | None]


class PageOutBreakGlassOut(TypedDict):
    """PageOut_BreakGlassOut_"""

    items: list[BreakGlassOut]
    next: NotRequired[str | None]


class PageOutClientOut(TypedDict):
    """PageOut_ClientOut_"""

    items: list[ClientOut]
    next: NotRequired[str | None]


class PageOutCredentialOut(TypedDict):
    """PageOut_CredentialOut_"""

    items: list[CredentialOut]
    next: NotRequired[str | None]


class PageOutDirectoryOut(TypedDict):
    """PageOut_DirectoryOut_"""

    items: list[DirectoryOut]
    next: NotRequired[str | None]


class PageOutEndingOut(TypedDict):
    """PageOut_EndingOut_"""

    items: list[EndingOut]
    next: NotRequired[str | None]


class PageOutEntryOut(TypedDict):
    """PageOut_EntryOut_"""

    items: list[EntryOut]
    next: NotRequired[str | None]


class PageOutExecutionOut(TypedDict):
    """PageOut_ExecutionOut_"""

    items: list[ExecutionOut]
    next: NotRequired[str | None]


class PageOutExpiringOut(TypedDict):
    """PageOut_ExpiringOut_"""

    items: list[ExpiringOut]
    next: NotRequired[str | None]


class PageOutFolderOut(TypedDict):
    """PageOut_FolderOut_"""

    items: list[FolderOut]
    next: NotRequired[str | None]


class PageOutGroupOut(TypedDict):
    """PageOut_GroupOut_"""

    items: list[GroupOut]
    next: NotRequired[str | None]


class PageOutInvitationOut(TypedDict):
    """PageOut_InvitationOut_"""

    items: list[InvitationOut]
    next: NotRequired[str | None]


class PageOutKeyDayOut(TypedDict):
    """PageOut_KeyDayOut_"""

    items: list[KeyDayOut]
    next: NotRequired[str | None]


class PageOutKeyOut(TypedDict):
    """PageOut_KeyOut_"""

    items: list[KeyOut]
    next: NotRequired[str | None]


class PageOutLeaveOpen(TypedDict):
    """PageOut_LeaveOpen_"""

    items: list[LeaveOpen]
    next: NotRequired[str | None]


class PageOutMemberOut(TypedDict):
    """PageOut_MemberOut_"""

    items: list[MemberOut]
    next: NotRequired[str | None]


class PageOutNodeOut(TypedDict):
    """PageOut_NodeOut_"""

    items: list[NodeOut]
    next: NotRequired[str | None]


class PageOutNodeRunOut(TypedDict):
    """PageOut_NodeRunOut_"""

    items: list[NodeRunOut]
    next: NotRequired[str | None]


class PageOutOpenSessionOut(TypedDict):
    """PageOut_OpenSessionOut_"""

    items: list[OpenSessionOut]
    next: NotRequired[str | None]


class PageOutOperatedAccountOut(TypedDict):
    """PageOut_OperatedAccountOut_"""

    items: list[OperatedAccountOut]
    next: NotRequired[str | None]


class PageOutRowOut(TypedDict):
    """PageOut_RowOut_"""

    items: list[RowOut]
    next: NotRequired[str | None]


class PageOutServiceAccountOut(TypedDict):
    """PageOut_ServiceAccountOut_"""

    items: list[ServiceAccountOut]
    next: NotRequired[str | None]


class PageOutStoreNameOut(TypedDict):
    """PageOut_StoreNameOut_"""

    items: list[StoreNameOut]
    next: NotRequired[str | None]


class PageOutStoreOut(TypedDict):
    """PageOut_StoreOut_"""

    items: list[StoreOut]
    next: NotRequired[str | None]


class PageOutTableOut(TypedDict):
    """PageOut_TableOut_"""

    items: list[TableOut]
    next: NotRequired[str | None]


class PageOutTagOut(TypedDict):
    """PageOut_TagOut_"""

    items: list[TagOut]
    next: NotRequired[str | None]


class PageOutThreadOut(TypedDict):
    """PageOut_ThreadOut_"""

    items: list[ThreadOut]
    next: NotRequired[str | None]


class PageOutUsageOut(TypedDict):
    """PageOut_UsageOut_"""

    items: list[UsageOut]
    next: NotRequired[str | None]


class PageOutVariableOut(TypedDict):
    """PageOut_VariableOut_"""

    items: list[VariableOut]
    next: NotRequired[str | None]


class PageOutVersionOut(TypedDict):
    """PageOut_VersionOut_"""

    items: list[VersionOut]
    next: NotRequired[str | None]


class PageOutWorkflowOut(TypedDict):
    """PageOut_WorkflowOut_"""

    items: list[WorkflowOut]
    next: NotRequired[str | None]


class PageOutWorkspaceOut(TypedDict):
    """PageOut_WorkspaceOut_"""

    items: list[WorkspaceOut]
    next: NotRequired[str | None]


class PasswordAgain(TypedDict):
    """The password once more."""

    password: str


class PasswordChange(TypedDict):
    """Change one's own password."""

    old_password: str
    password: str


class PinIn(TypedDict):
    """What a node is taken to give: a value, or what it gave in an execution."""

    value: NotRequired[Any]
    execution: NotRequired[str | None]


class PinnedListOut(TypedDict):
    """Everything that is pinned beside a draft."""

    items: list[PinnedOut]


class PinnedOut(TypedDict):
    """What is pinned to a node."""

    node: str
    by: str
    at: str
    execution: str | None
    bytes: int
    value: ValueOut


class PlaceLeft(TypedDict):
    """What a leave means in a workspace."""

    workspace: str
    name: str
    role: str
    heir: str | None
    needs_heir: bool
    last_admin: bool
    holdings: list[HoldingOut]


class PlaceOut(TypedDict):
    """A workflow that names a credential."""

    workflow: str
    name: str
    key: str
    draft: bool
    version: int | None
    names: list[str]


class PlacesOut(TypedDict):
    """Where a credential is used."""

    items: list[PlaceOut]
    next: NotRequired[str | None]
    hidden: int


class PlanIn(TypedDict):
    """What is to be tried."""

    kind: NotRequired[Literal["all", "until", "from", "node"]]
    node: NotRequired[str | None]
    execution: NotRequired[str]
    pinned: NotRequired[bool]


class PlanOut(TypedDict):
    """What a trial would do."""

    kind: str
    revision: int
    execution: str | None
    runs: list[str]
    reused: list[TakenOut]
    again: list[str]
    missing: list[str]
    effects: list[EffectOut]


class PresenceOut(TypedDict):
    """Somebody who has the workflow open in a tab."""

    account: str
    client: str
    name: str
    colour: str
    node: str | None
    selection: list[str]
    cursor: list[Any] | None


class PresencesOut(TypedDict):
    """Who has the workflow open."""

    items: list[PresenceOut]


class PreviewIn(TypedDict):
    """What is to be previewed."""

    node: NotRequired[str]
    workflow: NotRequired[str | None]
    execution: NotRequired[str | None]
    expressions: list[WrittenIn]
    pinned: NotRequired[bool]
    samples: NotRequired[dict[str, Any]]
    indices: NotRequired[list[int]]
    index: NotRequired[int]


class PreviewOut(TypedDict):
    """What one expression gives: a value, or a problem, or names that have no data yet."""

    value: ValueOut | None
    type: str | None
    problem: ExpressionProblemOut | None
    missing: list[str]
    index: int | None
    count: int | None


class PreviewsOut(TypedDict):
    """All previews."""

    items: list[PreviewOut]
    around: list[TurnOut]
    execution: str | None
    revision: int | None


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
    execution: NotRequired[str | None]


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


class ProfileChange(TypedDict):
    """What is to change; what is left out stays."""

    name: NotRequired[str | None]
    lang: NotRequired[Literal["en", "fr", "ar"] | None]
    time_zone: NotRequired[str | None]


class ProfileOut(TypedDict):
    """One's own account."""

    id: str
    email: str
    name: str
    lang: str
    operator: bool
    time_zone: str
    second_factor: bool
    verified: bool
    recovery_codes: int


class ProviderChange(TypedDict):
    """Changes of an identity provider; what is left out stays."""

    name: NotRequired[str]
    issuer: NotRequired[str]
    client_id: NotRequired[str]
    client_secret: NotRequired[str | None]
    client_auth: NotRequired[Literal["client_secret_basic", "client_secret_post"]]
    scopes: NotRequired[list[str]]
    algorithms: NotRequired[list[str]]
    email_claim: NotRequired[str]
    name_claim: NotRequired[str]
    groups_claim: NotRequired[str]
    domains: NotRequired[list[str]]
    trusts_email: NotRequired[bool]
    links_by_email: NotRequired[bool]
    creates: NotRequired[bool]
    default_workspace: NotRequired[str]
    default_role: NotRequired[str]
    mappings: NotRequired[list[MappingIn]]
    requires_mapping: NotRequired[bool]
    enforced: NotRequired[bool]
    active: NotRequired[bool]
    internal: NotRequired[bool]


class ProviderIn(TypedDict):
    """A new identity provider."""

    client_auth: NotRequired[Literal["client_secret_basic", "client_secret_post"]]
    scopes: NotRequired[list[str]]
    algorithms: NotRequired[list[str]]
    email_claim: NotRequired[str]
    name_claim: NotRequired[str]
    groups_claim: NotRequired[str]
    domains: NotRequired[list[str]]
    trusts_email: NotRequired[bool]
    links_by_email: NotRequired[bool]
    creates: NotRequired[bool]
    default_workspace: NotRequired[str]
    default_role: NotRequired[str]
    mappings: NotRequired[list[MappingIn]]
    requires_mapping: NotRequired[bool]
    enforced: NotRequired[bool]
    active: NotRequired[bool]
    internal: NotRequired[bool]
    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: NotRequired[str | None]


class ProviderOut(TypedDict):
    """An identity provider. Its secret is never shown."""

    id: str
    name: str
    issuer: str
    client_id: str
    has_secret: bool
    client_auth: Literal["client_secret_basic", "client_secret_post"]
    scopes: list[str]
    algorithms: list[str]
    email_claim: str
    name_claim: str
    groups_claim: str
    domains: list[str]
    trusts_email: bool
    links_by_email: bool
    creates: bool
    default_workspace: str
    default_role: str
    mappings: list[MappingOut]
    requires_mapping: bool
    enforced: bool
    active: bool
    internal: bool
    redirect_uri: str
    backchannel_logout_uri: str


class ProvidersOut(TypedDict):
    """All identity providers."""

    items: list[ProviderOut]


class PublishIn(TypedDict):
    """What the new version is about."""

    note: NotRequired[str]


class PublishedOut(TypedDict):
    """A version just made, and warnings about it."""

    version: VersionOut
    warnings: list[ProblemOut]


class QueueOut(TypedDict):
    """What is queued, of each workspace in the order of its turn."""

    items: list[QueuedOut]


class QueuedOut(TypedDict):
    """A queued execution and why it waits."""

    execution: str
    workspace: str
    workflow: str
    priority: int
    accepted_at: str
    not_before: str | None
    reason: Literal["held", "later", "slot", "workspace_limit", "no_worker", "turn"]
    message: str


class QuotaBody(TypedDict):
    """What a workspace may use; null for as much as there is."""

    executions_per_day: NotRequired[int | None]
    executions_per_month: NotRequired[int | None]
    concurrency: NotRequired[int | None]
    storage: NotRequired[int | None]
    cost_per_month: NotRequired[float | None]
    requests_per_day: NotRequired[int | None]


class QuotaOut(TypedDict):
    """The quotas of a workspace."""

    executions_per_day: NotRequired[int | None]
    executions_per_month: NotRequired[int | None]
    concurrency: NotRequired[int | None]
    storage: NotRequired[int | None]
    cost_per_month: NotRequired[float | None]
    requests_per_day: NotRequired[int | None]
    workspace: str


class ReadIn(TypedDict):
    """What has been read."""

    workflow: str
    threads: NotRequired[list[str] | None]


class ReasonOut(TypedDict):
    """Why an execution waits."""

    code: str
    message: str
    node: NotRequired[str | None]
    name: NotRequired[str | None]


class RecentOut(TypedDict):
    """The last executions of several workflows."""

    workflows: dict[str, list[ExecutionOut]]


class RecoveryCodesOut(TypedDict):
    """Codes that each work once in place of one of the app. They are shown now and never again."""

    codes: list[str]


class ReferenceOut(TypedDict):
    """Where a secret stands outside Studio."""

    store: str
    path: str
    key: str


class RemoveEdgeIn(TypedDict):
    """Remove an edge."""

    op: Literal["remove_edge"]
    edge: str | dict[str, str]
    graph: NotRequired[str]


class RemoveIn(TypedDict):
    """Remove a value."""

    op: Literal["remove"]
    path: list[str]
    prune: NotRequired[int]


class RemoveNodeIn(TypedDict):
    """Remove a node with all that is in it, its edges and its place."""

    op: Literal["remove_node"]
    node: str


class RenameNodeIn(TypedDict):
    """Give a node another id; what refers to it is rewritten."""

    op: Literal["rename_node"]
    node: str
    to: str


class ReplayIn(TypedDict):
    """Run an execution again."""

    on: NotRequired[Literal["same", "published", "draft"]]
    start: NotRequired[str | None]
    again: NotRequired[list[str]]
    until: NotRequired[str | None]
    inputs: NotRequired[dict[str, Any]]
    breakpoints: NotRequired[list[BreakpointIn]]
    pinned: NotRequired[Literal["draft"] | None]


class ResetAsk(TypedDict):
    """Whose password was forgotten."""

    email: str


class ResetAsked(TypedDict):
    """The same for every address."""

    mail: bool


class ResetFinish(TypedDict):
    """The secret of the link, and the new password."""

    secret: str
    password: str


class RoleChange(TypedDict):
    """What is to change; what is left out stays."""

    name: NotRequired[str | None]
    permissions: NotRequired[list[str] | None]


class RoleIn(TypedDict):
    """A new role."""

    name: str
    permissions: list[str]


class RoleOut(TypedDict):
    """A role."""

    id: str
    name: str
    built_in: bool
    permissions: list[str]


class RolesOut(TypedDict):
    """The roles of the workspace, those built in first, and what roles can be made of."""

    items: list[RoleOut]
    permissions: list[str]
    by_folder: list[str]


class RotateIn(TypedDict):
    """How the new token takes over."""

    grace_seconds: NotRequired[int]


class RowIn(TypedDict):
    """A new row. A column that is left out gets its default."""

    cells: dict[str, JsonValue]


class RowOut(TypedDict):
    """A row."""

    id: str
    revision: int
    created_at: str
    updated_at: str
    cells: dict[str, JsonValue]


class RowPatch(TypedDict):
    """Values to set. What is left out stays; null empties a cell."""

    cells: dict[str, JsonValue]


class RowsIn(TypedDict):
    """New rows."""

    rows: list[dict[str, JsonValue]]


class ScopeIn(TypedDict):
    """A place where an expression is to be written."""

    node: NotRequired[str]
    workflow: str
    execution: NotRequired[str]
    param: NotRequired[str]


class ScopeOut(TypedDict):
    """Every name in scope."""

    items: list[NameOut]
    execution: str | None
    revision: int


class SecondStep(TypedDict):
    """The second step of signing in, from the same program as the first."""

    challenge: str
    code: str


class SecretIn(TypedDict):
    """The secret of a link: what stands behind its `#`."""

    secret: str


class SecretOut(TypedDict):
    """A secret field that has a value, which is never shown."""

    name: str
    reference: ReferenceOut | None


class ServiceAccountChange(TypedDict):
    """What is to change; what is left out stays."""

    name: NotRequired[str | None]
    active: NotRequired[bool | None]


class ServiceAccountIn(TypedDict):
    """A new service account."""

    name: str
    role: NotRequired[str]


class ServiceAccountOut(TypedDict):
    """A service account. Role, folders and groups are those of its membership: `/members/{id}`."""

    id: str
    name: str
    active: bool
    role: str
    folders: dict[str, str]
    groups: list[str]
    created_at: str


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
    needs_second_factor: NotRequired[bool]
    csrf: NotRequired[str | None]
    token: NotRequired[str | None]


class SetIn(TypedDict):
    """Set a value: a param, a field of a node, an input, a setting."""

    op: Literal["set"]
    path: list[str]
    value: Any


class SettingOut(TypedDict):
    """A setting of the server."""

    name: str
    value: Any
    secret: bool
    is_default: bool


class SetupIn(TypedDict):
    """The first account."""

    secret: str
    email: str
    name: str
    password: str


class SetupState(TypedDict):
    """Whether there is an account."""

    done: bool


class ShapeOut(TypedDict):
    """What a node type takes and gives."""

    type: str
    params: list[ValueShape]
    outputs: list[ValueShape]


class ShapesOut(TypedDict):
    """What node types take and give. Those whose libraries are not there are left out."""

    items: list[ShapeOut]


class SharingModel(TypedDict):
    """Who may do what beside the owner: `use` it in workflows, or `manage` it."""

    members: NotRequired[dict[str, Literal["use", "manage"]]]
    groups: NotRequired[dict[str, Literal["use", "manage"]]]
    everyone: NotRequired[Literal["use", "manage"] | None]


class SignIn(TypedDict):
    """Address and password."""

    email: str
    password: str
    client: NotRequired[Literal["browser", "cli"]]


class SignInWayOut(TypedDict):
    """A provider that one can sign in with."""

    id: str
    name: str
    url: str


class SignInWaysOut(TypedDict):
    """How one can sign in."""

    items: list[SignInWayOut]
    password: bool


class SignalIn(TypedDict):
    """Send a signal."""

    name: str
    payload: NotRequired[Any]
    id: NotRequired[str | None]


class SinceOut(TypedDict):
    """What was changed since a revision."""

    revision: int
    items: list[OperationOut]
    more: bool


class SlotOut(TypedDict):
    """A place for other nodes inside a node."""

    name: str
    kind: str
    many: bool
    required: bool


class StartIn(TypedDict):
    """Start an execution."""

    workflow: str
    which: NotRequired[int | Literal["published", "draft"]]
    inputs: NotRequired[dict[str, Any]]
    tags: NotRequired[list[str]]
    priority: NotRequired[int | None]
    until: NotRequired[str | None]
    pinned: NotRequired[dict[str, Any] | Literal["draft"]]
    breakpoints: NotRequired[list[BreakpointIn]]


class StepsOut(TypedDict):
    """How many steps the caller can take back, and carry out again."""

    undo: int
    redo: int


class StoppedOut(TypedDict):
    """A node run that waits at a breakpoint. `GET …/values?path=…&part=input` shows what it would run with."""

    path: str
    node: str
    at: str
    why: str
    error: ErrorOut | None


class StoreCheckIn(TypedDict):
    """A secret to read, of which nothing is told but that it could be read."""

    path: str
    key: NotRequired[str]


class StoreIn(TypedDict):
    """A store. Without `secrets` it keeps those it has, unless its address changes."""

    kind: Literal["vault", "environment", "files"]
    paths: NotRequired[list[str]]
    settings: NotRequired[dict[str, str]]
    secrets: NotRequired[dict[str, str]]


class StoreNameOut(TypedDict):
    """A store that credentials of the workspace may refer to."""

    name: str
    kind: Literal["vault", "environment", "files"]
    paths: list[str]


class StoreOut(TypedDict):
    """A store as the operator sees it, without its secrets."""

    name: str
    kind: Literal["vault", "environment", "files"]
    paths: list[str]
    settings: dict[str, str]
    secrets: list[str]
    updated_at: str


class StreamIn(TypedDict):
    """Where the entries go."""

    kind: Literal["webhook", "syslog"]
    url: NotRequired[str]
    secret: NotRequired[str]
    host: NotRequired[str]
    port: NotRequired[int]
    transport: NotRequired[Literal["udp", "tcp", "tls"]]
    ca: NotRequired[str]
    whole: NotRequired[bool]


class StreamOut(TypedDict):
    """Where the entries go, and how far they are."""

    kind: Literal["webhook", "syslog"]
    url: str
    host: str
    port: int
    transport: Literal["udp", "tcp", "tls"]
    ca: str
    secret: NotRequired[str | None]
    sent: int
    last: int
    sent_at: str | None
    tries: int
    next_at: str | None
    error: str | None


class TableIn(TypedDict):
    """A new table."""

    name: str
    description: NotRequired[str]
    columns: NotRequired[list[ColumnIn]]


class TableOut(TypedDict):
    """A table."""

    id: str
    name: str
    description: str
    columns: list[ColumnOut]
    revision: int
    rows: int | None
    changing: bool
    created_at: str
    updated_at: str


class TablePatch(TypedDict):
    """What becomes of a table. What is left out stays."""

    name: NotRequired[str | None]
    description: NotRequired[str | None]


class TagOut(TypedDict):
    """A tag of workflows."""

    tag: str
    workflows: int


class TakenOut(TypedDict):
    """An output that is taken over."""

    node: str
    at: str
    pinned: bool
    stale: bool


class TestOut(TypedDict):
    """What a test call showed."""

    at: str
    ok: bool
    status: int | None
    code: str | None


class TextIn(TypedDict):
    """What is said."""

    text: str


class ThreadIn(TypedDict):
    """A new thread."""

    workflow: str
    version: NotRequired[int | None]
    node: NotRequired[str | None]
    text: str


class ThreadOut(TypedDict):
    """A thread."""

    id: str
    workflow: str
    version: int | None
    node: str | None
    detached: bool
    by: str
    at: str
    resolved: bool
    resolved_at: str | None
    resolved_by: str | None
    unread: int
    comments: list[CommentOut]


class TimelineOut(TypedDict):
    """Node runs outside maps, and what they lie on."""

    items: list[BarOut]
    next: NotRequired[str | None]
    accepted_at: str
    ended_at: str | None


class TransferIn(TypedDict):
    """Who answers for the workflow from now on."""

    owner: str


class TurnOut(TypedDict):
    """A container around, and which of its items or turns was looked at."""

    node: str
    index: int
    count: int | None


class UpdateIn(TypedDict):
    """Which rows get which values."""

    filter: dict[str, JsonValue] | None
    cells: dict[str, JsonValue]


class UpsertIn(TypedDict):
    """A row to change or add."""

    column: str
    cells: dict[str, JsonValue]


class UpsertOut(TypedDict):
    """The row as it is now."""

    row: RowOut
    created: bool


class UsageOut(TypedDict):
    """What a workspace uses, and what it may."""

    workspace: str
    days: list[DayOut]
    quotas: list[LevelOut]


class ValueOut(TypedDict):
    """A part of a value."""

    kind: Literal["object", "list", "text", "number", "boolean", "null", "file", "table", "items"]
    size: int | None
    offset: int
    value: Any


class ValueShape(TypedDict):
    """A param or an output, as far as an editor must know it to tell what fits."""

    name: str
    label: str
    kinds: list[Literal["any", "text", "number", "boolean", "date", "list", "object", "table", "file"]]
    items: list[Literal["any", "text", "number", "boolean", "date", "list", "object", "table", "file"]]
    required: bool
    per_item: bool


class VariableIn(TypedDict):
    """What a variable becomes. Without `value` it keeps the one it has."""

    value: NotRequired[JsonValue]
    secret: NotRequired[bool]
    description: NotRequired[str]


class VariableOut(TypedDict):
    """A variable. The value of a secret one is never shown."""

    name: str
    secret: bool
    value: Any
    description: str
    by: str
    updated_at: str


class VerifiedOut(TypedDict):
    """What a check found."""

    entries: int
    broken: BreakOut | None


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


class WorkerOut(TypedDict):
    """A worker."""

    id: str
    home: str
    alive: bool
    seen_at: str
    lease_until: str
    running: int


class WorkersOut(TypedDict):
    """Every worker that is registered."""

    items: list[WorkerOut]


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
    handed_from: NotRequired[str | None]
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


class WorkspaceChange(TypedDict):
    """What is to change; what is left out stays."""

    name: NotRequired[str | None]
    second_factor: NotRequired[bool | None]
    active: NotRequired[bool | None]


class WorkspaceIn(TypedDict):
    """A new workspace."""

    name: str


class WorkspaceOut(TypedDict):
    """A workspace."""

    id: str
    name: str
    active: bool
    second_factor: bool
    role: str | None
    created_by: str
    created_at: str


class WrittenIn(TypedDict):
    """An expression."""

    value: Any
    param: NotRequired[str]
    bare: NotRequired[bool]


class StudioServerResourcesEditingSchemasChangeOut(TypedDict):
    """A value that is another now. An edge is found by what it says: `["edges", "load -> save"]`."""

    path: list[str]
    value: NotRequired[Any]
    removed: NotRequired[bool]
    prune: NotRequired[int]


class StudioServerResourcesExecutionsSchemasBulkIn(TypedDict):
    """Do the same to many executions: those named, or those that fit a filter, newest first."""

    action: Literal["cancel", "pause", "resume", "replay", "retry", "delete"]
    ids: NotRequired[list[str] | None]
    filter: NotRequired[StudioServerResourcesExecutionsSchemasFilterIn | None]
    most: NotRequired[int]
    dry: NotRequired[bool]
    reason: NotRequired[str]
    on: NotRequired[Literal["same", "published", "draft"]]


class StudioServerResourcesExecutionsSchemasFilterIn(TypedDict):
    """Which executions."""

    status: NotRequired[list[ExecutionStatus] | None]
    workflow: NotRequired[str | None]
    tag: NotRequired[str | None]
    error: NotRequired[str | None]
    since: NotRequired[str | None]
    until: NotRequired[str | None]


class StudioServerResourcesExecutionsSchemasOutcomeOut(TypedDict):
    """What came of one of them."""

    id: str
    execution: str | None
    code: str | None
    message: str | None


class StudioServerResourcesTablesSchemasFilterIn(TypedDict):
    """Which rows. They must be named: a missing filter does not mean all of them."""

    filter: dict[str, JsonValue] | None


class StudioServerResourcesWorkflowsSchemasBulkIn(TypedDict):
    """One thing to do with several workflows."""

    workflows: list[str]
    action: Literal["move", "tag", "untag", "archive", "unarchive", "delete"]
    folder: NotRequired[str | None]
    tags: NotRequired[list[str]]


class StudioServerResourcesWorkflowsSchemasChangeOut(TypedDict):
    """One difference."""

    kind: Literal["added", "removed", "changed", "renamed"]
    what: Literal["node", "edge", "value"]
    node: NotRequired[str | None]
    path: NotRequired[str | None]
    old: NotRequired[Any]
    new: NotRequired[Any]


class StudioServerResourcesWorkflowsSchemasOutcomeOut(TypedDict):
    """What became of one workflow."""

    workflow: str
    done: bool
    code: NotRequired[str | None]
    detail: NotRequired[str | None]


__all__ = [
    "AcceptedOut",
    "AccountChange",
    "AccountIn",
    "AccountMadeOut",
    "AccountOut",
    "AccountShownOut",
    "AddEdgeIn",
    "AddNodeIn",
    "AddressOut",
    "AdminIn",
    "AffectedOut",
    "AliasIn",
    "AliasOut",
    "ApprovalIn",
    "AttemptOut",
    "AttemptsOut",
    "BackIn",
    "BackupOut",
    "BackupsOut",
    "BarOut",
    "BatchIn",
    "BelongingOut",
    "BodyToldOfSignOut",
    "BreakGlassOut",
    "BreakOut",
    "BreakpointIn",
    "BreakpointOut",
    "BreakpointsIn",
    "BreakpointsOut",
    "BulkOut",
    "CancelIn",
    "ChallengeOut",
    "ChangedOut",
    "ClientIn",
    "ClientOut",
    "CodeIn",
    "ColumnIn",
    "ColumnOut",
    "ColumnPatch",
    "CommentOut",
    "ConnectOut",
    "CountOut",
    "CountsOut",
    "CredentialChange",
    "CredentialIn",
    "CredentialOut",
    "CredentialTypeOut",
    "CredentialTypesOut",
    "CurrentKeyOut",
    "DayOut",
    "DecisionIn",
    "DiffOut",
    "DirectoryIn",
    "DirectoryOut",
    "DocumentIn",
    "DraftIn",
    "DraftOut",
    "DuplicateIn",
    "EditIn",
    "EffectOut",
    "EgressIn",
    "EgressListOut",
    "EgressOut",
    "EmailAsk",
    "EndedOut",
    "EndingOut",
    "EndpointsOut",
    "EnrolmentOut",
    "EntryOut",
    "ErrorOut",
    "ExampleOut",
    "ExecutionDetail",
    "ExecutionOut",
    "ExecutionStatus",
    "ExpiringOut",
    "ExportIn",
    "ExportOut",
    "ExpressionProblemOut",
    "FileModel",
    "FolderChange",
    "FolderIn",
    "FolderOut",
    "ForkIn",
    "FormFieldOut",
    "FunctionExampleOut",
    "FunctionOut",
    "FunctionParamOut",
    "FunctionsOut",
    "GoIn",
    "GoesOnOut",
    "GroupChange",
    "GroupIn",
    "GroupMembersIn",
    "GroupOut",
    "HandOverIn",
    "HandedOut",
    "HoldingOut",
    "IdsOut",
    "ImportIn",
    "ImportOut",
    "ImportedOut",
    "InDoubtListOut",
    "InDoubtOut",
    "IncrementIn",
    "InstanceOut",
    "InvitationIn",
    "InvitationOut",
    "InvitedOut",
    "JoinedOut",
    "JsonValue",
    "KeyChange",
    "KeyDayOut",
    "KeyIn",
    "KeyOut",
    "LeaveEverywhereIn",
    "LeaveIn",
    "LeaveOpen",
    "LeaveOut",
    "LevelOut",
    "LinkOut",
    "LinkSecret",
    "MappingIn",
    "MappingOut",
    "MemberChange",
    "MemberOut",
    "MembershipOut",
    "MoveIn",
    "NameOut",
    "NewDirectoryOut",
    "NewKeyOut",
    "NewcomerIn",
    "NodeDetail",
    "NodeFormIn",
    "NodeFormOut",
    "NodeOptionOut",
    "NodeOptionsIn",
    "NodeOptionsOut",
    "NodeOut",
    "NodeRunOut",
    "NoticesIn",
    "NoticesOut",
    "OfferOut",
    "OpenSessionOut",
    "OperatedAccountOut",
    "OperationOut",
    "OutcomesOut",
    "OwnData",
    "OwnNoticesBody",
    "OwnerIn",
    "PageOutAliasOut",
    "PageOutBreakGlassOut",
    "PageOutClientOut",
    "PageOutCredentialOut",
    "PageOutDirectoryOut",
    "PageOutEndingOut",
    "PageOutEntryOut",
    "PageOutExecutionOut",
    "PageOutExpiringOut",
    "PageOutFolderOut",
    "PageOutGroupOut",
    "PageOutInvitationOut",
    "PageOutKeyDayOut",
    "PageOutKeyOut",
    "PageOutLeaveOpen",
    "PageOutMemberOut",
    "PageOutNodeOut",
    "PageOutNodeRunOut",
    "PageOutOpenSessionOut",
    "PageOutOperatedAccountOut",
    "PageOutRowOut",
    "PageOutServiceAccountOut",
    "PageOutStoreNameOut",
    "PageOutStoreOut",
    "PageOutTableOut",
    "PageOutTagOut",
    "PageOutThreadOut",
    "PageOutUsageOut",
    "PageOutVariableOut",
    "PageOutVersionOut",
    "PageOutWorkflowOut",
    "PageOutWorkspaceOut",
    "PasswordAgain",
    "PasswordChange",
    "PinIn",
    "PinnedListOut",
    "PinnedOut",
    "PlaceLeft",
    "PlaceOut",
    "PlacesOut",
    "PlanIn",
    "PlanOut",
    "PresenceOut",
    "PresencesOut",
    "PreviewIn",
    "PreviewOut",
    "PreviewsOut",
    "Problem",
    "ProblemOut",
    "ProblemsOut",
    "ProfileChange",
    "ProfileOut",
    "ProviderChange",
    "ProviderIn",
    "ProviderOut",
    "ProvidersOut",
    "PublishIn",
    "PublishedOut",
    "QueueOut",
    "QueuedOut",
    "QuotaBody",
    "QuotaOut",
    "ReadIn",
    "ReasonOut",
    "RecentOut",
    "RecoveryCodesOut",
    "ReferenceOut",
    "RemoveEdgeIn",
    "RemoveIn",
    "RemoveNodeIn",
    "RenameNodeIn",
    "ReplayIn",
    "ResetAsk",
    "ResetAsked",
    "ResetFinish",
    "RoleChange",
    "RoleIn",
    "RoleOut",
    "RolesOut",
    "RotateIn",
    "RowIn",
    "RowOut",
    "RowPatch",
    "RowsIn",
    "ScopeIn",
    "ScopeOut",
    "SecondStep",
    "SecretIn",
    "SecretOut",
    "ServiceAccountChange",
    "ServiceAccountIn",
    "ServiceAccountOut",
    "SessionChange",
    "SessionOut",
    "SetIn",
    "SettingOut",
    "SetupIn",
    "SetupState",
    "ShapeOut",
    "ShapesOut",
    "SharingModel",
    "SignIn",
    "SignInWayOut",
    "SignInWaysOut",
    "SignalIn",
    "SinceOut",
    "SlotOut",
    "StartIn",
    "StepsOut",
    "StoppedOut",
    "StoreCheckIn",
    "StoreIn",
    "StoreNameOut",
    "StoreOut",
    "StreamIn",
    "StreamOut",
    "StudioServerResourcesEditingSchemasChangeOut",
    "StudioServerResourcesExecutionsSchemasBulkIn",
    "StudioServerResourcesExecutionsSchemasFilterIn",
    "StudioServerResourcesExecutionsSchemasOutcomeOut",
    "StudioServerResourcesTablesSchemasFilterIn",
    "StudioServerResourcesWorkflowsSchemasBulkIn",
    "StudioServerResourcesWorkflowsSchemasChangeOut",
    "StudioServerResourcesWorkflowsSchemasOutcomeOut",
    "TableIn",
    "TableOut",
    "TablePatch",
    "TagOut",
    "TakenOut",
    "TestOut",
    "TextIn",
    "ThreadIn",
    "ThreadOut",
    "TimelineOut",
    "TransferIn",
    "TurnOut",
    "UpdateIn",
    "UpsertIn",
    "UpsertOut",
    "UsageOut",
    "ValueOut",
    "ValueShape",
    "VariableIn",
    "VariableOut",
    "VerifiedOut",
    "VersionDocumentOut",
    "VersionOut",
    "WorkerOut",
    "WorkersOut",
    "WorkflowChange",
    "WorkflowIn",
    "WorkflowOut",
    "WorkspaceChange",
    "WorkspaceIn",
    "WorkspaceOut",
    "WrittenIn",
]
