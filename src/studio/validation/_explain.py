"""Pydantic's findings as problems of the document: where, what was expected, what came, what was meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError

from studio.domain import nouns
from studio.domain.phrases import Phrase, either
from studio.domain.workflow import FORMAT_VERSION, Node, Workflow
from studio.sdk import expected_by, reason_for
from studio.validation._positions import Key, Path
from studio.validation._problems import Problem, nearest, problem

_MOST = 1000
"""Findings that are reported of one document; who has more will not read them all."""


class Finding:
    """A problem with the raw path it concerns; ``at_key`` where it is about the key, not the value."""

    __slots__ = ("at_key", "dispensable", "path", "problem")

    def __init__(self, path: Path, found: Problem, *, at_key: bool = False, dispensable: bool = False) -> None:
        self.path = path
        self.problem = found
        self.at_key = at_key
        self.dispensable = dispensable
        """Whether the rest makes sense without what stands at the path."""


def explain(error: ValidationError, raw: Any, model: type[BaseModel] = Workflow) -> list[Finding]:
    """Every finding of ``error``, each once, with those of the other branches of a union left out.

    ``raw`` is what was validated, ``model`` the model it was validated against.
    """
    errors = error.errors(include_url=False)[:_MOST]
    located = [(_locate(each["loc"], raw, each["type"]), each) for each in errors]
    deeper = {path[:depth] for (path, _key), _each in located for depth in range(len(path))}
    merged: dict[Path, list[Any]] = {}
    out: list[Finding] = []
    for (path, at_key), each in located:
        kind = each["type"]
        if kind == "missing":
            out.append(_missing(path))
        elif kind == "extra_forbidden":
            out.append(_unknown(path, model))
        elif at_key:
            out.append(Finding(path, _refused(each, path), at_key=True))
        elif not (path in deeper and expected_by(each) is not None):
            merged.setdefault(path, []).append(each)
    out.extend(_wrong(path, errors, raw) for path, errors in merged.items())
    return out


def value_at(raw: Any, path: Iterable[Key]) -> Any:
    """The value at ``path``.

    Raises:
        LookupError: There is none.
    """
    here = raw
    for key in path:
        if isinstance(here, dict | list):
            here = cast("Any", here)[key]
        else:
            raise LookupError(key)
    return here


def _locate(loc: tuple[Key, ...], raw: Any, kind: str) -> tuple[Path, bool]:
    """The raw path of a location: pydantic also names the branch of a union and ``[key]``."""
    here = raw
    path: list[Key] = []
    for depth, key in enumerate(loc):
        if key == "[key]":
            return tuple(path), True
        if isinstance(here, dict) and key in cast("dict[Any, Any]", here):
            here = cast("dict[Any, Any]", here)[key]
        elif isinstance(here, list) and isinstance(key, int) and key < len(cast("list[Any]", here)):
            here = cast("list[Any]", here)[key]
        elif depth != len(loc) - 1 or kind != "missing":
            continue
        path.append(key)
    return tuple(path), False


def _missing(path: Path) -> Finding:
    key = str(path[-1]) if path else ""
    if path == ("studio",):
        what = problem(
            "workflow.no_version", "`studio: {version}`, the version of the format, is missing", version=FORMAT_VERSION
        )
        return Finding(path, what)
    return Finding(path, problem("workflow.missing_key", "`{key}` is missing", key=key))


def _unknown(path: Path, root: type[BaseModel]) -> Finding:
    key = str(path[-1])
    models = _models_at(path[:-1], root)
    names = [info.alias or name for model in models for name, info in model.model_fields.items()]
    near = nearest(key, names)
    if near is None and any(issubclass(model, Node) for model in models):
        found = problem(
            "workflow.unknown_node_key", "unknown key `{key}`; what the node type takes stands under `params`", key=key
        )
    else:
        found = problem("workflow.unknown_key", "unknown key `{key}`", key=key)
    if near:
        found = Problem(code=found.code, template=found.template, arguments=found.arguments, suggestion=near)
    return Finding(path, found, at_key=True, dispensable=True)


def _models_at(path: Path, root: type[BaseModel]) -> list[type[BaseModel]]:
    """The models that may describe the mapping at ``path``."""
    models = [root]
    for key in path:
        inner = [
            found
            for model in models
            for name, info in model.model_fields.items()
            if (info.alias or name) == key
            for found in _models_in(info.annotation)
        ]
        models = inner or models
    return models


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]


def _refused(each: Any, path: Path) -> Problem:
    key = str(path[-1]) if path else ""
    return problem("workflow.bad_value", "{reason}", reason=reason_for(each), key=key)


def _wrong(path: Path, errors: list[Any], raw: Any) -> Finding:
    key = str(path[-1]) if path else "workflow"
    dispensable = len(path) > 2 and not (path[-2] == "nodes" or path[-1] in ("type", "id"))
    custom = [each for each in errors if each["type"] == "value_error"]
    if custom:
        return Finding(path, _refused(custom[0], path), dispensable=dispensable)
    if path == ("studio",):
        found = problem(
            "workflow.version",
            "this file has format {version}; this version of Studio reads format {known}",
            version=str(errors[0]["input"]),
            known=FORMAT_VERSION,
        )
        return Finding(path, found)
    found = problem(
        "workflow.wrong_value", "`{key}` {reason}, not {actual}",
        key=key, reason=_reason(errors), actual=shown(errors[0]["input"]),
    )  # fmt: skip
    options = [option for each in errors for option in _options(each)]
    written = errors[0]["input"]
    near = nearest(written, options) if isinstance(written, str) else None
    if near:
        found = Problem(code=found.code, template=found.template, arguments=found.arguments, suggestion=near)
    return Finding(path, found, dispensable=dispensable)


def _options(each: Any) -> list[str]:
    expected = str(each.get("ctx", {}).get("expected", ""))
    return [part.strip(" '") for part in expected.replace(" or ", ",").split(",") if part.strip()]


def _reason(errors: list[Any]) -> str:
    """What should stand there; the kinds of values that a union takes in one sentence."""
    kinds = [_noun(found) for each in errors if (found := expected_by(each)) is not None]
    if not kinds:
        return reason_for(errors[0])
    return Phrase("reason.expected", "should be {expected}", expected=either(kinds))


def _noun(expected: str) -> str:
    """What YAML calls it."""
    return nouns.A_MAPPING if expected == nouns.AN_OBJECT else expected


def shown(value: Any) -> str:
    """A short description of a value for a message; a part of a sentence."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return Phrase("value.number", "the number {number}", number=value)
    if isinstance(value, str):
        text = f"`{value if len(value) <= 40 else value[:37] + '...'}`"
        return Phrase("value.text", "the text {text}", text=text)
    if isinstance(value, list):
        return nouns.A_LIST
    return nouns.A_MAPPING if isinstance(value, dict) else type(cast("object", value)).__name__
