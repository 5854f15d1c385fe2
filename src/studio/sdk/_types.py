"""Types of parameters and results as models know them."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable
from typing import Annotated, Any, Union, cast, get_args, get_origin

import msgspec
import typing_extensions
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from studio.domain.values import FileRef, TableRef
from studio.sdk._model import File, Table
from studio.sdk._struct import StructKind

_REPLACED: dict[Any, Any] = {FileRef: File, TableRef: Table}


def known(annotation: Any) -> Any:
    """A type as models know it: references by their annotated names, typed dicts as Pydantic takes them."""
    if annotation in _REPLACED:
        return _REPLACED[annotation]
    if typing_extensions.is_typeddict(annotation):
        return _typed_dict(annotation)
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return cast("Any", Annotated)[annotation, StructKind(annotation)]
    origin: Any = get_origin(annotation)
    arguments = get_args(annotation)
    if origin in (Union, types.UnionType):
        return Union[tuple(known(one) for one in arguments)]  # noqa: UP007 - made from a tuple
    if arguments and isinstance(origin, type) and issubclass(origin, Iterable):
        return cast("Any", origin)[tuple(known(one) for one in arguments)]
    if origin is Annotated:
        made, marks = cast("Any", Annotated), cast("Any", annotation).__metadata__
        return made[(known(arguments[0]), *marks)]
    return cast("Any", annotation)


def _typed_dict(annotation: Any) -> Any:
    """The same typed dict, made anew: before Python 3.12 Pydantic takes those of ``typing_extensions`` only."""
    keys = {
        key: known(hint) if required else typing_extensions.NotRequired[known(hint)]
        for key, (hint, required) in _keys(annotation).items()
    }
    make: Any = typing_extensions.TypedDict  # a form of the call that type checkers only know with literals
    return make(annotation.__name__, keys)


def _keys(annotation: Any) -> dict[str, tuple[Any, bool]]:
    """Type of each key of a typed dict, and whether it must be there.

    ``__required_keys__`` alone does not tell where annotations are texts: there the marks come to light only here.
    """
    out: dict[str, tuple[Any, bool]] = {}
    for key, hint in typing.get_type_hints(annotation, include_extras=True).items():
        mark = get_origin(hint)
        if mark in (typing.Required, typing.NotRequired):
            out[key] = get_args(hint)[0], mark is typing.Required
        else:
            out[key] = hint, key in annotation.__required_keys__
    return out


def fields_of(annotation: Any) -> dict[str, tuple[Any, Any]] | None:
    """Fields of a model, struct, data class, typed dict or named tuple; None for every other type."""
    if not isinstance(annotation, type) or annotation in _REPLACED:
        return None
    if issubclass(annotation, BaseModel):
        return {name: (info.rebuild_annotation(), _bare(info)) for name, info in annotation.model_fields.items()}
    cls = cast("type[Any]", annotation)
    if dataclasses.is_dataclass(cls):
        hints = typing.get_type_hints(cls, include_extras=True)
        return {field.name: (hints[field.name], ...) for field in dataclasses.fields(cls)}
    if issubclass(cls, msgspec.Struct):
        hints = typing.get_type_hints(cls, include_extras=True)
        return {name: (hints[name], ...) for name in cls.__struct_fields__}
    if typing_extensions.is_typeddict(cls):
        return {key: (hint, ...) if required else (hint | None, None) for key, (hint, required) in _keys(cls).items()}
    names: tuple[str, ...] | None = getattr(cls, "_fields", None)
    if names is not None and tuple in cls.__mro__:
        hints = typing.get_type_hints(cls, include_extras=True)
        return {name: (hints.get(name, Any), ...) for name in names}
    return None


def _bare(info: FieldInfo) -> Any:
    """A field that must be given, with its help; an output has no defaults to fall back on."""
    return Field(..., description=info.description)
