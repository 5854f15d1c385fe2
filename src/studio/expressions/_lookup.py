"""Finding the function or method that a call names, and matching its arguments to parameters."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions._habits import GLOBAL_OBJECTS, GLOBALS, WORDS, method_hint
from studio.expressions._lexer import foreign
from studio.expressions._nodes import Call, Name, Node
from studio.expressions._registry import FUNCTIONS, METHODS, Function, Param
from studio.expressions._values import near


def find_function(node: Call, places: Mapping[str, Any]) -> Function:
    """The library's function that a call names.

    Raises:
        ExpressionError: There is none, or the name is a variable.
    """
    name, start, end = node.name, node.name_start, node.name_end
    found = FUNCTIONS.get(name)
    if name in places or (found is None and name in ("now", "item", "index", "input", "inputs")):
        raise ExpressionError(
            "expression.not_a_function",
            "{name} is a value, not a function; write it without brackets.",
            start=start, end=end, name=name,
        )  # fmt: skip
    if found is not None:
        return found
    if name in WORDS:
        raise foreign(name, WORDS[name], start, end)
    close = near(name, FUNCTIONS)
    if name in METHODS:
        raise ExpressionError(
            "expression.method_alone", "{name} is a method: write x.{name}(...)", start=start, end=end, name=name
        )
    if close:
        raise ExpressionError(
            "expression.unknown_function_near",
            "There is no function '{name}'; near: {near}",
            start=start, end=end, name=name[:60], near=", ".join(close),
        )  # fmt: skip
    raise ExpressionError(
        "expression.unknown_function", "There is no function '{name}'.", start=start, end=end, name=name[:60]
    )


def bind_arguments(function: Function, node: Call) -> list[tuple[Param, list[Node] | Node | None]]:
    """Arguments matched to parameters; None where one is left out, a list for the rest parameter.

    Raises:
        ExpressionError: There are too many, too few, or unknown ones.
    """
    bound: list[tuple[Param, list[Node] | Node | None]] = []
    args = list(node.args)
    keywords = dict(node.keywords)
    for param in function.params:
        if param.rest:
            bound.append((param, args))
            args = []
        elif args and not param.keyword:
            bound.append((param, args.pop(0)))
            if param.name in keywords:
                raise wrong_arguments(function, node, keywords[param.name])
        elif param.name in keywords:
            bound.append((param, keywords.pop(param.name)))
        elif param.required:
            raise wrong_arguments(function, node, node)
        else:
            bound.append((param, None))
    if args or keywords:
        raise wrong_arguments(function, node, args[0] if args else next(iter(keywords.values())))
    return bound


def wrong_arguments(function: Function, node: Call, at: Node) -> ExpressionError:
    return ExpressionError(
        "expression.arguments",
        "It is written {signature}",
        start=at.start if at is not node else node.name_start,
        end=at.end if at is not node else node.name_end,
        signature=function.signature,
    )


def find_methods(node: Call, receiver: Node, places: Mapping[str, Any]) -> Mapping[str, Function]:
    """The methods of a name, by kind of value.

    Raises:
        ExpressionError: There is none of that name; says how it is written here where that is known.
    """
    name, start, end = node.name, node.name_start, node.name_end
    root = receiver.id if type(receiver) is Name and receiver.id not in places else None
    if root in GLOBAL_OBJECTS and f"{root}.{name}" in GLOBALS:
        raise foreign(f"{root}.{name}()", GLOBALS[f"{root}.{name}"], receiver.start, end)
    found = METHODS.get(name)
    if found is not None:
        return found
    hint = method_hint(root, name)
    if hint is None and name in FUNCTIONS:
        hint = f"{name}(x)"
    if hint is not None:
        raise foreign(f".{name}()", hint, start, end)
    close = near(name, METHODS)
    if close:
        raise ExpressionError(
            "expression.unknown_method_near",
            "There is no method '{name}'; near: {near}",
            start=start, end=end, name=name[:60], near=", ".join(close),
        )  # fmt: skip
    raise ExpressionError(
        "expression.unknown_method",
        "There is no method '{name}'. A key is read without brackets.",
        start=start, end=end, name=name[:60],
    )  # fmt: skip
