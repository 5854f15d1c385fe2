"""English that would stand inside a translated sentence: used by ``tools/messages.py``.

An argument of a message must be data or a ``Phrase``. Looked at, by syntax tree: what is written as an argument of an
error, a problem, a phrase or a refusal; where that is a name, what is assigned to it in the same function, what callers
give for it where it is a parameter (also those in files that import the function), or its value in the module; where it
is a call of a function of the same file, what that returns; inside conditional expressions, ``or``, ``+``, f-strings,
``str.format``, ``join``, subscripts and dictionaries. English is a word of two letters or more next to a space, outside
of code in backticks.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ENGLISH = re.compile(
    r"[A-Za-z]{2,} +[A-Za-z]|\A[A-Za-z]{2,}[,:;.]? +\Z|[A-Za-z]{2,}: \Z|\A (?:or|and|of) |\b(?:a|an|no) [a-z]{2}"
)
_CODE = re.compile(r"`[^`]*`")
_DEPTH = 6
_TEXT_METHODS = ("join", "format", "get", "removeprefix", "strip", "capitalize")
_WORDS_OF_CODE = ("not in", "is not")
"""Operators of the expression language."""
_NOT_SAID = ("code", "template", "suggestion", "start", "end", "status", "retry_after", "in_doubt")


class _Place(NamedTuple):
    """An expression, the function around it, and the names that led to it."""

    node: ast.expr
    function: Function | None
    file: _File
    seen: frozenset[str] = frozenset()

    def at(self, node: ast.expr) -> _Place:
        return self._replace(node=node)


class Parts:
    """Looks for English in the arguments of messages."""

    def __init__(self, trees: Mapping[Path, ast.Module]) -> None:
        self._files = {path: _File(path.as_posix(), tree) for path, tree in trees.items()}
        for file in self._files.values():
            file.others = self._files.values()

    def english(self, path: Path, call: ast.Call) -> Iterator[tuple[str, str]]:
        """Place and text of English among the keyword arguments of a message."""
        file = self._files[path]
        for keyword in call.keywords:
            if keyword.arg not in _NOT_SAID:
                yield from _english(_Place(keyword.value, file.inside.get(call), file), 0)


class _File:
    def __init__(self, path: str, tree: ast.Module) -> None:
        self.path = path
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)}
        self.values = _assigned(tree.body)
        self.calls: dict[str, list[ast.Call]] = {}
        self.inside: dict[ast.Call, Function] = {}
        self.others: Iterable[_File] = ()
        self.imported: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self.calls.setdefault(_last_name(node.func), []).append(node)
            elif isinstance(node, ast.ImportFrom):
                self.imported |= {alias.name for alias in node.names}
        for function in self.functions.values():
            self.inside.update((node, function) for node in ast.walk(function) if isinstance(node, ast.Call))

    def callers(self, function: Function) -> Iterator[tuple[_File, ast.Call]]:
        yield from ((self, call) for call in self.calls.get(function.name, ()))
        if not function.name.startswith("_"):
            for other in self.others:
                if other is not self and function.name in other.imported and function.name not in other.functions:
                    yield from ((other, call) for call in other.calls.get(function.name, ()))


def _english(place: _Place, depth: int) -> Iterator[tuple[str, str]]:
    node = place.node
    if isinstance(node, ast.Constant):
        if (
            isinstance(node.value, str)
            and node.value not in _WORDS_OF_CODE
            and _ENGLISH.search(_CODE.sub("", node.value))
        ):
            yield f"{place.file.path}:{node.lineno}", node.value
    elif depth < _DEPTH:
        for part in _parts(place):
            yield from _english(part, depth + 1)


def _parts(place: _Place) -> Iterator[_Place]:
    """What the value of an expression may be made of."""
    node = place.node
    if isinstance(node, ast.IfExp):
        yield from map(place.at, (node.body, node.orelse))
    elif isinstance(node, ast.BoolOp | ast.JoinedStr | ast.Dict):
        yield from map(place.at, node.values)
    elif isinstance(node, ast.FormattedValue | ast.Await | ast.Subscript | ast.NamedExpr):
        yield place.at(node.value)
    elif isinstance(node, ast.BinOp):
        yield from map(place.at, (node.left, node.right))
    elif isinstance(node, ast.Lambda):
        yield place.at(node.body)
    elif isinstance(node, ast.Name) and node.id not in place.seen:
        yield from _named(place._replace(seen=place.seen | {node.id}), node.id)
    elif isinstance(node, ast.Call):
        yield from _called(place, node)


def _called(place: _Place, call: ast.Call) -> Iterator[_Place]:
    name = _last_name(call.func)
    if isinstance(call.func, ast.Attribute) and name in _TEXT_METHODS:
        yield place.at(call.func.value)
        if name == "get":
            yield from map(place.at, call.args[1:])
    elif name == "str" and call.args:
        yield place.at(call.args[0])
    elif isinstance(call.func, ast.Name) and name in place.file.functions and name not in place.seen:
        function = place.file.functions[name]
        for one in ast.walk(function):
            if isinstance(one, ast.Return) and one.value is not None:
                yield _Place(one.value, function, place.file, place.seen | {name})


def _named(place: _Place, name: str) -> Iterator[_Place]:
    """What a name may stand for."""
    function = place.function
    if function is not None:
        several = [*function.args.posonlyargs, *function.args.args]
        names = [one.arg for one in (*several, *function.args.kwonlyargs)]
        if name in names:
            yield from _given(place, function, name, names, len(several))
            return
        local = _assigned(ast.walk(function))
        if name in local:
            yield from map(place.at, local[name])
            return
    yield from (_Place(one, None, place.file, place.seen) for one in place.file.values.get(name, ()))


def _given(place: _Place, function: Function, name: str, names: list[str], positional: int) -> Iterator[_Place]:
    """What callers give for a parameter."""
    number = names.index(name)
    shift = 1 if names[:1] in (["self"], ["cls"]) else 0
    for file, call in place.file.callers(function):
        given = [one.value for one in call.keywords if one.arg == name]
        if number < positional and 0 <= number - shift < len(call.args):
            given.append(call.args[number - shift])
        yield from (_Place(one, file.inside.get(call), file, place.seen) for one in given)


def _assigned(nodes: Iterable[ast.AST]) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for one, value in zip(target.elts, node.value.elts, strict=False):
                        if isinstance(one, ast.Name):
                            found.setdefault(one.id, []).append(value)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and isinstance(node.target, ast.Name) and node.value:
            found.setdefault(node.target.id, []).append(node.value)
    return found


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
