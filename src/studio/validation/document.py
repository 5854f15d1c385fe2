"""Reading workflow documents: YAML 1.2 or JSON text to a ``Workflow`` and every problem in between."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import msgspec
from pydantic import ValidationError

from studio.domain.workflow import Workflow
from studio.validation._explain import Finding, explain, value_at
from studio.validation._json import JsonSyntax, json_places, read_json
from studio.validation._positions import NOWHERE, Path, Place, Positions, line_and_column
from studio.validation._problems import Problem, problem
from studio.validation._salvage import salvage
from studio.validation._yaml import Composer, UnquotedExpression, YamlSyntax

MAX_BYTES = 10 * 1024 * 1024
_MAX_REPAIRS = 50
_REPAIR_BELOW = 200_000
_Finish: TypeAlias = Callable[[Any, Positions, list[tuple[Path, Problem]], str], "Loaded"]
_BODIES = ("body", "catch", "finally")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document as read.

    ``workflow`` is None where there is any error. ``draft`` is then what remains without the parts that are wrong,
    where that still makes a workflow, so that it can be checked further; ``replaced`` says that stand-ins are in it for
    what it could not do without. ``raw`` is the tree as written.
    """

    workflow: Workflow | None
    problems: list[Problem]
    positions: Positions
    raw: Any
    source: str
    draft: Workflow | None = None
    replaced: bool = False


def load(text: str | bytes, *, source: str = "workflow.yaml") -> Loaded:
    """Read a workflow document.

    Args:
        text: YAML 1.2 or JSON. Bytes are UTF-8, with or without a byte order mark.
        source: File name, for its ending: ``.json`` takes JSON only.

    Returns:
        The workflow with its positions, or every problem found. Never raises for any text.
    """
    return _load(text, source, _finish)


def load_data(text: str | bytes, *, source: str) -> Loaded:
    """Read YAML 1.2 or JSON that need not be a workflow, as ``load`` does; ``raw`` is what it holds.

    Returns:
        The data, or every problem found: what is no YAML or JSON, keys that repeat, numbers beyond 64 bits.
    """
    return _load(text, source, _data)


def _load(text: str | bytes, source: str, finish: _Finish) -> Loaded:
    decoded = _decode(text)
    if isinstance(decoded, Problem):
        return Loaded(None, [decoded], NOWHERE, None, source)
    looks_like_json = decoded.lstrip()[:1] in ("{", "[")
    if source.lower().endswith(".json") or looks_like_json:
        try:
            return _load_json(decoded, source, finish)
        except JsonSyntax as error:
            if source.lower().endswith(".json"):
                return Loaded(None, [_at_offset(decoded, error.offset, error.problem)], NOWHERE, None, source)
    return _load_yaml(decoded, source, finish)


def owner(path: Path, raw: Any) -> tuple[str | None, str | None]:
    """Node path (``places.body.place``) and path within the node (``text``, ``run_if``) of a raw path."""
    node: list[str] = []
    done = 0
    at = 0
    while at + 1 < len(path):
        if path[at] == "nodes":
            node.append(str(path[at + 1]))
            at += 2
            done = at
        elif path[at] in _BODIES and path[at + 1] == "nodes" and at + 2 < len(path):
            node.append(str(path[at]))
            at += 1
        elif path[at] == "slots" and at == done and node:
            at = done = _slot(path, at, raw, node)
        else:
            break
    rest = path[done:]
    if rest and node and rest[0] == "params":
        rest = rest[1:] or rest
    return ".".join(node) or None, param_path(rest) or None


def _slot(path: Path, at: int, raw: Any, node: list[str]) -> int:
    node.extend(("slots", str(path[at + 1])))
    end = at + 2
    if end < len(path) and isinstance(path[end], int):
        end += 1
    try:
        sitting = value_at(raw, path[:end])
    except LookupError:
        sitting = None
    if isinstance(sitting, dict) and isinstance(named := cast("dict[str, Any]", sitting).get("id"), str):
        node.append(named)
    return end


def param_path(path: Path) -> str:
    """``("cases", "small", 0)`` as ``cases.small[0]``."""
    out = ""
    for key in path:
        out += f"[{key}]" if isinstance(key, int) else f".{key}" if out else key
    return out


def _decode(text: str | bytes) -> str | Problem:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        return problem("workflow.too_large", "the document is larger than {limit} bytes", limit=MAX_BYTES)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            found = problem(
                "workflow.not_utf8", "byte {offset} is not UTF-8; save the file as UTF-8", offset=error.start
            )
            before = text[: error.start].decode("utf-8", "replace")
            return _at_offset(before, len(before), found)
    text = text.removeprefix("\ufeff")
    bad = _FORBIDDEN.search(text)
    if bad is not None:
        found = problem(
            "workflow.yaml_character", "the character U+{number} is not allowed", number=f"{ord(bad[0]):04X}"
        )
        return _at_offset(text, bad.start(), found)
    return text


