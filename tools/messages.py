"""Every message of the code in every language: ``python tools/messages.py [--missing LANGUAGE]``.

Collects by syntax tree each literal ``SomethingError("code", "template", …)`` (any call whose first two arguments are
a dotted code and a sentence, or that has ``code=`` and ``template=``), and reports codes without a French or Arabic
translation, translations whose placeholders differ, translations of codes that are gone, and the same for the texts of
``locales/en.toml``, and for title, description and params of every node. Errors that are not written as literals cannot
be collected and are reported too, and so is English that would stand inside a translated sentence
(``tools/message_parts.py``).
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from message_parts import Parts

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "studio"
LANGUAGES = ("fr", "ar")

FORMS = {"fr": {"one", "many", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}

NOT_LITERAL: dict[str, str] = {
    "domain/errors.py": "defines the classes",
    "engine/failures.py": "makes recorded errors again",
    "nodes/flow/fail.py": "its code is the user's",
    "domain/phrases.py": "defines phrases",
    "catalog/_facts.py": "the phrase of a problem, whose code and template are literals where it is made",
    "validation/_schemas.py": "the phrase of a problem, whose code and template are literals where it is made",
    "services/gateway/running.py": "passes on the error that an execution ended with",
    "services/run.py": "the phrase of a problem, whose code and template are literals where it is made",
    "engine/children.py": "the statuses are texts of en.toml",
}
"""Files that make errors from values, and why."""

PARTS = frozenset({"Phrase", "Refusal"})
"""What makes parts of sentences; their template may be a single word."""

NO_MESSAGES = frozenset({"CredentialType"})
"""Calls that begin with an id and a title, which is no message."""

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\Z")
_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


@dataclass(frozen=True)
class Message:
    """A message as the code has it; ``pack`` where a built-in pack's file raises it."""

    code: str
    template: str
    file: str
    line: int
    pack: str | None


def main(arguments: list[str]) -> int:
    """Print what is missing or wrong; returns an exit code."""
    try:
        return _report(arguments)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 1


class Unreadable(Exception):
    """A file of translations or of code that cannot be read; says which, and where."""


def _report(arguments: list[str]) -> int:
    messages, problems = collect(SOURCE)
    if "--missing" in arguments:
        lang = arguments[arguments.index("--missing") + 1]
        print(missing_table(SOURCE, messages, lang), end="")
        return 0
    problems += check_errors(SOURCE, messages)
    problems += check_texts(SOURCE)
    problems += check_nodes(SOURCE, node_params())
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}: {error}") from error


def _python(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes(), str(path))
    except SyntaxError as error:
        raise Unreadable(f"{path}:{error.lineno}: {error.msg}") from error


def collect(source: Path) -> tuple[list[Message], list[str]]:
    """Every message under ``source``, and what is wrong with how they are written."""
    trees = {path: _python(path) for path in sorted(source.rglob("*.py"))}
    errors = error_classes(trees.values()) | PARTS
    parts = Parts(trees)
    messages: list[Message] = []
    problems: list[str] = []
    for path, tree in trees.items():
        file = path.relative_to(source).as_posix()
        pack = file.split("/")[1] if file.startswith("nodes/") else None
        problems += [f"src/studio/{file}:{line}: raise Refusal(code, template)" for line in _refused(tree)]
        own = {
            node.name
            for node in tree.body
            if isinstance(node, ast.ClassDef) and not errors & {_last_name(base) for base in node.bases}
        }
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            found = _message(call)
            if found is not None:
                messages.append(Message(*found, file, call.lineno, pack))
                problems += [
                    f"{place}: {text!r} is English inside a message; make it a Phrase"
                    for place, text in parts.english(path, call)
                ]
            elif _last_name(call.func) in errors - own and file not in NOT_LITERAL and call.args:
                problems.append(f"src/studio/{file}:{call.lineno}: code and template must be literals")
    seen: dict[str, Message] = {}
    for message in messages:
        first = seen.setdefault(message.code, message)
        if places(first.template) != places(message.template):
            problems.append(
                f"src/studio/{message.file}:{message.line}: {message.code} has other placeholders than in "
                f"{first.file}:{first.line}"
            )
    return messages, problems


def error_classes(trees: Any) -> set[str]:
    """Names of StudioError and everything derived from it that takes a code and a template."""
    bases: dict[str, set[str]] = {}
    own: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(_last_name(base) for base in node.bases)
                if any(_own_arguments(one) for one in node.body):
                    own.add(node.name)
    found = {"StudioError"}
    while True:
        more = {name for name, parents in bases.items() if parents & found} - found
        if not more:
            return found - own
        found |= more


def _own_arguments(statement: ast.stmt) -> bool:
    """Whether it is an ``__init__`` that takes something else than code and message."""
    if not isinstance(statement, ast.FunctionDef) or statement.name != "__init__":
        return False
    names = [one.arg for one in (*statement.args.posonlyargs, *statement.args.args)]
    return names[1:3] != ["code", "message"]


