"""Where exactly a value that is written out in part does not fit: the keys inside it, rather than the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from studio.expressions.types import ListType, ObjectType, Type, options_of
from studio.validation._positions import Key, Path
from studio.validation._problems import Problem, nearest, problem, warning
from studio.validation._types import conflict, element_of


def misfits(name: Key, value: Any, expected: Type, given: Type) -> Iterator[tuple[Path, Problem, bool]]:
    """Every place in a value that does not fit: path below it, what is wrong, and whether that is about the key.

    Args:
        name: What the value is called.
        value: As it is written, with expressions in it.
        expected: What the param takes.
        given: The type of ``value``.
    """
    clash = conflict(expected, given)
    if clash is None:
        return
    inside = _members(value, given)
    objects = [one for one in options_of(expected) if isinstance(one, ObjectType)]
    if inside is not None and objects:
        yield from _of_object(inside, min(objects, key=lambda one: _distance(one, inside)))
        return
    lists = [one for one in options_of(expected) if isinstance(one, ListType)]
    if isinstance(value, list) and len(lists) == 1 and len(cast("list[Any]", value)) == 1:
        found = misfits(0, cast("list[Any]", value)[0], lists[0].item, element_of(given))
        yield from (((0, *path), what, at_key) for path, what, at_key in found)
        return
    make = warning if clash.convertible else problem
    what = make(
        "workflow.param_type",
        "`{param}` takes {expected}; this expression gives {actual}",
        param=str(name),
        expected=clash.expected,
        actual=clash.actual,
    )
    yield (), what, False


def _members(value: Any, given: Type) -> dict[str, tuple[Any, Type]] | None:
    """The members of an object that is written out, with their types; None for everything else."""
    if not isinstance(value, dict) or not isinstance(given, ObjectType):
        return None
    return {key: (each, given.fields[key]) for key, each in cast("dict[str, Any]", value).items()}


def _distance(one: ObjectType, inside: Mapping[str, tuple[Any, Type]]) -> int:
    """How much of an object differs from what one alternative takes; the nearest was most likely meant."""
    unknown = sum(key not in one.fields for key in inside) if not one.open else 0
    known = [(one.fields[key], kind) for key, (_value, kind) in inside.items() if key in one.fields]
    clashing = sum(conflict(wanted, kind) is not None for wanted, kind in known)
    return unknown + clashing + len(one.required - inside.keys())


def _of_object(inside: Mapping[str, tuple[Any, Type]], wanted: ObjectType) -> Iterator[tuple[Path, Problem, bool]]:
    for key, (value, kind) in inside.items():
        if key in wanted.fields:
            for path, what, at_key in misfits(key, value, wanted.fields[key], kind):
                yield (key, *path), what, at_key
        elif not wanted.open:
            what = problem("workflow.unknown_key", "unknown key `{key}`", key=key)
            near = nearest(key, wanted.fields)
            if near:
                what = Problem(code=what.code, template=what.template, arguments=what.arguments, suggestion=near)
            yield (key,), what, True
    for key in sorted(wanted.required - inside.keys()):
        yield (key,), problem("workflow.missing_key", "`{key}` is missing", key=key), False
