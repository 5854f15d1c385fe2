"""The tables of functions and methods: what they are called, take and give. Facts for calls, checks and docs alike.

A function of the library is a Python function whose first parameter is the meter. Its annotations say what a value
must be before the function sees it, so that the functions themselves need no checks of types.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

_F = TypeVar("_F", bound="Callable[..., Any]")

Examples = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter.

    Args:
        name: How it is written as a keyword.
        takes: The annotation of the Python function.
        required: Whether it must be given.
        default: What stands for it otherwise.
        arity: Parameters of a lambda that may stand for it, 0 for none; -1 for a lambda of one, or any value.
        rest: It takes all further arguments.
        keyword: It is given by name only.
    """

    name: str
    takes: str
    required: bool
    default: Any
    arity: int
    rest: bool
    keyword: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method.

    Args:
        name: How it is written.
        run: The Python function; None for the forms that the compiler knows (``default``).
        params: Its parameters without the meter, for methods without the receiver.
        category: Chapter in the documentation.
        doc: One or two sentences.
        examples: Pairs of expression and result.
        returns: Type it gives, in the notation of ``types.parse_type``; ``item`` is the type of the first
            argument's items, ``same`` a list of such items, ``result`` what the lambda gives.
        flow: What the result is made of: ``plain`` (new plain data), ``number`` (one scalar that may need checking
            or converting), ``passes`` (parts of the arguments), ``maps`` (what the lambda gives), ``shared``.
        lazy: A generator as first argument is read only as far as needed.
        receiver: For methods, the kind of value they belong to.
    """

    name: str
    run: Callable[..., Any] | None
    params: tuple[Param, ...]
    category: str
    doc: str
    examples: Examples
    returns: str
    flow: str
    lazy: bool = False
    receiver: str = ""

    @property
    def signature(self) -> str:
        """How it is written with its parameters."""
        shown: list[str] = []
        for param in self.params:
            if param.rest:
                shown.append(f"{param.name}...")
            elif param.required:
                shown.append(param.name)
            else:
                shown.append(f"{param.name}={_literal(param.default)}")
        return f"{self.name}({', '.join(shown)})"


FUNCTIONS: dict[str, Function] = {}
METHODS: dict[str, dict[str, Function]] = {}
"""Method name -> kind of receiver (text, list, object, datetime, date, duration) -> method."""


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    return repr(value).lower() if isinstance(value, bool) else repr(value)


def _params(run: Callable[..., Any], skip: int, functions: dict[str, int]) -> tuple[Param, ...]:
    found: list[Param] = []
    for param in list(inspect.signature(run).parameters.values())[skip:]:
        rest = param.kind is inspect.Parameter.VAR_POSITIONAL
        required = param.default is inspect.Parameter.empty and not rest
        default = None if param.default is inspect.Parameter.empty else param.default
        name = param.name.rstrip("_")
        found.append(
            Param(
                name,
                str(param.annotation),
                required,
                default,
                functions.get(name, 0),
                rest,
                param.kind is param.KEYWORD_ONLY,
            )
        )
    return tuple(found)


def function(
    category: str,
    returns: str,
    examples: Examples,
    *,
    flow: str = "plain",
    functions: dict[str, int] | None = None,
    lazy: bool = False,
) -> Callable[[_F], _F]:
    """Register a function of the library under its name without trailing underscore."""

    def register(run: _F) -> _F:
        name = run.__name__.rstrip("_")
        doc = inspect.cleandoc(run.__doc__ or "")
        params = _params(run, 1, functions or {})
        FUNCTIONS[name] = Function(name, run, params, category, doc, examples, returns, flow, lazy)
        return run

    return register


def method(receiver: str, returns: str, examples: Examples, *, flow: str = "plain") -> Callable[[_F], _F]:
    """Register a method of a kind of value; the function's name is ``kind_name``."""

    def register(run: _F) -> _F:
        name = run.__name__.split("_", 1)[1]
        doc = inspect.cleandoc(run.__doc__ or "")
        made = Function(name, run, _params(run, 2, {}), "methods", doc, examples, returns, flow, receiver=receiver)
        METHODS.setdefault(name, {})[receiver] = made
        return run

    return register


def form(name: str, params: tuple[Param, ...], returns: str, examples: Examples, doc: str) -> None:
    """Register a form: it is written like a function, but the compiler evaluates its arguments as needed."""
    FUNCTIONS[name] = Function(name, None, params, "missing values", doc, examples, returns, "passes")
