"""Facts out of source text: class-level literals, read from the syntax tree, nothing imported."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

SDK_BASES: dict[str, dict[str, Any]] = {
    "BaseNode": {},
    "ControlNode": {"kind": "control"},
    "TriggerNode": {"kind": "trigger", "effect": "pure"},
}
"""Base classes of the SDK and what they set themselves."""

_CALLS = {
    "Slot": ("name", "kind", "many", "required"),
    "Rate": ("count", "period", "per"),
    "Calls": ("param", "inputs"),
}
_DEFAULTS = {"Slot": {"many": False, "required": False}, "Rate": {"per": "credential"}, "Calls": {"inputs": None}}


class NotLiteralError(ValueError):
    """A fact is not written as a literal."""


@dataclass(slots=True)
class Declaration:
    """A class, function or call that declares a node, with its facts."""

    name: str
    line: int
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    lines: dict[str, int] = field(default_factory=dict[str, int])
    doc: str = ""
    abstract: bool = False
    methods: frozenset[str] = frozenset()


Lookup: TypeAlias = Callable[[str], "ast.expr | None"]
"""Gives what is assigned to a name in the module, None where that is not known."""


def literal(node: ast.expr, lookup: Lookup, depth: int = 0) -> Any:
    """The value of a literal: constants, tuples, lists, ``Effect.X``, ``Slot(...)`` and the like, names of such.

    Raises:
        NotLiteralError: It is something else.
    """

    def inner(part: ast.expr) -> Any:
        return literal(part, lookup, depth + 1)

    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Tuple | ast.List):
        return _sequence(node, inner)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = inner(node.operand)
        if isinstance(value, int | float):
            return -value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Add):
        left, right = inner(node.left), inner(node.right)
        if isinstance(node.op, ast.Add) and type(left) is type(right):
            return left + right
        if isinstance(left, int | float) and isinstance(right, int | float):
            return left * right if isinstance(node.op, ast.Mult) else left + right
    if isinstance(node, ast.Attribute) and _name(node.value) == "Effect":
        return node.attr.lower()
    if isinstance(node, ast.Call) and _name(node.func) in _CALLS:
        names = _CALLS[_name(node.func)]
        given = dict(_DEFAULTS[_name(node.func)])
        given.update(zip(names, (inner(argument) for argument in node.args), strict=False))
        given.update({keyword.arg: inner(keyword.value) for keyword in node.keywords if keyword.arg})
        return tuple(given.get(name) for name in names)
    if isinstance(node, ast.Name) and depth < 16:
        assigned = lookup(node.id)
        if assigned is not None:
            return inner(assigned)
    raise NotLiteralError(ast.unparse(node))


def _sequence(node: ast.Tuple | ast.List, inner: Callable[[ast.expr], Any]) -> tuple[Any, ...]:
    out: list[Any] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            out.extend(inner(element.value))
        else:
            out.append(inner(element))
    return tuple(out)


class Module:
    """A parsed source file of a pack. Bases are looked up in it and in the pack's other files."""

    def __init__(self, path: Path, package: str, pack: dict[str, Module | None], wanted: frozenset[str]) -> None:
        """Parse ``path``; ``wanted`` are the names of the facts.

        Raises:
            SyntaxError: It is not Python.
            ValueError: It holds NUL characters or is not UTF-8.
        """
        self.package = package
        self.folder = path.parent
        self.pack = pack
        self.wanted = wanted
        self.tree = ast.parse(path.read_bytes(), filename=str(path))
        self.classes = {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}
        self.imports = dict(self._imports())

    def _imports(self) -> list[tuple[str, tuple[str, str]]]:
        """Names that come from other files of the same pack: name to (module, name there)."""
        found: list[tuple[str, tuple[str, str]]] = []
        for node in self.tree.body:
            if not isinstance(node, ast.ImportFrom):
                continue
            module = node.module or ""
            if node.level == 1:
                stem = module
            elif node.level == 0 and module.startswith(self.package + "."):
                stem = module[len(self.package) + 1 :]
            else:
                continue
            found.extend((alias.asname or alias.name, (stem, alias.name)) for alias in node.names)
        return found

    def sibling(self, stem: str) -> Module | None:
        """Another file of the pack, None where there is no such readable file."""
        if stem not in self.pack:
            self.pack[stem] = None
            path = self.folder / f"{stem}.py"
            if stem.isidentifier() and path.is_file():
                self.pack[stem] = Module(path, self.package, self.pack, self.wanted)
        return self.pack[stem]

    def inherited(self, name: str, depth: int = 0) -> Declaration | None:
        """What the class ``name`` declares together with its bases; None where it is no node class."""
        if name in SDK_BASES:
            return Declaration(name, 0, dict(SDK_BASES[name]), abstract=True)
        if depth > 8:
            return None
        if name in self.classes:
            return self.declaration(self.classes[name], depth + 1)
        if name in self.imports:
            stem, there = self.imports[name]
            module = self.sibling(stem)
            return module.inherited(there, depth + 1) if module else None
        return None

    def declaration(self, node: ast.ClassDef, depth: int = 0) -> Declaration | None:
        """What a class declares, None where none of its bases is a node class."""
        bases = [found for base in node.bases if (found := self.inherited(_name(base), depth))]
        if not bases:
            return None
        out = Declaration(node.name, node.lineno, doc=ast.get_docstring(node) or "")
        for base in reversed(bases):
            out.facts.update(base.facts)
            out.methods |= base.methods
        out.abstract = any(
            keyword.arg == "abstract" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
            for keyword in node.keywords
        )
        for statement in node.body:
            name, value = _assigned(statement)
            if name in self.wanted and value is not None:
                out.facts[name] = self.value(value)
                out.lines[name] = statement.lineno
        out.methods |= {one.name for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
        return out

    def value(self, node: ast.expr) -> Any:
        """The value of a literal in this module.

        Raises:
            NotLiteralError: It is none.
        """
        return literal(node, self._assigned_to)

    def _assigned_to(self, wanted: str) -> ast.expr | None:
        for statement in self.tree.body:
            name, value = _assigned(statement)
            if name == wanted and value is not None:
                return value
        if wanted in self.imports:
            stem, there = self.imports[wanted]
            module = self.sibling(stem)
            return module._assigned_to(there) if module else None
        return None

    def declarations(self) -> list[Declaration]:
        """Every node that the file declares: classes, decorated functions, ``as_node`` calls."""
        found: list[Declaration] = []
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef):
                one = self.declaration(node)
                if one and not one.abstract:
                    found.append(one)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                where = "thread" if isinstance(node, ast.FunctionDef) else "inline"
                for call in node.decorator_list:
                    if isinstance(call, ast.Call) and _name(call.func) == "node":
                        found.append(self._called(node.name, call, ast.get_docstring(node) or "", where))
            else:
                name, value = _assigned(node)
                if name and isinstance(value, ast.Call) and _name(value.func) == "as_node":
                    found.append(self._called(name, value, "", "thread"))
        return found

    def _called(self, name: str, call: ast.Call, doc: str, runs_in: str) -> Declaration:
        out = Declaration(name, call.lineno, {"runs_in": runs_in}, doc=doc)
        for keyword in call.keywords:
            if keyword.arg in self.wanted:
                out.facts[keyword.arg] = self.value(keyword.value)
            elif keyword.arg == "description":
                out.doc = str(self.value(keyword.value))
        return out


def _name(node: ast.expr) -> str:
    """The last part of a dotted name, without its subscript."""
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    """Name and value of a plain assignment."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id, statement.value
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, statement.value
    return "", None
