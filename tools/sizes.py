"""Sizes and cleanliness: ``python tools/sizes.py`` prints the largest files and functions and fails beyond the limits.

A file has up to 300 lines and a function up to 40. Up to 500 and 60 it is printed; beyond that it must be listed below
with its reason. Sources and documents name no folder of the machine they were written on, and admit nothing unfinished.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = ("src", "tools", "benchmarks", "tests")
TEXTS = ("src", "tools", "benchmarks", "docs", "examples", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile")
TEXT_ENDINGS = {".py", ".md", ".toml", ".yaml", ".yml", ".svg", ""}
FILE_SOFT, FILE_HARD, FUNCTION_SOFT, FUNCTION_HARD = 300, 500, 40, 60

LARGE_FILES: dict[str, str] = {"src/studio/client/models.py": "written from the API's description, a type per schema"}
LARGE_FUNCTIONS: dict[str, str] = {}
"""``file`` or ``file:function`` → why it is right to be that large."""

FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.~}])/(?:work|root|farm|home/[a-z]\w*)/[\w.]"),
    "something unfinished": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"),
}


def main() -> int:
    """Print the largest and every problem; returns an exit code."""
    files = dict(sorted(file_sizes(), key=lambda pair: -pair[1]))
    functions = dict(sorted(function_sizes(), key=lambda pair: -pair[1]))
    _print_largest("files", files, FILE_SOFT)
    _print_largest("functions", functions, FUNCTION_SOFT)
    problems = [*_beyond(files, FILE_HARD, LARGE_FILES), *_beyond(functions, FUNCTION_HARD, LARGE_FUNCTIONS)]
    problems += forbidden()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def file_sizes() -> Iterator[tuple[str, int]]:
    """Lines of every Python file."""
    for path in _python():
        yield path.relative_to(ROOT).as_posix(), path.read_text().count("\n")


def function_sizes() -> Iterator[tuple[str, int]]:
    """Lines of every function outside tests, its signature and docstring left out."""
    for path in _python():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("tests/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(), name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{node.name}", _body_lines(node)


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def forbidden() -> list[str]:
    """Lines that hold what must not stand in the repository."""
    found: list[str] = []
    for path in _texts():
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            found += [
                f"{path.relative_to(ROOT)}:{number}: {what}: {line.strip()[:100]}"
                for what, pattern in FORBIDDEN.items()
                if pattern.search(line)
            ]
    return found


def _beyond(sizes: dict[str, int], limit: int, listed: dict[str, str]) -> list[str]:
    problems = [
        f"{name} has {lines} lines, more than {limit}: split it, or list it with its reason in tools/sizes.py"
        for name, lines in sizes.items()
        if lines > limit and name not in listed
    ]
    gone = [name for name in listed if sizes.get(name, 0) <= limit]
    return problems + [f"tools/sizes.py lists {name}, which is not that large any more" for name in gone]


def _print_largest(what: str, sizes: dict[str, int], soft: int) -> None:
    over = sum(1 for lines in sizes.values() if lines > soft)
    print(f"Largest {what} ({over} of {len(sizes)} above {soft} lines):")
    for name, lines in list(sizes.items())[:5]:
        print(f"  {lines:5}  {name}")


def _python() -> Iterator[Path]:
    for folder in CODE:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _texts() -> Iterator[Path]:
    for name in TEXTS:
        path = ROOT / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (each for each in found if each.is_file() and each.suffix in TEXT_ENDINGS)


if __name__ == "__main__":
    raise SystemExit(main())
