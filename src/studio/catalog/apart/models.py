"""Models that stand for those of a private pack: the same fields under the same names, whose validators run apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Union, cast

from pydantic import ConfigDict, Field, SkipValidation, ValidationError, create_model
from pydantic_core import InitErrorDetails, PydanticCustomError

from studio.catalog.apart.described import Checked, Finding, Model, refusal_of
from studio.catalog.apart.described import Field as Described
from studio.domain.phrases import Phrase, spoken_argument
from studio.sdk import Items, NodeModel, PerItem

Fits = Callable[[str, Any], Checked]
"""Asks the process apart whether something fits, by the name of the model's function there."""


class StandInModel(NodeModel):
    """Checks only the names of its fields here. ``model_validate`` has everything checked apart."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)
    asked_as: ClassVar[str] = ""
    ask: ClassVar[Fits | None] = None

    @classmethod
    def model_validate(cls, obj: Any, **_options: Any) -> Any:
        """A model with what was given, if it fits.

        Raises:
            ValidationError: It does not fit.
            StudioError: It could not be checked.
        """
        if cls.ask is None or not isinstance(obj, Mapping) or not _plain(cast("Mapping[str, Any]", obj)):
            return super().model_validate(obj)
        found = cls.ask(cls.asked_as, dict(cast("Mapping[str, Any]", obj)))
        if found.errors:
            raise _errors(cls.__name__, found.errors, obj)
        fields = cast("dict[str, Any]", found.fields if found.fields is not None else obj)
        names = {info.alias: name for name, info in cls.model_fields.items() if info.alias}
        return cls.model_construct(**{names.get(key, key): value for key, value in fields.items()})


def given(model: NodeModel) -> dict[str, Any]:
    """What a stand-in was made of, by the names that the pack's own model takes."""
    fields = type(model).model_fields
    return {fields[name].alias or name: getattr(model, name) for name in model.model_fields_set}


def stand_in_model(
    described: Model, asked_as: str = "", ask: Fits | None = None, *, given: bool = True
) -> type[StandInModel]:
    """A model that stands for a described one: of what is ``given`` to a node, or of what it gives.

    Raises:
        TypeError: The description makes no model; a ``ValueError`` or ``NameError`` likewise.
    """
    fields: dict[str, Any] = {one.name: _field(one, given) for one in described.fields}
    made = create_model(described.name, __base__=StandInModel, **fields)
    made.asked_as, made.ask = asked_as, ask
    return made


def _field(one: Described, given: bool) -> tuple[Any, Any]:
    kind: Any = Any
    if one.kind == "items":
        kind = Items
    elif not given:  # it is serialised as it is
        return kind, Field(... if one.required else None, alias=one.alias, json_schema_extra=one.extra or None)
    elif one.kind in _PER_ITEM:
        kind = _PER_ITEM[one.kind]
    elif one.models:
        kind = Union[tuple(stand_in_model(inner) for inner in one.models)]  # noqa: UP007 - of as many as there are
    # The annotation says what there is to know; what is given is taken as it is.
    loose: Any = SkipValidation[kind]
    return loose, Field(... if one.required else None, alias=one.alias, json_schema_extra=one.extra or None)


_RAISED = ("value_error", "assertion_error")
"""Kinds of findings that a validator raised."""
_PER_ITEM: dict[str, Any] = {"one": PerItem[Any], "list": list[PerItem[Any]], "dict": dict[str, PerItem[Any]]}


def _plain(value: Any) -> bool:
    """Whether a value is plain data: what else there is in it exists only while an execution runs."""
    if isinstance(value, Mapping):
        return all(_plain(one) for one in cast("Mapping[str, Any]", value).values())
    if isinstance(value, list | tuple):
        return all(_plain(one) for one in cast("list[Any]", value))
    return value is None or isinstance(value, str | int | float | bool)


def _errors(title: str, found: list[Finding], given: Any) -> ValidationError:
    """The findings of the process apart, as Pydantic has them here."""
    lines: list[InitErrorDetails] = []
    for one in found:
        place = tuple(one.loc)
        lines.append({"type": _kind(one), "loc": place, "input": _at(given, place), "ctx": _context(one)})
    try:
        return ValidationError.from_exception_data(title, lines)
    except (TypeError, ValueError, KeyError):  # a kind that this Pydantic does not know, or knows otherwise
        for line, one in zip(lines, found, strict=True):
            line["type"] = PydanticCustomError("value_refused", "{reason}", {"reason": one.msg})
            line.pop("ctx", None)
        return ValidationError.from_exception_data(title, lines)


def _kind(one: Finding) -> Any:
    return "value_error" if one.type in _RAISED else one.type


def _context(one: Finding) -> dict[str, Any]:
    if one.type not in _RAISED:
        return dict(one.ctx)
    reason = spoken_argument(one.reason)
    error = refusal_of(reason) if isinstance(reason, Phrase) else ValueError(str(reason or one.msg))
    return {**one.ctx, "error": error}


def _at(value: Any, place: tuple[str | int, ...]) -> Any:
    """What stands at a place of Pydantic, which also names branches of unions on the way."""
    found: Any = value
    for key in place:
        with suppress(LookupError, TypeError):
            found = cast("Any", found)[key] if isinstance(found, dict | list) else found
    return cast("Any", found)
