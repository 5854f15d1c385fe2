"""Help texts out of docstrings, in Google's or NumPy's style."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field

_PARAMS = ("args", "arguments", "parameters", "params", "keyword args", "keyword arguments", "other parameters")
_RETURNS = ("returns", "return", "yields", "yield")
_OTHER = (
    "raises", "warns", "warnings", "note", "notes", "example", "examples", "see also", "references", "attributes",
)  # fmt: skip
_GOOGLE_HEAD = re.compile(r"([A-Z][A-Za-z ]+):\s*\Z")
_GOOGLE_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)\Z")
_NUMPY_ENTRY = re.compile(r"(\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?\Z")
_RULE = re.compile(r"-{3,}\s*\Z")


@dataclass(slots=True)
class Docs:
    """A docstring taken apart. ``text`` is what stands before the first section."""

    text: str = ""
    params: dict[str, str] = field(default_factory=dict[str, str])
    returns: str = ""


def parse_docstring(text: str | None) -> Docs:
    """Take a docstring apart; what is in neither style counts as text."""
    docs = Docs()
    lines = inspect.cleandoc(text or "").splitlines()
    sections = _sections(lines)
    docs.text = "\n".join(sections[0][2]).strip()
    for name, numpy, body in sections[1:]:
        if name in _PARAMS:
            docs.params.update(_numpy_params(body) if numpy else _google_params(body))
        elif name in _RETURNS:
            docs.returns = _returns(body, numpy=numpy)
    return docs


def _sections(lines: list[str]) -> list[tuple[str, bool, list[str]]]:
    """(name, whether in NumPy's style, lines) per section; the text before the first has no name."""
    out: list[tuple[str, bool, list[str]]] = [("", False, [])]
    skip = False
    for index, line in enumerate(lines):
        if skip:
            skip = False
            continue
        known = _PARAMS + _RETURNS + _OTHER
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if line and not line[0].isspace():
            if line.strip().lower() in known and _RULE.match(following):
                out.append((line.strip().lower(), True, []))
                skip = True
                continue
            head = _GOOGLE_HEAD.match(line)
            if head and head.group(1).lower() in known:
                out.append((head.group(1).lower(), False, []))
                continue
        out[-1][2].append(line)
    return out


def _google_params(lines: list[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    name = ""
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    for line in lines:
        entry = _GOOGLE_ENTRY.match(line.strip()) if len(line) - len(line.lstrip()) == indent else None
        if entry:
            name = entry.group(1)
            out[name] = entry.group(2).strip()
        elif name and line.strip():
            out[name] = f"{out[name]} {line.strip()}".strip()
    return out


def _numpy_params(lines: list[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    names: list[str] = []
    for line in lines:
        if line and not line[0].isspace():
            entry = _NUMPY_ENTRY.match(line)
            names = [name.strip().lstrip("*") for name in entry.group(1).split(",")] if entry else []
            out.update(dict.fromkeys(names, ""))
        elif line.strip():
            for name in names:
                out[name] = f"{out[name]} {line.strip()}".strip()
    return out


def _returns(lines: list[str], *, numpy: bool) -> str:
    texts = [line.strip() for line in lines if line.strip() and (not numpy or line[0].isspace())]
    text = " ".join(texts)
    if numpy:
        return text
    kind, colon, rest = text.partition(": ")
    return rest if colon and re.fullmatch(r"[\w\[\], .|]+", kind) and " " not in kind.strip() else text
