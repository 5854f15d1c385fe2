"""Which errors a function can end with, by syntax tree: used by ``tools/error_codes.py``.

Calls are followed through the code by the types that are written down (``tools/code_types.py``), and through functions
that are handed to a constructor. What a ``try`` around a call catches is left out. What is started to run beside the
caller is not followed, and neither is what has no type.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias, cast

from code_types import (
    FUNCTIONS,
    Class,
    Function,
    Handed,
    Instance,
    Type,
    Types,
    body_of,
    is_property,
    last_name,
    own_nodes,
)

Caught: TypeAlias = "tuple[Class | None, ...]"
Ends: TypeAlias = "set[tuple[str, Class]]"
_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\Z")
_BESIDE = frozenset({"create_task", "ensure_future", "call_later", "call_soon", "run_coroutine_threadsafe"})


class Flow:
    """What each function of the code under a folder can end with; arguments as of ``Types``."""

    def __init__(self, source: Path, package: str, without: Iterable[str] = ()) -> None:
        self._types = Types(source, package, without)
        root = self._types.modules[f"{package}.domain.errors"].known["StudioError"]
        assert isinstance(root, Class)
        self._root = root
        self._slots: dict[tuple[Class, str], list[Type]] = {}
        self._ends: dict[Function, Ends] = {}
        for function in self._types.functions:
            self._hand_over(function)
        self._settle()

    def function(self, module: str, name: str) -> Function:
        """A function by its module and its name in it, ``Class.method`` for a method."""
        outer, _, inner = name.partition(".")
        found = self._types.modules[module].known[outer]
        found = found.methods[inner] if isinstance(found, Class) else found
        assert isinstance(found, Function)
        return found

    def ends(self, function: Function) -> Ends:
        """Codes and classes of the errors that a function can end with."""
        return self._ends.get(function, set())

    def line(self, cls: Class) -> list[str]:
        """Names of a class and all that it derives from, itself first."""
        return [cls.name, *(name for base in self._types.bases(cls) for name in self.line(base))]

    # Functions that are handed to constructors

    def _hand_over(self, function: Function) -> None:
        for node in own_nodes(function.node):
            made = self._types.of(node.func, function) if isinstance(node, ast.Call) else None
            if not isinstance(made, Class) or not isinstance(node, ast.Call):
                continue
            for name, value in self._arguments(made, node):
                found = self._types.of(value, function)
                if isinstance(found, Function | Handed):
                    self._slots.setdefault((made, name), []).append(found)

    def _arguments(self, cls: Class, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
        first = next(
            (one.methods["__init__"] for one in self._types.with_bases(cls) if "__init__" in one.methods), None
        )
        names = list(first.params)[1:] if first is not None else list(cls.attributes)
        yield from zip(names, call.args, strict=False)
        yield from ((one.arg, one.value) for one in call.keywords if one.arg)

    def _behind(self, called: Type, seen: frozenset[tuple[Class, str]] = frozenset()) -> Iterator[Function]:
        """The functions that a call leads to."""
        if isinstance(called, Function):
            yield called
            if called.owner is not None and called.outer is None:
                yield from self._instead(called, called.owner)
        elif isinstance(called, Class):
            for one in self._types.with_bases(called):
                if "__init__" in one.methods:
                    yield one.methods["__init__"]
                    break
        elif isinstance(called, Handed) and called.slot is not None and called.slot not in seen:
            for one in self._slots.get(called.slot, ()):
                yield from self._behind(one, seen | {called.slot})

    def _instead(self, method: Function, owner: Class) -> Iterator[Function]:
        """What stands in for a method: that of subclasses, and of classes that have all methods of a protocol."""
        name = method.name.partition(".")[2]
        shape = owner.methods.keys() if any(last_name(base) == "Protocol" for base in owner.node.bases) else None
        for one in self._types.classes:
            if one is owner or name not in one.methods:
                continue
            if owner in self._types.with_bases(one) or (
                shape is not None and shape <= one.methods.keys() | one.attributes.keys()
            ):
                yield one.methods[name]

    # What functions end with

    def _settle(self) -> None:
        steps = {one: list(self._steps(one)) for one in self._types.functions}
        callers: dict[Function, set[Function]] = {}
        for function, found in steps.items():
            for step, _ in found:
                if isinstance(step, Function):
                    callers.setdefault(step, set()).add(function)
        waiting = dict.fromkeys(self._types.functions)
        while waiting:
            function, _ = waiting.popitem()
            ends: Ends = set()
            for step, caught in steps[function]:
                given = self._ends.get(step, set()) if isinstance(step, Function) else {step}
                ends |= {end for end in given if not self._is_caught(end[1], caught)} if caught else given
            if ends != self._ends.get(function, set()):
                self._ends[function] = ends
                waiting.update(dict.fromkeys(callers.get(function, ())))

    def _is_caught(self, cls: Class, caught: Caught) -> bool:
        line = set(self._types.with_bases(cls))
        return any(one is None or one in line for one in caught)

    def _steps(self, function: Function) -> Iterator[tuple[tuple[str, Class] | Function, Caught]]:
        """Errors that a function makes itself and functions that it calls, each with what is caught around it."""
        for node, caught in _with_handlers(function.node):
            inner = function.inner.get(node)
            if inner is not None and not isinstance(node, ast.Lambda):
                continue  # followed where its name is used
            if isinstance(node, ast.Call):
                yield from ((step, self._classes_of(caught, function)) for step in self._called(node, function))
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                method = self._property(node, function)
                if method is not None:
                    yield method, self._classes_of(caught, function)

    def _property(self, node: ast.Attribute, function: Function) -> Function | None:
        place = self._types.of(node.value, function)
        for one in self._types.with_bases(place.cls) if isinstance(place, Instance) else ():
            if node.attr in one.methods:
                return one.methods[node.attr] if is_property(one.methods[node.attr]) else None
        return None

    def _called(self, call: ast.Call, function: Function) -> Iterator[tuple[str, Class] | Function]:
        called = self._types.of(call.func, function)
        code = _literal(call)
        if isinstance(called, Class) and self._root in self._types.with_bases(called) and code:
            yield code, called
        owner = function.owner
        if (
            last_name(call.func) == "__init__"
            and owner is not None
            and code
            and self._root in self._types.with_bases(owner)
        ):
            yield code, owner
        if last_name(call.func) == "__init__" and owner is not None and isinstance(call.func, ast.Attribute):
            place = call.func.value
            if isinstance(place, ast.Call) and last_name(place.func) == "super":
                for base in self._types.bases(owner):
                    yield from self._behind(base)
        yield from self._behind(called)
        # What is given to be called is called.
        if not isinstance(called, Class):
            for value in (*call.args, *(one.value for one in call.keywords)):
                given = self._types.of(value, function)
                if isinstance(given, Function | Handed):
                    yield from self._behind(given)
                yield from self._held(value, function)

    def _held(self, value: ast.expr, function: Function) -> Iterator[Function]:
        """The functions that a constant was made with: it is given so that they are called."""
        if isinstance(value, ast.Name) and value.id in function.values:
            value = function.values[value.id]
        for one in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
            found = self._types.constant(one, function)
            for made in found[0].args if found is not None and isinstance(found[0], ast.Call) else ():
                named = self._types.named(made, found[1]) if found is not None else None
                if isinstance(named, Function):
                    yield named

    def _classes_of(self, caught: Iterable[ast.expr], function: Function) -> Caught:
        found: list[Class | None] = []
        for node in caught:
            if last_name(node) in ("Exception", "BaseException", "StudioError"):
                found.append(None)
            named = self._types.named(node, function.module)
            if isinstance(named, Class):
                found.append(named)
        return tuple(found)


def _with_handlers(node: ast.AST) -> Iterator[tuple[ast.AST, tuple[ast.expr, ...]]]:
    """The same, each with the classes that are caught around it and not raised again."""

    def walk(one: ast.AST, caught: tuple[ast.expr, ...]) -> Iterator[tuple[ast.AST, tuple[ast.expr, ...]]]:
        if isinstance(one, ast.Call) and last_name(one.func) in _BESIDE:
            return
        yield one, caught
        if isinstance(one, FUNCTIONS):
            return
        inside = caught
        if isinstance(one, ast.Try):
            inside = (*caught, *(kind for handler in one.handlers for kind in _swallowed(handler)))
        for name, value in ast.iter_fields(one):
            guarded = inside if name == "body" else caught
            if isinstance(one, ast.With | ast.AsyncWith) and name == "body":
                guarded = (*caught, *_suppressed(one))
            for child in cast("list[object]", value) if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from walk(child, guarded)

    for part in body_of(node):
        yield from walk(part, ())


def _swallowed(handler: ast.ExceptHandler) -> list[ast.expr]:
    for node in ast.walk(handler):
        if isinstance(node, ast.Raise) and (node.exc is None or handler.name in _names(node.exc)):
            return []  # raised again, as it is or made more precise
    kind = handler.type
    return list(kind.elts) if isinstance(kind, ast.Tuple) else [kind] if kind is not None else []


def _names(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _suppressed(block: ast.With | ast.AsyncWith) -> list[ast.expr]:
    calls = [one.context_expr for one in block.items]
    return [
        value for one in calls if isinstance(one, ast.Call) and last_name(one.func) == "suppress" for value in one.args
    ]


def _literal(call: ast.Call) -> str:
    for one in call.args[:2]:
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and _CODE.match(one.value):
            return one.value
    return ""
