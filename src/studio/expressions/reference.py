"""The part of ``docs/expressions.md`` that the library itself knows: every function and method with its examples.

``python -m studio.expressions.reference docs/expressions.md`` writes it anew between its markers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from studio.expressions import FUNCTIONS, METHODS, Function

BEGIN = "<!-- generated: functions -->"
END = "<!-- end of generated -->"


def function_tables() -> str:
    """Markdown tables of all functions by chapter, and of all methods by the kind of value they belong to."""
    chapters: dict[str, list[Function]] = {}
    for each in FUNCTIONS.values():
        chapters.setdefault(each.category, []).append(each)
    parts: list[str] = []
    for title in sorted(chapters):
        parts += [f"### {title.capitalize()}", "", *_table(sorted(chapters[title], key=lambda each: each.name)), ""]
    owners: dict[str, list[Function]] = {}
    for name in sorted(METHODS):
        for owner, each in METHODS[name].items():
            owners.setdefault(owner, []).append(each)
    for owner in sorted(owners):
        parts += [f"### Methods of a {owner}", "", *_table(owners[owner]), ""]
    return "\n".join(parts).rstrip() + "\n"


def _table(functions: Iterable[Function]) -> list[str]:
    rows = ["| function | what it gives | examples |", "|---|---|---|"]
    for each in functions:
        examples = "<br>".join(f"{_code(source)} → {_code(_value(value))}" for source, value in each.examples)
        rows.append(f"| {_code(each.signature)} | {_cell(each.doc)} | {examples} |")
    return rows


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _code(source: str) -> str:
    written = source.replace("\n", "\\n").replace("|", "\\|")
    return f"`` {written} ``" if "`" in written else f"`{written}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def rewritten(page: str) -> str:
    """A page with the tables between its markers made anew.

    Raises:
        ValueError: It lacks a marker.
    """
    before, found, rest = page.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"the page lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{function_tables()}\n{END}{after}"


def main(arguments: list[str]) -> None:
    """Write the page that is named."""
    path = Path(arguments[0])
    path.write_text(rewritten(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