_FORBIDDEN = re.compile("[\0\ud800-\udfff]")


def _at_offset(text: str, offset: int, found: Problem) -> Problem:
    line, column = line_and_column(text, offset)
    return msgspec.structs.replace(found, line=line, column=column)


def _load_json(text: str, source: str, finish: _Finish) -> Loaded:
    raw, suspicious = read_json(text)
    found: list[tuple[Path, Problem]] = []
    positions = Positions(text, lambda: json_places(text, found))
    if suspicious:
        positions.place(())
    return finish(raw, positions, found, source)


def _load_yaml(text: str, source: str, finish: _Finish) -> Loaded:
    quote: list[Problem] = []
    while True:
        composer = Composer(text)
        try:
            composer.compose()
        except UnquotedExpression as error:
            quote.append(_quote_problem(text, error.offset))
            if len(quote) < _MAX_REPAIRS and len(text) < _REPAIR_BELOW:
                text = _quoted(text, error.offset)
                continue
            return Loaded(None, quote, NOWHERE, None, source)
        except YamlSyntax as error:
            return Loaded(None, _syntax(text, error, quote, composer.problems), NOWHERE, None, source)
        break
    if composer.result is None:
        empty = problem("workflow.empty", "the document is empty")
        return Loaded(None, [_at_offset(text, 0, empty)], NOWHERE, None, source)
    raw, root = composer.result
    positions = Positions(text, lambda: root)
    return finish(raw, positions, [*(((), each) for each in quote), *composer.problems], source)


def _syntax(text: str, error: YamlSyntax, quote: list[Problem], others: list[tuple[Path, Problem]]) -> list[Problem]:
    """What a text that cannot be read to its end is told; after a missing quote only that."""
    if quote:
        return quote
    offset = min(error.offset, len(text))
    found = _at_offset(text, offset, error.problem)
    line = text[text.rfind("\n", 0, offset) + 1 :].partition("\n")[0]
    unquoted = re.match(r"[^\"'#|>]*?(\{\{)", line)
    if unquoted and found.code == "workflow.yaml_syntax":
        found = _quote_problem(text, text.rfind("\n", 0, offset) + 1 + unquoted.start(1))
    return [*(each for _path, each in others), found]


def _quote_problem(text: str, offset: int) -> Problem:
    found = problem("workflow.unquoted_expression", 'quote it: YAML reads {{ as a mapping; write "{{ ... }}" in quotes')
    return _at_offset(text, offset, found)


def _quoted(text: str, offset: int) -> str:
    """The text with everything from ``offset`` to the end of its line in quotes, to read on."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return text[:offset] + json.dumps(text[offset:end].rstrip()) + text[end:]


def _finish(raw: Any, positions: Positions, found: list[tuple[Path, Problem]], source: str) -> Loaded:
    """Build the models and give every problem its place."""
    findings: list[Finding] = []
    workflow = draft = None
    replaced = False
    if not isinstance(raw, dict):
        findings.append(
            Finding((), problem("workflow.not_mapping", "a workflow is a mapping with `studio`, `name` and `nodes`"))
        )
    else:
        try:
            workflow = Workflow.model_validate(raw)
        except ValidationError as error:
            findings = explain(error, cast("Any", raw))
            draft, replaced = salvage(cast("Any", raw), findings)
    problems = [_owned(each, path, raw) for path, each in found]
    problems += [_placed(each, positions, raw) for each in findings]
    if any(each.severity == "error" for each in problems):
        workflow, draft = None, workflow or draft
    problems.sort(key=lambda each: (each.line or 0, each.column or 0))
    return Loaded(workflow, problems, positions, raw, source, draft or workflow, replaced)


def _data(raw: Any, positions: Positions, found: list[tuple[Path, Problem]], source: str) -> Loaded:
    problems = [msgspec.structs.replace(each, param=param_path(path) or None) for path, each in found]
    return Loaded(None, problems, positions, raw, source)


def _owned(found: Problem, path: Path, raw: Any) -> Problem:
    node, param = owner(path, raw)
    return msgspec.structs.replace(found, node=node, param=param)


def _placed(finding: Finding, positions: Positions, raw: Any) -> Problem:
    line, column = positions.at(finding.path, key=finding.at_key)
    if finding.problem.code == "workflow.missing_key":
        line, column = positions.at(finding.path[:-1], key=True)
    return msgspec.structs.replace(_owned(finding.problem, finding.path, raw), line=line, column=column)


__all__ = ["Loaded", "Place", "Positions", "load", "owner", "param_path"]
