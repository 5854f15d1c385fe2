"""What is wrong with a workflow, as data."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

from studio.domain.errors import fill

Severity = Literal["error", "warning"]


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One problem of a workflow document.

    ``template`` is the English sentence of ``code``; ``arguments`` fill it. ``node`` is a path such as
    ``places.body.place``, ``param`` a path within the node (``text``, ``cases.small``, ``run_if``). ``line`` and
    ``column`` count from 1 and are None where the document has no text. ``start`` and ``end`` are character offsets
    within the param's text. ``suggestion`` is what should stand in the place of what is wrong.
    """

    code: str
    template: str
    arguments: dict[str, Any] = {}
    severity: Severity = "error"
    node: str | None = None
    param: str | None = None
    line: int | None = None
    column: int | None = None
    start: int | None = None
    end: int | None = None
    suggestion: str | None = None

    @property
    def message(self) -> str:
        """The English sentence, with the suggestion where there is one."""
        return self.text(lambda _code, template, arguments: fill(template, arguments))

    def text(self, render: Callable[[str, str, dict[str, Any]], str]) -> str:
        """The sentence as ``render(code, template, arguments)`` gives it, with the suggestion where there is one."""
        sentence = render(self.code, self.template, self.arguments)
        if self.suggestion is None:
            return sentence
        near = problem(
            "problem.did_you_mean", "{message}, did you mean `{suggestion}`?", message=sentence.removesuffix("."),
            suggestion=self.suggestion,
        )  # fmt: skip
        return render(near.code, near.template, near.arguments)

    def __str__(self) -> str:
        place = f"{self.line}:{self.column}: " if self.line is not None else ""
        owner = ".".join(part for part in (self.node, self.param) if part)
        return f"{place}{self.severity}: {f'{owner}: ' if owner else ''}{self.message} [{self.code}]"


class ToldProblem(Problem, frozen=True):
    """A problem as another Studio tells it: ``template`` is its sentence, rendered already."""

    def text(self, render: Callable[[str, str, dict[str, Any]], str]) -> str:
        """The sentence as it came."""
        return self.template


def problem(code: str, template: str, /, **arguments: Any) -> Problem:
    """An error without a place yet."""
    return Problem(code=code, template=template, arguments=arguments)


def warning(code: str, template: str, /, **arguments: Any) -> Problem:
    """A warning without a place yet."""
    return Problem(code=code, template=template, arguments=arguments, severity="warning")


def nearest(name: str, options: Iterable[str]) -> str | None:
    """The option that ``name`` was most likely meant to be, None where none is near."""
    if len(name) > 100:
        return None
    known = list(options)
    lowered = {option.lower(): option for option in reversed(known)}
    if name.lower() in lowered:
        return lowered[name.lower()]
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.7)
    return lowered[found[0]] if found else None
