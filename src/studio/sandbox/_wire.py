"""What goes between this process and one that works for it: frames of MessagePack, each after its length.

The caller sends a ``Job``; the worker answers with any number of ``Part`` and ``More``, and one ``Done`` or ``Failed``.
Descriptors go ahead of their job, as ancillary data. Nothing that arrives can build an object other than these.
"""

from __future__ import annotations

import struct
from typing import Any

import msgspec

from studio.contracts.apart import Limits
from studio.domain import errors
from studio.domain.errors import ErrorClass, NodeError, ProviderError, StudioError
from studio.domain.phrases import plain_argument, spoken_argument

HEAD = struct.Struct("!Q")
MOST_BYTES = 1024**3
"""Of one frame."""
MOST_FOREIGN_BYTES = 256 * 1024**2
"""Of one frame of foreign code."""
FILES, FRAME, ANSWER = b"f", b"j", b"a"
"""What follows on the worker's side: one group of descriptors, a job, or the answer to something asked."""
FILES_AT_ONCE = 200
"""Descriptors per group; the kernel takes 253."""

_KINDS = (
    "UserError", "NodeTimeout", "InputInvalid", "OutputInvalid", "RateLimited", "AuthenticationFailed", "ProviderError",
    "CallFailed", "NodeStopped", "NodeError", "ExpressionError", "AccessRefused", "NotFound", "Conflict",
)  # fmt: skip
"""Errors that come back as what they were; others of the tree as ``NodeError``."""
_OF_PROVIDERS = ("status", "retry_after", "in_doubt")
_FACTS: dict[str, Any] = {"status": int, "retry_after": int | float, "in_doubt": bool, "param": str}
"""What an error says beside its arguments."""


class Job(msgspec.Struct, array_like=True):
    """One function call. ``package`` is name and path of a package that no file stands for (a local folder's packs)."""

    function: tuple[str, str]
    args: list[Any]
    limits: Limits
    streams: bool = False
    feeds: bool = False
    package: tuple[str, list[str]] | None = None
    asks: bool = False


class Ready(msgspec.Struct, array_like=True, tag=0):
    """The process is ready for jobs."""


class Part(msgspec.Struct, array_like=True, tag=1):
    """What a generator function yielded."""

    value: Any


class More(msgspec.Struct, array_like=True, tag=2):
    """The function wants the next elements of its feed; answered by a ``Fed``."""


class Done(msgspec.Struct, array_like=True, tag=3):
    """The result. ``spent``: the process has grown too large to be used again."""

    value: Any
    spent: bool = False


class Failed(msgspec.Struct, array_like=True, tag=4):
    """An error of Studio's tree, lack of memory (kind ``memory``), or any other exception (kind ``other``)."""

    kind: str
    code: str = ""
    template: str = ""
    arguments: dict[str, Any] = {}
    classification: str = ErrorClass.PERMANENT
    trace: str = ""
    facts: dict[str, Any] = {}


class Asked(msgspec.Struct, array_like=True, tag=5):
    """The function asks something; answered by an ``Answered`` of the same number, whenever that is known."""

    number: int
    name: str
    args: list[Any]


class Dropped(msgspec.Struct, array_like=True, tag=6):
    """Nobody waits any more for the answer of this number."""

    number: int


class Answered(msgspec.Struct, array_like=True):
    """The answer to an ``Asked``: a value, or an error."""

    number: int
    value: Any = None
    failed: Failed | None = None


class Fed(msgspec.Struct, array_like=True):
    """Elements of the feed; ``last`` where there are no more."""

    elements: list[Any]
    last: bool = False


Reply = Ready | Part | More | Done | Failed | Asked | Dropped

_encoder = msgspec.msgpack.Encoder()
_replies: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)
_jobs = msgspec.msgpack.Decoder(Job)
_fed = msgspec.msgpack.Decoder(Fed)
_answers = msgspec.msgpack.Decoder(Answered)
reply_of = _replies.decode
job_of = _jobs.decode
fed_of = _fed.decode
answer_of = _answers.decode


def frame(message: Any) -> bytes:
    """A message with its length ahead.

    Raises:
        TypeError: It holds something else than plain data; a ``ValueError`` or ``OverflowError`` likewise.
    """
    body = _encoder.encode(message)
    return HEAD.pack(len(body)) + body


def failed(error: StudioError) -> Failed:
    """An error of the tree as plain data."""
    kind = next((base.__name__ for base in type(error).__mro__ if base.__name__ in _KINDS), "NodeError")
    arguments = {name: plain_argument(value) for name, value in error.arguments.items()}
    facts = {name: value for name in _FACTS if (value := getattr(error, name, None)) not in (None, False)}
    return Failed(kind, error.code, error.template, arguments, str(error.classification), facts=facts)


def error_of(found: Failed) -> StudioError:
    """The error of the tree again."""
    arguments = {name: spoken_argument(value) for name, value in found.arguments.items()}
    kind: type[StudioError] = getattr(errors, found.kind) if found.kind in _KINDS else NodeError
    error = kind(found.code, found.template)
    error.arguments = arguments
    error.classification = _class_of(found.classification)
    for name, types in _FACTS.items():
        value = found.facts.get(name)
        if isinstance(value, types) and not (name in _OF_PROVIDERS and not isinstance(error, ProviderError)):
            setattr(error, name, value)
    return error


def _class_of(name: str) -> ErrorClass:
    return ErrorClass(name) if name in set(ErrorClass) else ErrorClass.PERMANENT


def out_of_memory(limits: Limits, *, in_doubt: bool) -> NodeError:
    """The work needs more memory than it may take. In doubt where its process has died of it."""
    error = ProviderError(
        "work.memory", "The work needs more than {limit} MB of memory.", in_doubt=in_doubt, limit=limits.memory_mb
    )
    error.classification = ErrorClass.BAD_INPUT
    return error