def _message(call: ast.Call) -> tuple[str, str] | None:
    """Code and template of a call, None where it has none."""
    if _last_name(call.func) in NO_MESSAGES:
        return None
    named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in ("code", "template")}
    pair = [named.get("code"), named.get("template")] if len(named) == 2 else list(call.args[:2])
    texts = [one.value for one in pair if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    part = _last_name(call.func) in PARTS
    if len(texts) == 2 and _CODE.match(texts[0]) and (part or re.search(r"[\s{]", texts[1])):
        return texts[0], texts[1]
    return None


def _refused(tree: ast.Module) -> Iterator[int]:
    """Lines of validators that refuse a value by a sentence in English: ``raise ValueError("...")``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("validator" in ast.unparse(one) for one in node.decorator_list):
            for one in ast.walk(node):
                call = one.exc if isinstance(one, ast.Raise) else None
                if isinstance(call, ast.Call) and _last_name(call.func) in ("ValueError", "TypeError") and call.args:
                    yield call.lineno


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def places(template: str) -> set[str]:
    """Names in braces."""
    return set(_PLACE.findall(template))


def tables(source: Path, lang: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """File and error templates of each place that holds translations."""
    for path in (source / "i18n" / "locales" / f"{lang}.toml", *sorted(source.glob(f"nodes/*/strings/{lang}.toml"))):
        if path.exists():
            yield path.relative_to(source).as_posix(), _toml(path).get("errors", {})


def check_errors(source: Path, messages: list[Message]) -> list[str]:
    """What is missing, differs or is stale in the translations of errors."""
    problems: list[str] = []
    by_code = {message.code: message for message in messages}
    for lang in LANGUAGES:
        translated: set[str] = set()
        for file, table in tables(source, lang):
            for code, entry in table.items():
                if code not in by_code:
                    problems.append(f"src/studio/{file}: {code} is no message any more")
                    continue
                translated.add(code)
                problems += _compare(f"src/studio/{file}: {code}", by_code[code].template, entry, lang)
        problems += [
            f"src/studio/{by_code[code].file}:{by_code[code].line}: {code} is not translated into {lang}"
            for code in sorted(by_code.keys() - translated)
        ]
    return problems


def check_texts(source: Path) -> list[str]:
    """The same for the texts of the interface."""
    folder = source / "i18n" / "locales"
    english = _toml(folder / "en.toml")["texts"]
    problems: list[str] = []
    for lang in LANGUAGES:
        table = _toml(folder / f"{lang}.toml").get("texts", {})
        problems += [f"{lang}.toml: the text {key} is not translated" for key in sorted(english.keys() - table)]
        problems += [
            f"{lang}.toml: the text {key} is not in en.toml any more" for key in sorted(table.keys() - english)
        ]
        for key in sorted(table.keys() & english.keys()):
            template = english[key] if isinstance(english[key], str) else english[key]["other"]
            problems += _compare(f"{lang}.toml: {key}", template, table[key], lang)
    return problems


def node_params() -> dict[str, list[str]]:
    """Params of every built-in node type, as they are written in a workflow."""
    from studio.catalog import Catalog, Place

    catalog = Catalog([Place(str(SOURCE / "nodes"), "studio.nodes", "")])
    out: dict[str, list[str]] = {}
    for facts in catalog.all():
        if not facts.missing:
            fields = catalog.load(facts.type).input_model.model_fields
            out[facts.type] = [info.alias or name for name, info in fields.items()]
    return out


def check_nodes(source: Path, params: Mapping[str, list[str]]) -> list[str]:
    """What the packs' texts lack, or have too many, for title, description and params of their nodes."""
    problems: list[str] = []
    for lang in LANGUAGES:
        for pack in sorted({type_id.partition(".")[0] for type_id in params}):
            path = source / "nodes" / pack / "strings" / f"{lang}.toml"
            table = _toml(path) if path.exists() else {}
            where = f"src/studio/nodes/{pack}/strings/{lang}.toml"
            known = {type_id for type_id in params if type_id.startswith(f"{pack}.")}
            problems += [
                f"{where}: {name} is no node type"
                for name in sorted(table.keys() - known - {"errors", "pack", "texts"})
            ]
            problems += [
                f"{where}: [pack] lacks {key}" for key in ("title", "description") if key not in table.get("pack", {})
            ]
            for type_id in sorted(known):
                texts = table.get(type_id, {})
                problems += [
                    f"{where}: {type_id} lacks {key}" for key in ("title", "description") if not texts.get(key)
                ]
                labels, wanted = texts.get("params", {}), set(params[type_id])
                problems += [f"{where}: {type_id} lacks the param {name}" for name in sorted(wanted - labels.keys())]
                problems += [f"{where}: {type_id} has no param {name}" for name in sorted(labels.keys() - wanted)]
    return problems


def _compare(where: str, template: str, entry: str | Mapping[str, str], lang: str) -> list[str]:
    wanted = places(template)
    if isinstance(entry, str):
        return [] if places(entry) == wanted else [f"{where}: placeholders {places(entry)} instead of {wanted}"]
    counted = entry.get("by", "count")
    forms = {name: text for name, text in entry.items() if name != "by"}
    problems: list[str] = []
    if forms.keys() - FORMS[lang] or "other" not in forms:
        problems.append(f"{where}: forms {sorted(forms)}; {lang} has {sorted(FORMS[lang])}, and needs `other`")
    for name, text in forms.items():
        left_out = wanted if name == "zero" else {counted}
        if places(text) - left_out != wanted - left_out or places(text) - wanted:
            problems.append(f"{where}: form {name} has placeholders {places(text)} instead of {wanted}")
    return problems


def missing_table(source: Path, messages: list[Message], lang: str) -> str:
    """Codes without translation as TOML to be filled in, the English as comment, by the file they belong into."""
    known = {code for _, table in tables(source, lang) for code in table}
    lines: list[str] = []
    by_pack: dict[str | None, dict[str, str]] = {}
    for message in messages:
        if message.code not in known:
            own = message.pack if message.pack and message.code.startswith(f"{message.pack}.") else None
            by_pack.setdefault(own, {}).setdefault(message.code, message.template)
    for pack in sorted(by_pack, key=lambda name: name or ""):
        lines.append(f"## {f'nodes/{pack}/strings' if pack else 'i18n/locales'}/{lang}.toml")
        lines += [f'"{code}" = "" # {template}' for code, template in sorted(by_pack[pack].items())]
    return "\n".join(lines) + "\n" if lines else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
