"""Input and output models out of a callable's signature."""

from __future__ import annotations

import collections.abc as abc
import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, Union, cast, get_args, get_origin

from pydantic import Field, TypeAdapter, ValidationError, create_model
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticSerializationError, PydanticUndefined

from studio.sdk._check import NodeDefinitionError
from studio.sdk._context import NodeContext
from studio.sdk._docstring import Docs
from studio.sdk._model import Items, NodeModel
from studio.sdk._types import fields_of, known

_STREAMS = (abc.Iterator, abc.Generator, abc.AsyncIterator, abc.AsyncIterable, abc.AsyncGenerator)
_PROMISES = (abc.Awaitable, abc.Coroutine)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the callable and the field that feeds it; no field where it takes the context.

    ``several`` where it is ``*values``, which a list feeds.
    """

    name: str
    field: str | None
    positional: bool
    several: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a callable.

    ``single`` tells that the value returned becomes the field ``result``; ``stream`` that it yields items, each of
    which ``item`` turns into plain data.
    """

    parameters: tuple[Parameter, ...]
    input_model: type[NodeModel]
    output_model: type[NodeModel]
    single: bool
    stream: bool
    item: TypeAdapter[Any] | None


def refuse(name: str, reason: str) -> NoReturn:
    """Refuse a callable, naming it and the reason.

    Raises:
        NodeDefinitionError: Always.
    """
    raise NodeDefinitionError(f"{name} cannot be a node: {reason}")


def read_shape(function: Callable[..., Any], name: str, docs: Docs, class_name: str) -> Shape:
    """Models and calling convention of a callable.

    Raises:
        NodeDefinitionError: It cannot be a node; says why.
    """
    if inspect.isclass(function):
        refuse(name, "it is a class; give a function, or a method of one of its objects")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        refuse(name, "Python knows no signature of it; wrap it in a function with type hints")
    hints = _hints(function, name)
    hints["return"] = _returned(function, hints, name)
    try:
        return _read(signature, hints, name, docs, class_name)
    except RecursionError:
        refuse(name, "one of its types refers to itself")


def target_of(function: Callable[..., Any]) -> Any:
    """What a callable runs in the end: behind partials, and of an object that can be called its method."""
    target: Any = function
    while isinstance(target, functools.partial):
        target = cast("functools.partial[Any]", target).func
    return target if inspect.isroutine(target) or inspect.isclass(target) else type(target).__call__


def _returned(function: Callable[..., Any], hints: Mapping[str, Any], name: str) -> Any:
    """The type of what it gives once it is awaited; a generator's, where it is one, as a stream."""
    if "return" not in hints:
        refuse(name, "its return type is not stated; write `-> None` where it gives nothing")
    returned = hints["return"]
    if returned in (typing.NoReturn, typing.Never):
        refuse(name, "it never returns, so nothing could come of it")
    origin = get_origin(returned) or returned
    if origin in _PROMISES:
        return (get_args(returned) or (Any,))[-1]
    if origin is abc.Iterable and inspect.isgeneratorfunction(target_of(function)):
        return abc.Iterator[get_args(returned)[0] if get_args(returned) else Any]
    return returned


def _read(signature: inspect.Signature, hints: dict[str, Any], name: str, docs: Docs, class_name: str) -> Shape:
    fields: dict[str, Any] = {}
    parameters: list[Parameter] = []
    for parameter in signature.parameters.values():
        _check_kind(parameter, name, hints)
        several = parameter.kind is parameter.VAR_POSITIONAL
        positional = parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        annotation = _plain(hints[parameter.name])
        if annotation is NodeContext or (_takes_none(annotation) and NodeContext in get_args(annotation)):
            parameters.append(Parameter(parameter.name, None, positional))
            continue
        field = _field_name(parameter.name)
        if several:
            fields[field] = list[known(annotation)], _described(annotation, docs.params.get(parameter.name), None, ())
        else:
            fields[field] = _field(parameter, annotation, docs.params.get(parameter.name), name)
        parameters.append(Parameter(parameter.name, field, positional or several, several))
    input_model = _model(f"{class_name}Input", fields, name, "its parameters")
    return _with_output(tuple(parameters), input_model, hints["return"], name, docs, class_name)


def _hints(function: Callable[..., Any], name: str) -> dict[str, Any]:
    """Type hints of a function, a method, a partial or an object that can be called."""
    target = target_of(function)
    if inspect.isclass(target):
        refuse(name, "it makes objects of a class; give a function that does")
    if inspect.isbuiltin(target) or inspect.ismethoddescriptor(target):
        refuse(name, "Python knows no types of it; wrap it in a function with type hints")
    try:
        return typing.get_type_hints(target, include_extras=True)
    except Exception as error:  # noqa: BLE001 - evaluating somebody's annotations may raise anything
        refuse(name, f"its type hints cannot be read: {type(error).__name__}: {error}")


