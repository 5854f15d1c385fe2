"""What names and expressions stand for, as far as it is written down: used by ``tools/call_flow.py``.

By syntax tree: annotations of parameters, attributes and results, what ``__init__`` assigns, imports and aliases.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_WRAPPERS = frozenset({"Annotated", "Awaitable", "Optional", "AsyncIterator", "AsyncGenerator", "Coroutine"})


@dataclass(eq=False)
class Module:
    """A file: what it defines and imports."""

    name: str
    tree: ast.Module
    known: dict[str, Thing] = field(default_factory=dict[str, Any])
    imports: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    values: dict[str, ast.expr] = field(default_factory=dict[str, ast.expr])


@dataclass(eq=False)
class Class:
    """A class: its methods, and the types written beside its attributes."""

    name: str
    module: Module
    node: ast.ClassDef
    methods: dict[str, Function] = field(default_factory=dict[str, Any])
    attributes: dict[str, ast.expr] = field(default_factory=dict[str, ast.expr])


@dataclass(eq=False)
class Function:
    """A function, method or lambda; ``outer`` is the one it is written in."""

    name: str
    module: Module
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    owner: Class | None = None
    outer: Function | None = None
    inner: dict[ast.AST, Function] = field(default_factory=dict[ast.AST, Any])
    params: dict[str, ast.expr | None] = field(default_factory=dict[str, Any])
    values: dict[str, ast.expr] = field(default_factory=dict[str, ast.expr])


class Instance(NamedTuple):
    """A value of a class."""

    cls: Class


class Handed(NamedTuple):
    """A value that can be called: what it gives, and which parameter of which class it came in by."""

    gives: Type
    slot: tuple[Class, str] | None


Thing: TypeAlias = "Module | Class | Function"
Type: TypeAlias = "Thing | Instance | Handed | None"


class Types:
    """The code under a folder: its functions, and the types of what stands in them.

    Args:
        source: The folder of the package.
        package: Its name.
        without: Folders that are not looked at.
    """

    def __init__(self, source: Path, package: str, without: Iterable[str] = ()) -> None:
        self.modules: dict[str, Module] = {}
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self._busy: set[tuple[int, int]] = set()
        self._known: dict[tuple[int, int], Type] = {}
        for path in sorted(source.rglob("*.py")):
            if path.relative_to(source).parts[0] in without:
                continue
            parts = path.relative_to(source).with_suffix("").parts
            name = ".".join([package, *(parts[:-1] if parts[-1] == "__init__" else parts)])
            self.modules[name] = Module(name, ast.parse(path.read_bytes()))
        for module in self.modules.values():
            self._read(module)

    # Reading files

    def _read(self, module: Module) -> None:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for one in node.names:
                    module.imports[one.asname or one.name] = (node.module, one.name)
            elif isinstance(node, ast.Import):
                for one in node.names:
                    module.imports[one.asname or one.name.partition(".")[0]] = (one.name if one.asname else "", "")
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef):
                module.known[node.name] = self._read_class(module, node)
            elif isinstance(node, FUNCTIONS):
                module.known[node.name] = self._read_function(module, node, node.name)
            for name, value in assigned(node):
                module.values.setdefault(name, value)

    def _read_class(self, module: Module, node: ast.ClassDef) -> Class:
        made = Class(node.name, module, node)
        self.classes.append(made)
        for one in node.body:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                made.methods[one.name] = self._read_function(module, one, f"{node.name}.{one.name}", owner=made)
            elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                made.attributes[one.target.id] = one.annotation
        return made

    def _read_function(
        self, module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str, *,
        owner: Class | None = None, outer: Function | None = None,
    ) -> Function:  # fmt: skip
        made = Function(name, module, node, owner or (outer.owner if outer else None), outer)
        self.functions.append(made)
        arguments = node.args
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            made.params[one.arg] = one.annotation
        for inside in own_nodes(node):
            if isinstance(inside, FUNCTIONS):
                name = getattr(inside, "name", "<lambda>")
                made.inner[inside] = self._read_function(module, inside, name, outer=made)
            for key, value in assigned(inside):
                made.values.setdefault(key, value)
        return made

    # Types

    def bases(self, cls: Class) -> Iterator[Class]:
        """The classes that a class derives from."""
        for base in cls.node.bases:
            found = self.named(base.value if isinstance(base, ast.Subscript) else base, cls.module)
            if isinstance(found, Class):
                yield found

    def named(self, node: ast.expr, module: Module) -> Type:
        """What a dotted name stands for in a module."""
        if isinstance(node, ast.Name):
            return self._in_module(node.id, module)
        if isinstance(node, ast.Attribute):
            place = self.named(node.value, module)
            return self._in_module(node.attr, place) if isinstance(place, Module) else None
        return None

    def _in_module(self, name: str, module: Module) -> Type:
        if name in module.known:
            return module.known[name]
        if name in module.imports:
            source, attribute = module.imports[name]
            inside = self.modules.get(f"{source}.{attribute}") if attribute else self.modules.get(source)
            if inside is not None and inside is not module:
                return inside
            return self._in_module(attribute, self.modules[source]) if source in self.modules else None
        return None

    def _written(self, node: ast.expr | None, module: Module) -> Type:
        """The type that an annotation means."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._written(ast.parse(node.value, mode="eval").body, module)
        if isinstance(node, ast.BinOp):
            return self._written(node.left, module) or self._written(node.right, module)
        if isinstance(node, ast.Subscript):
            inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            name = node.value.id if isinstance(node.value, ast.Name) else ""
            if name == "Callable":
                return Handed(self._written(inside[-1], module), None)
            return self._written(inside[0] if name in _WRAPPERS else node.value, module)
        if node is None:
            return None
        found = self.named(node, module)
        if isinstance(found, Class):
            return Instance(found)
        return self._alias(node, module) if found is None else None

    def _alias(self, node: ast.expr, module: Module) -> Type:
        if not isinstance(node, ast.Name):
            return None
        if node.id in module.values:
            return self._written(module.values[node.id], module)
        source, name = module.imports.get(node.id, ("", ""))
        there = self.modules.get(source)
        return self._written(there.values.get(name), there) if there is not None and name in there.values else None

    def of(self, node: ast.expr | None, function: Function) -> Type:
        """The type of an expression inside a function."""
        key = (id(node), id(function))
        if node is None or key in self._busy:
            return None
        if key in self._known:
            return self._known[key]
        self._busy.add(key)
        try:
            found = self._found(node, function)
        finally:
            self._busy.discard(key)
        if found is not None or not self._busy:  # within a circle, what is not found may be found elsewhere
            self._known[key] = found
        return found

    def _found(self, node: ast.expr, function: Function) -> Type:
        match node:
            case ast.Await() | ast.NamedExpr():
                return self.of(node.value, function)
            case ast.Name():
                return self._of_name(node.id, function)
            case ast.Attribute():
                return self._of_attribute(self.of(node.value, function), node.attr)
            case ast.Call():
                return self._given(self.of(node.func, function))
            case ast.Lambda():
                return _inside(function, node)
            case ast.IfExp():
                return self.of(node.body, function) or self.of(node.orelse, function)
            case ast.BoolOp():
                return next((one for value in node.values if (one := self.of(value, function))), None)
            case _:
                return None

    def _of_name(self, name: str, function: Function) -> Type:
        at: Function | None = function
        while at is not None:
            if name == "self" and at.owner is not None:
                return Instance(at.owner)
            if at.params.get(name) is not None:
                found = self._written(at.params[name], at.module)
                owner = at.owner if at.name.endswith("__init__") else None
                return found._replace(slot=(owner, name)) if isinstance(found, Handed) and owner else found
            nested = next((one for one in at.inner.values() if one.name == name), None)
            if nested is not None:
                return nested
            if name in at.values:
                return self.of(at.values[name], at)
            at = at.outer
        return self._in_module(name, function.module)

    def _of_attribute(self, place: Type, name: str) -> Type:
        if isinstance(place, Module):
            return self._in_module(name, place)
        if not isinstance(place, Instance | Class):
            return None
        cls = place.cls if isinstance(place, Instance) else place
        for one in self.with_bases(cls):
            method = one.methods.get(name)
            if method is not None:
                return self._result(method) if is_property(method) else method
            if name in one.attributes:
                found = self._written(one.attributes[name], one.module)
                return found._replace(slot=(one, name)) if isinstance(found, Handed) else found
            first = one.methods.get("__init__")
            if first is not None and f"self.{name}" in first.values:
                return self.of(first.values[f"self.{name}"], first)
        return None

    def constant(self, node: ast.expr, function: Function) -> tuple[ast.expr, Module] | None:
        """What a name of a module is given there, where it is neither a class nor a function, and the module."""
        place: Type = function.module
        if isinstance(node, ast.Attribute):
            place, name = self.of(node.value, function), node.attr
        else:
            name = node.id if isinstance(node, ast.Name) else ""
        while isinstance(place, Module):
            if name in place.values:
                return place.values[name], place
            source, name = place.imports.get(name, ("", ""))
            place = self.modules.get(source)
        return None

    def with_bases(self, cls: Class) -> Iterator[Class]:
        """A class and all that it derives from."""
        yield cls
        for base in self.bases(cls):
            yield from self.with_bases(base)

    def _result(self, function: Function) -> Type:
        if isinstance(function.node, ast.Lambda):
            return self.of(function.node.body, function)
        return self._written(function.node.returns, function.module)

    def _given(self, called: Type) -> Type:
        match called:
            case Class():
                return Instance(called)
            case Function():
                return self._result(called)
            case Handed():
                return called.gives
            case _:
                return None


