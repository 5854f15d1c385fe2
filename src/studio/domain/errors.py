"""The error tree.

    StudioError                      every error that Studio raises on purpose
    ├── WorkflowInvalid              a workflow document does not pass validation; carries all problems
    ├── ExpressionError              an expression cannot be parsed, checked or evaluated
    ├── NodeError                    a node run failed
    │   ├── UserError                the node's own refusal: wrong data, nothing found, ...
    │   ├── InputInvalid             the resolved params do not fit the node's input model
    │   ├── OutputInvalid            the node gave something that does not fit its output model
    │   ├── ProviderError            another system answered with an error, or not at all
    │   │   ├── RateLimited          ... asks to wait (429, Retry-After)
    │   │   └── AuthenticationFailed ... does not accept the credential
    │   ├── CallFailed               a called workflow did not succeed
    │   ├── NodeTimeout              an attempt took longer than its limit
    │   ├── InDoubt                  an effect may or may not have happened; a person decides
    │   └── NodeStopped              flow.stop asked for a failure
    ├── AccessRefused                a path, host or permission outside what is allowed; names the flag
    ├── NotFound                     no such execution, workflow, node, credential, ...
    ├── Conflict                     the request does not fit the present state
    │   ├── RecordChanged            ... somebody else has changed what was to be changed
    │   ├── RecordTaken              ... a name that must be unique is taken
    │   └── KeyReused                ... an idempotency key that came with another request before
    └── StorageError                 the store cannot do its work
        ├── StorageFull              no space left
        ├── StorageReadOnly          the folder or database cannot be written
        ├── StorageCorrupt           what is stored is damaged
        │   └── RecordCorrupt        ... one row or blob of it, which concerns only what needs it
        ├── StorageUnavailable       the database cannot be reached
        ├── WriteRefused             one write cannot be stored for what it holds; all others can
        ├── DatabaseVersion          the database belongs to a newer or unknown version of Studio
        ├── WrongKey                 the master key does not open this database
        ├── EngineBusy               another engine drives this data folder
        └── LeaseLost                another worker has taken the execution over

An error carries a code, the English sentence as a template, and its arguments. Other languages are looked up by code
(see ``studio.i18n``). The English template stands where the error is raised, so that the code reads by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar


class ErrorClass(StrEnum):
    """What kind of failure it is, which decides whether a retry can help."""

    TRANSIENT = "transient"
    RATE_LIMITED = "rate_limited"
    AUTHENTICATION = "authentication"
    BAD_INPUT = "bad_input"
    PERMANENT = "permanent"

    @property
    def retryable(self) -> bool:
        """Whether another attempt with the same input may succeed."""
        return self in (ErrorClass.TRANSIENT, ErrorClass.RATE_LIMITED)


class StudioError(Exception):
    """Base of every deliberate error.

    Args:
        code: Stable dotted identifier, for example ``workflow.unknown_type``.
        message: English sentence; ``{name}`` is replaced by the argument of that name.
        args: Arguments of the message, plain data.
    """

    error_class: ClassVar[ErrorClass] = ErrorClass.PERMANENT

    def __init__(self, code: str, message: str, /, **args: Any) -> None:
        super().__init__(code)
        self.code = code
        self.template = message
        self.arguments: dict[str, Any] = args
        self.classification: ErrorClass = type(self).error_class
        self.node: str | None = None
        self.param: str | None = None

    @property
    def message(self) -> str:
        """The English sentence with its arguments filled in."""
        return fill(self.template, self.arguments)

    def at(self, node: str | None = None, param: str | None = None) -> StudioError:
        """Name the place where it happened, keeping a more precise one that is already known."""
        self.node = self.node or node
        self.param = self.param or param
        return self

    def __str__(self) -> str:
        return self.message


def fill(template: str, arguments: Mapping[str, Any]) -> str:
    """Replace ``{name}`` in ``template`` by the arguments, leaving unknown names as they stand."""
    if "{" not in template:
        return template
    out: list[str] = []
    rest = template
    while True:
        before, brace, tail = rest.partition("{")
        out.append(before)
        if not brace:
            return "".join(out)
        name, close, after = tail.partition("}")
        if close and name in arguments:
            out.append(str(arguments[name]))
            rest = after
        else:
            out.append("{")
            rest = tail


class WorkflowInvalid(StudioError):
    """A workflow does not pass validation. ``problems`` holds every problem found."""

    error_class = ErrorClass.BAD_INPUT

    def __init__(self, problems: Sequence[Any]) -> None:
        super().__init__("workflow.invalid", "The workflow has {count} problem(s).", count=len(problems))
        self.problems = list(problems)


class ExpressionError(StudioError):
    """An expression cannot be parsed, checked or evaluated.

    ``start`` and ``end`` are character offsets in the source of the expression, where known.
    """

    error_class = ErrorClass.BAD_INPUT

    def __init__(self, code: str, message: str, /, *, start: int | None = None, end: int | None = None, **args: Any):
        super().__init__(code, message, **args)
        self.start = start
        self.end = end


class NodeError(StudioError):
    """A node run failed."""


class UserError(NodeError):
    """The node refuses for a reason its user can act on."""

    error_class = ErrorClass.BAD_INPUT


class InputInvalid(NodeError):
    """The resolved params do not fit the input model; names the param, what was expected and what came."""

    error_class = ErrorClass.BAD_INPUT


class OutputInvalid(NodeError):
    """A node returned something that does not fit its output model."""


class ProviderError(NodeError):
    """Another system answered with an error, or could not be reached.

    Args:
        status: HTTP status or the like, None where there was no answer.
        retry_after: Seconds the provider asks to wait, None where it does not say.
        in_doubt: True where the request may have been carried out although no answer came.
    """

    error_class = ErrorClass.TRANSIENT

    def __init__(
        self,
        code: str,
        message: str,
        /,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        in_doubt: bool = False,
        **args: Any,
    ) -> None:
        super().__init__(code, message, **({"status": status} if status is not None else {}), **args)
        self.status = status
        self.retry_after = retry_after
        self.in_doubt = in_doubt
        if status is not None:
            self.classification = classify_status(status)


class RateLimited(ProviderError):
    """The provider asks to slow down."""

    error_class = ErrorClass.RATE_LIMITED


class AuthenticationFailed(ProviderError):
    """The provider does not accept the credential."""

    error_class = ErrorClass.AUTHENTICATION


class CallFailed(NodeError):
    """A called workflow failed or was cancelled. It is classified as what it failed of."""


class NodeTimeout(NodeError):
    """An attempt took longer than its limit."""

    error_class = ErrorClass.TRANSIENT


class InDoubt(NodeError):
    """An irreversible effect may or may not have happened; a person decides."""


class NodeStopped(NodeError):
    """``flow.stop`` ended the execution as failed."""


class AccessRefused(StudioError):
    """A path, host or permission outside what is allowed. The message names how to allow it."""


class NotFound(StudioError):
    """Nothing of that name or id exists here."""

    error_class = ErrorClass.BAD_INPUT


class Conflict(StudioError):
    """The request does not fit the present state."""

    error_class = ErrorClass.BAD_INPUT


class RecordChanged(Conflict):
    """Somebody else has changed, made or deleted what was to be changed."""


class RecordTaken(Conflict):
    """A name or another key that must be unique belongs to something else."""


class KeyReused(Conflict):
    """An idempotency key was used for another request already."""


class StorageError(StudioError):
    """The store cannot do its work."""


class StorageFull(StorageError):
    """No space is left."""


class StorageReadOnly(StorageError):
    """The folder or the database cannot be written."""


class StorageCorrupt(StorageError):
    """What is stored is damaged."""


class RecordCorrupt(StorageCorrupt):
    """One row or blob is missing or fails its verification; whatever does not need it goes on."""


class WriteRefused(StorageError):
    """One write cannot be stored for what it holds; it alone is to blame, and everything else goes on."""


class StorageUnavailable(StorageError):
    """The database cannot be reached at present."""

    error_class = ErrorClass.TRANSIENT


class DatabaseVersion(StorageError):
    """The database was written by another version of Studio."""


class WrongKey(StorageError):
    """The master key does not open this database."""


class EngineBusy(StorageError):
    """Another engine drives this data folder."""


class LeaseLost(StorageError):
    """Another worker has taken this execution over; the present one stops."""


def classify_status(status: int) -> ErrorClass:
    """Class of an HTTP status (RFC 9110, section 15): which are worth another attempt."""
    if status == 429:
        return ErrorClass.RATE_LIMITED
    if status in (401, 403):
        return ErrorClass.AUTHENTICATION
    if status in (408, 425) or status >= 500:
        return ErrorClass.PERMANENT if status in (501, 505) else ErrorClass.TRANSIENT
    if 400 <= status < 500:
        return ErrorClass.BAD_INPUT
    return ErrorClass.PERMANENT