def _check_kind(parameter: inspect.Parameter, name: str, hints: Mapping[str, Any]) -> None:
    if parameter.kind is parameter.VAR_KEYWORD:
        refuse(name, f"`**{parameter.name}` leaves open which params there are; take a dict instead")
    if parameter.name not in hints:
        of_class = " (a method is given by one of its objects)" if parameter.name == "self" else ""
        refuse(name, f"the parameter `{parameter.name}` has no type{of_class}")
    if parameter.name.startswith("_"):
        refuse(name, f"the parameter `{parameter.name}` starts with an underscore; no param may")


def _plain(annotation: Any) -> Any:
    """The type without marks that only concern whoever writes to the name."""
    return (*get_args(annotation), Any)[0] if (get_origin(annotation) or annotation) is typing.Final else annotation


def _field_name(name: str) -> str:
    """The field for a parameter; another name where the model has an attribute of that name itself."""
    return f"{name}_" if hasattr(NodeModel, name) or name.startswith("model_") else name


def _field(parameter: inspect.Parameter, annotation: Any, help: str | None, name: str) -> tuple[Any, Any]:
    annotation = known(annotation)
    alias = parameter.name.rstrip("_") if parameter.name.endswith("_") else None
    if _field_name(parameter.name) != parameter.name:
        alias = parameter.name
    default: object = parameter.default
    if isinstance(default, FieldInfo):  # `Param(...)` or Pydantic's `Field(...)`, as in a class
        alias = default.alias or alias
        annotation, default = Annotated[annotation, default], default.get_default(call_default_factory=False)
        default = parameter.empty if default is PydanticUndefined else default
    if default is parameter.empty:
        return annotation, _described(annotation, help, alias, ...)
    if isinstance(default, list | dict | set | bytearray):
        refuse(name, f"the default of `{parameter.name}` is mutable; use None or a tuple")
    if default is None and not _takes_none(annotation):
        annotation = annotation | None
    try:
        adapter = TypeAdapter(annotation)
        adapter.dump_json(adapter.validate_python(default))
    except ValidationError as error:
        refuse(name, f"the default of `{parameter.name}` is {default!r}, which does not fit: {_first(error)}")
    except (PydanticSerializationError, PydanticUserError, TypeError):
        refuse(name, f"the default of `{parameter.name}` is {default!r}, which no form can show")
    return annotation, _described(annotation, help, alias, default)


def _first(error: ValidationError) -> str:
    return error.errors(include_url=False, include_context=False)[0]["msg"]


def _described(annotation: Any, help: str | None, alias: str | None, default: Any) -> Any:
    """A field with its help: from ``Annotated`` first, then from the docstring."""
    if get_origin(annotation) is Annotated:
        _, *metadata = get_args(annotation)
        texts = [one for one in metadata if isinstance(one, str)]
        infos = [one.description for one in metadata if isinstance(one, FieldInfo) and one.description]
        help = (infos or texts or [help])[0]
    return Field(default, description=help or None, alias=alias)


def _takes_none(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation is Any or (
        get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation)
    )


def _model(class_name: str, fields: dict[str, Any], name: str, what: str) -> type[NodeModel]:
    """A model of these fields.

    Raises:
        NodeDefinitionError: A type cannot be checked or shown in a form.
    """
    for field, (annotation, _) in fields.items():
        if _holds_bytes(annotation):
            refuse(name, f"`{field}` is bytes, which are no data here; use File")
        try:
            TypeAdapter(annotation).json_schema()
        except (PydanticUserError, TypeError) as error:
            reason = str(error).splitlines()[0]
            reason = "" if "arbitrary_types_allowed" in reason else f" ({reason})"
            refuse(name, f"{what} hold a type that is not data: `{field}: {_shown(annotation)}`{reason}")
    return create_model(class_name, __base__=NodeModel, **fields)


def _shown(annotation: Any) -> str:
    return annotation.__qualname__ if isinstance(annotation, type) else str(annotation)


def _holds_bytes(annotation: Any) -> bool:
    return annotation in (bytes, bytearray, memoryview) or any(_holds_bytes(one) for one in get_args(annotation))


def _with_output(
    parameters: tuple[Parameter, ...],
    input_model: type[NodeModel],
    returned: Any,
    name: str,
    docs: Docs,
    class_name: str,
) -> Shape:
    plain = get_args(returned)[0] if get_origin(returned) is Annotated else returned
    item: TypeAdapter[Any] | None = None
    single = stream = False
    if (get_origin(plain) or plain) in _STREAMS:
        (element, *_) = get_args(plain) or (Any,)
        _model(class_name, {"item": (known(element), ...)}, name, "what it yields")
        item = TypeAdapter(known(element))
        fields: dict[str, Any] = {"items": (Items, Field(description=docs.returns or None))}
        stream = True
    elif plain is None or plain is type(None):
        fields = {}
    elif (found := fields_of(plain)) is not None:
        fields = {key: (known(annotation), info) for key, (annotation, info) in found.items()}
    else:
        fields = {"result": (known(returned), _described(returned, docs.returns, None, ...))}
        single = True
    if isinstance(plain, type) and issubclass(plain, NodeModel):
        output_model = plain
    else:
        output_model = _model(f"{class_name}Output", fields, name, "what it returns")
    return Shape(parameters, input_model, output_model, single, stream, item)
