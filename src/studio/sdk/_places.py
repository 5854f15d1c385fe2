"""Places in what a model was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from studio.sdk._types import fields_of


def place_in(model: type[BaseModel], location: tuple[int | str, ...], *, last: bool = False) -> tuple[int | str, ...]:
    """The keys that lead to a finding of Pydantic, without the branches of unions that it names on the way.

    Args:
        model: What the value was validated against.
        location: Where Pydantic says that the finding is.
        last: Whether the last part is a key, whatever the model knows of it (a key that is one too many).
    """
    kinds: list[Any] = [model]
    out: list[int | str] = []
    branch = False
    for depth, part in enumerate(location):
        if branch and isinstance(part, str):
            branch = False
            continue
        inner = [one for kind in kinds for one in _inside(kind, part)]
        if inner or (last and depth == len(location) - 1):
            out.append(part)
            kinds = [option for one in inner for option in _options(one)]
            branch = sum(kind is not type(None) for kind in kinds) > 1
    return tuple(out)


def _options(annotation: Any) -> Iterator[Any]:
    """What a type may be, one by one."""
    if get_origin(annotation) is Annotated:
        yield from _options(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for one in get_args(annotation):
            yield from _options(one)
    else:
        yield annotation


def _inside(kind: Any, part: int | str) -> Iterator[Any]:
    """The types of what stands at a key of a value of this type; nothing where it has no such key."""
    origin, arguments = get_origin(kind) or kind, get_args(kind)
    if kind in (Any, object):
        yield Any
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield arguments[1] if len(arguments) == 2 else Any
    elif isinstance(part, int):
        if origin is tuple and Ellipsis not in arguments and part < len(arguments):
            yield arguments[part]
        elif isinstance(origin, type) and issubclass(origin, Iterable):
            yield arguments[0] if arguments else Any
    elif isinstance(origin, type) and issubclass(origin, BaseModel):
        for name, info in origin.model_fields.items():
            if part in (name, info.alias):
                yield info.annotation
    else:
        fields = fields_of(origin) or {}
        if part in fields:
            yield fields[part][0]
