"""From what a node's ``run`` returned to a validated, plain output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import SchemaValidator
from pydantic_core.core_schema import CoreConfig

from studio.domain.errors import OutputInvalid
from studio.sdk import BaseNode, NodeModel, Routed, dump_output, output_invalid

Finish = Callable[[Any], tuple[dict[str, Any], tuple[str, ...] | None]]

_PLAIN = (str, int, float, bool, type(None), Any, object)


def _plain_annotation(annotation: Any) -> bool:
    if annotation in _PLAIN:
        return True
    origin = get_origin(annotation)
    if origin is None:
        return False
    if getattr(origin, "__name__", "") == "Literal":
        return True
    return (
        origin in (list, dict) or _is_union(origin)
        if all(_plain_annotation(a) for a in get_args(annotation))
        else False
    )


def _is_union(origin: Any) -> bool:
    return getattr(origin, "__name__", "") in ("UnionType", "Union") or str(origin) == "typing.Union"


def _field_is_reference(info: Any) -> bool:
    return any(type(meta).__name__ in ("_Kind", "_ItemsKind") for meta in info.metadata)


def holds_any(model: type[BaseModel]) -> bool:
    """Whether the model has fields of any type, whose content must be checked to be plain."""

    def loose(annotation: Any) -> bool:
        return annotation in (Any, object) or any(loose(argument) for argument in get_args(annotation))

    return any(loose(info.annotation) or _field_is_reference(info) for info in model.model_fields.values())


def finisher(impl: BaseNode) -> Finish:
    """A function that takes what ``run`` returned and gives the validated plain output and the ports taken.

    Models of plain fields are taken over as they are, which keeps large values by identity; others are serialised.
    """
    model = impl.output_model
    validate = model.__pydantic_validator__.validate_python
    plain = all(
        _plain_annotation(info.annotation) or _field_is_reference(info) for info in model.model_fields.values()
    ) and not any(info.alias for info in model.model_fields.values())

    fields_of = _fields_validator(model) if plain else None

    def finish(result: Any) -> tuple[dict[str, Any], tuple[str, ...] | None]:
        if result.__class__ is model and fields_of is not None:
            # By far the most frequent way; asking a model class for its instances costs more than validating.
            try:
                return fields_of(result.__dict__)[0], None
            except ValidationError as error:
                raise output_invalid(impl.type, error, model) from error
        ports = None
        if isinstance(result, Routed):
            routed = cast("Routed[Any]", result)
            ports, result = routed.ports, routed.output
        fields: Any = result.__dict__ if isinstance(result, NodeModel) else result
        try:
            if fields_of is not None:
                return fields_of(fields)[0], ports
            checked = validate(fields)
        except ValidationError as error:
            raise output_invalid(impl.type, error, model) from error
        if plain:
            return dict(checked.__dict__), ports
        return dump_output(checked), ports

    return finish


def check_ports(impl: BaseNode, params: Mapping[str, Any], ports: tuple[str, ...] | None) -> None:
    """Raise OutputInvalid where a node left by a port it does not declare."""
    if ports is None:
        return
    known = impl.ports_of(params)
    for port in ports:
        if port not in known:
            raise OutputInvalid(
                "node.unknown_port",
                "{type} left by port {port}, which it does not declare.",
                type=impl.type,
                port=port,
            )


def _fields_validator(model: type[BaseModel]) -> Callable[[Any], tuple[dict[str, Any], Any, Any]] | None:
    """A validator that gives the fields without making an instance, where the model consists of fields alone."""
    schema: Any = model.__pydantic_core_schema__
    inner = schema.get("schema") if schema.get("type") == "model" else None
    if inner is None or inner.get("type") != "model-fields":
        return None
    return SchemaValidator(inner, CoreConfig(extra_fields_behavior="forbid")).validate_python
