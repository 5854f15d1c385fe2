"""One step of a path at a time, with the errors for what is not there."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.domain.errors import ExpressionError
from studio.domain.lazy import LazyItems
from studio.expressions._habits import METHODS, WORDS
from studio.expressions._values import OPAQUE, Missing, Skipped, attribute, kind_name, near

_SHOWN = 60
"""Characters of a key that a message shows."""


def unknown_name(scope: Any, name: str, start: int, end: int) -> ExpressionError:
    """The error for a name that stands for nothing, with what was probably meant."""
    from studio.expressions._registry import FUNCTIONS

    if name in FUNCTIONS:
        return ExpressionError(
            "expression.function_name", "{name} is a function; call it: {name}(...)", start=start, end=end, name=name
        )
    if name in WORDS:
        return ExpressionError(
            "expression.foreign",
            "'{wrote}' is not written so here. Write: {instead}",
            start=start,
            end=end,
            wrote=name,
            instead=WORDS[name],
        )
    known = [key for key in scope if type(key) is str and key[:1] != "\0"] if isinstance(scope, Mapping) else []
    close = near(name, known)
    if close:
        return ExpressionError(
            "expression.unknown_name_near",
            "There is no '{name}' here; near: {near}",
            start=start,
            end=end,
            name=name[:60],
            near=", ".join(close),
        )
    return ExpressionError(
        "expression.unknown_name", "There is no '{name}' here.", start=start, end=end, name=name[:60]
    )


def step(value: Any, key: Any, path: str, start: int | None, end: int | None, quiet: int) -> Any:
    """``value[key]`` for whatever kinds they are.

    Args:
        value: What is looked into.
        key: A text or a whole number.
        path: How the value is written, for messages.
        start: Where the value's source begins; None where the caller adds the place.
        end: Where the key's source ends.
        quiet: Above 0, someone catches what is missing: near names need not be found.

    Raises:
        ExpressionError: It has no such key; ``Missing`` where ``default`` may answer.
    """
    cls = type(value)
    if cls is dict or isinstance(value, Mapping):
        try:
            return value[key]
        except KeyError:
            raise _missing_key(value, key, path, start, end, quiet) from None
    if cls is Skipped:
        raise Missing(
            "expression.skipped",
            "{node} did not run, so it has no {key}. Write default({path}.{key}, ...) for that case.",
            start=start, end=end, node=value.node, key=str(key)[:_SHOWN], path=path,
        )  # fmt: skip
    if value is None:
        raise Missing(
            "expression.null_path",
            "{path} is null; it has no {key}.",
            start=start,
            end=end,
            path=path,
            key=str(key)[:_SHOWN],
        )
    known = OPAQUE.get(cls)
    if known is not None:
        if key in known:
            return attribute(value, key)
        raise ExpressionError(
            "expression.opaque_key",
            "{path} is a {kind}; it has {known}, not {key}.",
            start=start, end=end, path=path, kind=kind_name(value), known=", ".join(sorted(known)), key=str(key)[:60],
        )  # fmt: skip
    if type(key) is int and (cls is list or cls is str or isinstance(value, LazyItems)):
        try:
            return value[key]
        except IndexError:
            raise Missing(
                "expression.missing_index",
                "{path} has {length} items; there is none at {index}.",
                start=start, end=end, path=path, length=len(value), index=str(key)[:_SHOWN],
            ) from None  # fmt: skip
    raise _no_keys(value, key, path, start, end)


def _missing_key(value: Any, key: Any, path: str, start: int | None, end: int | None, quiet: int) -> ExpressionError:
    dashed = None
    if not quiet and type(key) is str and len(key) <= _SHOWN:
        begins = f"{key}-"
        dashed = next((each for each in value if type(each) is str and each.startswith(begins)), None)
    if dashed is not None:
        return Missing(
            "expression.missing_key_dashed",
            "no key '{key}' in {path}. Write {path}['{dashed}'] for a key with a dash.",
            start=start, end=end, key=str(key)[:60], path=path, dashed=dashed[:60],
        )  # fmt: skip
    close = near(key, value) if not quiet and type(key) is str else []
    hint = METHODS.get(key) if type(key) is str and not close else None
    if close:
        return Missing(
            "expression.missing_key_near",
            "no key '{key}' in {path}; near: {near}",
            start=start, end=end, key=str(key)[:60], path=path, near=", ".join(f"'{name}'" for name in close),
        )  # fmt: skip
    if hint is not None and not quiet:
        return Missing(
            "expression.missing_key_hint",
            "no key '{key}' in {path}. Or did you mean {hint}?",
            start=start, end=end, key=str(key)[:60], path=path, hint=hint,
        )  # fmt: skip
    return Missing(
        "expression.missing_key", "no key '{key}' in {path}", start=start, end=end, key=str(key)[:60], path=path
    )


def _no_keys(value: Any, key: Any, path: str, start: int | None, end: int | None) -> ExpressionError:
    shown = str(key)[:60]
    if type(key) is str and key in METHODS:
        return ExpressionError(
            "expression.foreign",
            "'{wrote}' is not written so here. Write: {instead}",
            start=start, end=end, wrote=f".{shown}", instead=METHODS[key],
        )  # fmt: skip
    if type(value) is list or isinstance(value, LazyItems):
        return ExpressionError(
            "expression.list_key",
            "{path} is a list; it has no '{key}'. Pick an item ({path}[0].{key}) or go through all of them: "
            "[x.{key} for x in {path}]",
            start=start, end=end, path=path, key=shown,
        )  # fmt: skip
    if type(value) is str and type(key) is str and key in OPAQUE_WORDS:
        return ExpressionError(
            "expression.text_time",
            "{path} is a text. Write datetime({path}).{key}",
            start=start, end=end, path=path, key=shown,
        )  # fmt: skip
    return ExpressionError(
        "expression.no_keys", "{path} is {kind}; it has no '{key}'.",
        start=start, end=end, path=path, kind=kind_name(value), key=shown,
    )  # fmt: skip


OPAQUE_WORDS = frozenset({"year", "month", "day", "hour", "minute", "second", "weekday"})
