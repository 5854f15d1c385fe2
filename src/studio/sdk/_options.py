"""Choices of a param that are worked out while somebody fills in the form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from pydantic import BaseModel

from studio.domain.errors import UserError
from studio.sdk._base import BaseNode
from studio.sdk._check import NodeDefinitionError, models_in
from studio.sdk._context import NodeContext


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: ``value`` is what is stored, beside ``label``, so that the form reads well without asking again."""

    value: Any
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class OptionsPage:
    """Some choices; ``next`` is given to the next call where there are more, None at the end."""

    options: Sequence[Option] = ()
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What a method that lists choices is asked: ``async def sheets(self, ask: Options, ctx) -> OptionsPage``.

    ``params`` are those that the choices depend on, as far as they are filled in with literals; ``search`` is what was
    typed so far; ``page`` is the ``next`` of the page before.
    """

    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    search: str = ""
    page: str | None = None
    limit: int = 50

    def of(self, options: Iterable[Option | tuple[Any, str] | str]) -> OptionsPage:
        """A page out of a whole list: what contains the search, ``limit`` at a time."""
        every = [_option(one) for one in options]
        wanted = self.search.casefold()
        fitting = [one for one in every if wanted in one.label.casefold()]
        start = int(self.page) if self.page and self.page.isdigit() else 0
        end = start + self.limit
        return OptionsPage(fitting[start:end], str(end) if end < len(fitting) else None)


def _option(given: Option | tuple[Any, str] | str) -> Option:
    if isinstance(given, Option):
        return given
    return Option(given, given) if isinstance(given, str) else Option(*given)


async def list_options(node: BaseNode, param: str, ask: Options, ctx: NodeContext) -> OptionsPage:
    """The choices for a param, or for a part of one (``auth.account``).

    The method finds in ``ask.params`` those that the choices depend on: what stands beside the part, else the node's.

    Raises:
        UserError: The param has no choices to list, or one that they depend on is not filled in with a literal.
        NodeDefinitionError: The node's method gives no OptionsPage.
    """
    facts = _facts_of(node.input_model, param.split("."))
    method = facts.get("x-options")
    if method is None:
        raise UserError(
            "node.no_options", "The param {param} of {type} has no list of choices.", param=param, type=node.type
        ).at(param=param)
    needed = {parent: _filled_in(ask.params, param, parent) for parent in facts.get("x-depends-on", ())}
    page = await getattr(node, method)(replace(ask, params=needed), ctx)
    if not isinstance(page, OptionsPage):
        raise NodeDefinitionError(f"{node.type}: `{method}` gave {page!r} instead of an OptionsPage")
    return page


def _facts_of(model: type[BaseModel], path: Sequence[str]) -> dict[str, Any]:
    """What the form says of a param; of several alternatives (a union), the first that has choices counts."""
    for info in (one for name, one in model.model_fields.items() if path[0] in (name, one.alias)):
        if len(path) == 1:
            extra: object = cast("Any", info).json_schema_extra
            return cast("dict[str, Any]", extra) if isinstance(extra, dict) else {}
        rest = path[2:] if path[1].isdigit() and len(path) > 2 else path[1:]
        for inner in models_in(info.annotation):
            found = _facts_of(inner, rest)
            if "x-options" in found:
                return found
    return {}


def _filled_in(params: Mapping[str, Any], param: str, parent: str) -> Any:
    """The literal that ``parent`` of ``param`` has.

    Raises:
        UserError: It has none.
    """
    places: list[Any] = [params]
    for key in param.split(".")[:-1]:
        here = places[-1]
        if isinstance(here, list) and key.isdigit() and int(key) < len(cast("list[Any]", here)):
            places.append(cast("list[Any]", here)[int(key)])
        else:
            places.append(cast("dict[str, Any]", here).get(key) if isinstance(here, dict) else None)
    holding = [cast("Mapping[str, Any]", one) for one in places if isinstance(one, Mapping) and parent in one]
    found: Any = holding[-1][parent] if holding else None
    if found in (None, ""):
        raise UserError(
            "node.options_parent", "Fill in {parent} first; {param} depends on it.", parent=parent, param=param
        ).at(param=parent)
    if _has_expression(found):
        raise UserError(
            "node.options_expression",
            "{parent} is an expression, which has a value in an execution only. Write {param} without choosing from a "
            "list.",
            parent=parent, param=param,
        ).at(param=parent)  # fmt: skip
    return found


def _has_expression(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_expression, cast("Mapping[str, Any]", value).values()))
    if isinstance(value, list):
        return any(map(_has_expression, cast("list[Any]", value)))
    return isinstance(value, str) and "{{" in value


Step = Callable[[dict[str, Any]], dict[str, Any]]
"""Params of one version as the next version wants them; a pure function."""


def migrate_by(steps: Mapping[int, Step], params: dict[str, Any], from_version: int, to_version: int) -> dict[str, Any]:
    """Params brought from one version to another by a step per version; a version without a step changed nothing.

    Meant for ``migrate``: ``return migrate_by({1: _from_1, 2: _from_2}, params, from_version, cls.version)``.

    Raises:
        UserError: The params come from a newer version.
    """
    if from_version > to_version:
        raise UserError(
            "node.newer_version",
            "The params were written for version {found} of the node, but this is version {known}.",
            found=from_version,
            known=to_version,
        )
    out = dict(params)
    for version in range(from_version, to_version):
        step = steps.get(version)
        if step is not None:
            out = step(out)
    return out
