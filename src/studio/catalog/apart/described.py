"""A private pack as plain data: what the process that imported it says of its node types. Nothing of it is trusted."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.domain.errors import StudioError, UserError
from studio.domain.phrases import Phrase, Refusal, plain_argument, spoken_argument

FORMAT = 1
"""Goes up where descriptions say something else than before."""


Told = tuple[str, str, dict[str, Any]]
"""An error as plain data: code, template and arguments."""


def told(error: StudioError) -> Told:
    """What an error says."""
    return error.code, error.template, {name: plain_argument(one) for name, one in error.arguments.items()}


def error_of(found: Told, kind: type[UserError] = UserError) -> UserError:
    """The error again."""
    return kind(found[0], found[1], **{name: spoken_argument(one) for name, one in found[2].items()})


def refusal_of(reason: Phrase, kind: type[Refusal] = Refusal) -> Refusal:
    """What a validator raised, by what it said."""
    return kind(reason.code, reason.template, **dict(reason.arguments))


class Pack(msgspec.Struct, frozen=True, array_like=True):
    """Where a pack lies, and the digest of what was described: a process imports nothing else."""

    id: str
    module: str
    folder: str
    digest: str


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a model. ``kind`` is ``any``, ``items``, or how it holds per-item expressions: ``one``, ``list``,
    ``dict``. ``models`` are those in its type, ``extra`` is what its form needs beside the type.
    """

    name: str
    alias: str | None = None
    required: bool = False
    kind: str = "any"
    models: list[Model] = []
    extra: dict[str, Any] = {}


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A model's fields."""

    name: str
    fields: list[Field] = []


class Type(msgspec.Struct, frozen=True, kw_only=True):
    """A node type. ``own`` names the methods that it defines itself; ``error`` is why it cannot be used."""

    error: Told | None = None
    own: frozenset[str] = frozenset()
    input: dict[str, Any] = {}
    output: dict[str, Any] = {}
    event: dict[str, Any] = {}
    input_model: Model = Model(name="Input")
    output_model: Model = Model(name="Output")
    event_model: Model | None = None
    examples: list[dict[str, Any]] = []
    raw_params: tuple[str, ...] = ()
    source: str = ""
    interval: float = 60.0


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """All node types of a pack by id, and its credential types as ``catalog.private`` describes them."""

    types: dict[str, Type] = {}
    credentials: Any = None
    credentials_error: Told | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a model refuses. ``reason`` is what a validator said: a text, or a phrase as plain data."""

    type: str
    loc: list[str | int]
    msg: str
    ctx: dict[str, str | int | float | bool] = {}
    reason: str | dict[str, Any] | None = None


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a model says of something: what is wrong with it, or its fields where they are asked for."""

    errors: list[Finding] = []
    fields: dict[str, Any] | None = None
