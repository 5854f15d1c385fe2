"""Imports point one way: ``python tools/imports.py`` reads every import under ``src/studio`` and names what does not.

The table is the one of the architecture page. Imports inside functions and under ``TYPE_CHECKING`` count too, and so do
``import_module`` and ``__import__`` with a literal name. Packs under ``nodes`` are reached through the catalogue only,
and do not import each other.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "studio"

ALLOWED: dict[str, set[str]] = {
    "domain": set(),
    "contracts": set(),
    "expressions": set(),
    "i18n": set(),
    "crypto": set(),
    "net": {"contracts"},
    "sandbox": {"contracts"},
    "sdk": {"contracts"},
    "nodes": {"sdk"},
    "catalog": {"sdk", "contracts", "i18n"},
    "validation": {"catalog", "expressions", "sdk"},
    "engine": {"validation", "catalog", "expressions", "sdk", "contracts"},
    "storage": {"contracts", "crypto", "net"},
    "services": {"engine", "validation", "catalog", "expressions", "contracts", "crypto", "net"},
    "triggers": {"services", "contracts", "net"},
    "workers": {"engine", "services", "contracts"},
    "server": {"services", "triggers", "contracts", "i18n"},
    "client": set(),
    "cli": {"client", "bootstrap", "contracts", "i18n"},
    "testing": {"sdk", "bootstrap"},
    "insight": {"services", "contracts"},
    "drafting": {"services", "contracts"},
    "importers": {"services", "contracts"},
    "registry": {"services", "contracts"},
    "gallery": {"services", "contracts"},
}
"""Which parts a part may import beside itself and ``domain``. ``bootstrap`` may import every part but ``nodes``."""

EXCEPTIONS: dict[tuple[str, str], str] = {}
"""(file under src/studio, imported part) → reason. May only shrink: one that is not needed any more is a problem."""


@dataclass(frozen=True)
class Import:
    """One import: ``file`` relative to ``src/studio``, the full dotted name of what it imports."""

    file: str
    line: int
    name: str


def main() -> int:
    """Print what points the wrong way; returns an exit code."""
    problems = check(list(imports(SOURCE)))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def check(found: list[Import]) -> list[str]:
    """A line per import that is not allowed, and per exception without use."""
    problems: list[str] = []
    used: set[tuple[str, str]] = set()
    for one in found:
        reason = refuse(one)
        key = (one.file, part_of(one.name))
        if reason and key in EXCEPTIONS:
            used.add(key)
        elif reason:
            problems.append(f"src/studio/{one.file}:{one.line}: imports {one.name}: {reason}")
    return problems + [
        f"tools/imports.py: the exception {key} is not needed any more" for key in EXCEPTIONS.keys() - used
    ]


def refuse(one: Import) -> str | None:
    """Why this import is not allowed, None where it is."""
    source, target = part_of_file(one.file), part_of(one.name)
    if target in ("", "domain") or source == "":
        return None
    if target == "nodes":
        return None if _same_pack(one) else "packs are reached through the catalogue only"
    if source in (target, "bootstrap"):
        return None
    allowed = ALLOWED.get(source)
    if allowed is None:
        return f"the part {source!r} is not in the table"
    if target not in allowed:
        return f"{source} may import {', '.join(sorted(allowed | {'domain'}))}"
    return None


def _same_pack(one: Import) -> bool:
    pieces = one.file.split("/")
    return pieces[0] == "nodes" and len(pieces) > 2 and one.name.split(".")[2:3] == [pieces[1]]


def part_of(name: str) -> str:
    """``studio.engine.api`` → ``engine``; empty for the package itself."""
    pieces = name.split(".")
    return pieces[1] if len(pieces) > 1 and not pieces[1].startswith("__") else ""


def part_of_file(file: str) -> str:
    """``engine/api.py`` → ``engine``, ``bootstrap.py`` → ``bootstrap``, ``__init__.py`` → empty."""
    first = file.split("/")[0].removesuffix(".py")
    return "" if first.startswith("__") else first


def imports(source: Path) -> Iterator[Import]:
    """Every import of something in ``studio`` under ``source``."""
    for path in sorted(source.rglob("*.py")):
        file = path.relative_to(source).as_posix()
        package = ["studio", *file.split("/")[:-1]]
        for node in ast.walk(ast.parse(path.read_text(), str(path))):
            for name in _names(node, package):
                if name == "studio" or name.startswith("studio."):
                    yield Import(file, getattr(node, "lineno", 0), name)


def _names(node: ast.AST, package: list[str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else []
        stem = ".".join([*base, *([node.module] if node.module else [])])
        return [f"{stem}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("import_module", "__import__") and node.args and isinstance(node.args[0], ast.Constant):
            return [str(node.args[0].value)]
    return []


if __name__ == "__main__":
    raise SystemExit(main())