def _inside(function: Function, node: ast.AST) -> Function | None:
    at: Function | None = function
    while at is not None:
        if node in at.inner:
            return at.inner[node]
        at = at.outer
    return None


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in a function but what is inside functions in it; those themselves are given."""
    waiting = body_of(node)
    while waiting:
        one = waiting.pop(0)
        yield one
        if not isinstance(one, FUNCTIONS):
            waiting[:0] = ast.iter_child_nodes(one)


def body_of(node: ast.AST) -> list[ast.AST]:
    """What a function does; of a lambda that is one expression."""
    body: Any = getattr(node, "body", [])
    return list(cast("list[ast.AST]", body)) if isinstance(body, list) else [body]


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names and ``self.`` attributes that a statement gives a value."""
    if isinstance(node, ast.Assign):
        targets, value = node.targets, node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets, value = [node.target], node.value
    else:
        return
    for target in targets:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            yield from ((ast.unparse(one), part) for one, part in zip(target.elts, value.elts, strict=True))
        elif isinstance(target, ast.Name | ast.Attribute):
            yield ast.unparse(target), value


def is_property(function: Function) -> bool:
    """Whether a method is read like an attribute."""
    listed = getattr(function.node, "decorator_list", [])
    return any(last_name(one) in ("property", "cached_property") for one in listed)


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name."""
    node = node.value if isinstance(node, ast.Subscript) else node
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
