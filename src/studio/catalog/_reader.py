"""A node file and a pack folder into facts and problems."""

from __future__ import annotations

import keyword
from pathlib import Path
from typing import Any

import msgspec

from studio.catalog._facts import NodeFacts, PackFacts, PackProblem
from studio.catalog._manifest import Manifest, read_manifest
from studio.catalog._source import Declaration, Module, NotLiteralError
from studio.domain.errors import UserError

DECLARED = frozenset(
    {
        "type", "version", "title", "category", "icon", "keywords", "effect", "ports", "open_ports", "passes_input",
        "slots", "calls", "credentials", "timeout", "retries", "rate", "batch_size", "runs_in", "memory_mb",
        "cpu_heavy", "executor", "bodies", "scope_names",
    }
)  # fmt: skip
"""Class attributes that are facts. ``kind``, ``pack`` and the like are derived."""

_READ = DECLARED | {"kind"}
_NOT_NODES = frozenset({"__init__.py", "client.py"})


def is_node_file(name: str) -> bool:
    """Whether a file of a pack should declare a node: not ``client.py``, nothing private."""
    return name.endswith(".py") and not name.startswith("_") and name not in _NOT_NODES


def type_of(pack: str, stem: str) -> str:
    """The node type that a file holds. Python keywords live in files with an underscore: ``if_.py`` is ``flow.if``."""
    plain = stem[:-1] if stem.endswith("_") and keyword.iskeyword(stem[:-1]) else stem
    return f"{pack}.{plain}"


def read_pack(folder: Path, module: str, install: str) -> tuple[PackFacts, dict[str, NodeFacts]]:
    """Facts of a pack and of its nodes; what is wrong stands in the pack's problems.

    ``install`` is the template of the command that installs its libraries: ``{extra}`` and ``{requires}`` are filled.
    """
    try:
        manifest = read_manifest(folder)
    except UserError as error:
        problem = PackProblem(code=error.code, template=error.template, args=error.arguments, file="manifest.toml")
        return PackFacts(id=folder.name, folder=str(folder), module=module, problems=(problem,)), {}
    facts: dict[str, NodeFacts] = {}
    problems: list[PackProblem] = []
    modules: dict[str, Module | None] = {}
    for path in sorted(folder.iterdir()):
        if not is_node_file(path.name):
            continue
        found = _read_node(path, manifest, module, modules)
        if isinstance(found, PackProblem):
            problems.append(found)
        elif found.type in facts:
            problems.append(
                PackProblem(
                    code="catalog.duplicate_type",
                    template="{type} is declared twice: in {first} and in {second}.",
                    args={"type": found.type, "first": facts[found.type].file, "second": path.name},
                    file=path.name,
                )
            )
        else:
            facts[found.type] = found
    pack = PackFacts(
        id=manifest.id,
        title=manifest.title,
        category=manifest.category,
        description=manifest.description,
        owners=manifest.owners,
        extra=manifest.extra,
        requires=manifest.requires,
        credentials=manifest.credentials,
        permissions=manifest.permissions,
        folder=str(folder),
        module=module,
        types=tuple(facts),
        install=_install(install, manifest) if manifest.requires else None,
        problems=tuple(problems),
    )
    return pack, facts


def _install(template: str, manifest: Manifest) -> str:
    if manifest.extra is None or "{extra}" not in template:
        return f"pip install {' '.join(manifest.requires)}"
    return template.replace("{extra}", manifest.extra)


def _read_node(
    path: Path, manifest: Manifest, package: str, modules: dict[str, Module | None]
) -> NodeFacts | PackProblem:
    expected = type_of(manifest.id, path.stem)

    def problem(code: str, template: str, line: int | None = None, **args: Any) -> PackProblem:
        return PackProblem(code=code, template=template, args=args, file=path.name, line=line, type=expected)

    try:
        modules[path.stem] = module = Module(path, package, modules, _READ)
        found = module.declarations()
    except SyntaxError as error:
        return problem(
            "catalog.syntax", "{file} is not valid Python: {reason}.", error.lineno, file=path.name, reason=error.msg
        )
    except NotLiteralError as error:
        return problem(
            "catalog.not_literal",
            "{file} states a fact as {text}; facts are literals, so that they can be read without running the file.",
            file=path.name,
            text=str(error),
        )
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        return problem("catalog.unreadable", "{file} cannot be read: {reason}.", file=path.name, reason=str(error))
    if not found:
        return problem(
            "catalog.no_node",
            "{file} declares no node. A file that holds none is private: call it _{file}.",
            file=path.name,
        )
    if len(found) > 1:
        return problem(
            "catalog.several_nodes",
            "{file} declares {names}; one file holds one node.",
            found[1].line,
            file=path.name,
            names=", ".join(one.name for one in found),
        )
    declared = found[0]
    if declared.facts.get("type") != expected:
        return problem(
            "catalog.type_name",
            "{file} of the pack {pack} declares the type {type}, but by its name it holds {expected}.",
            declared.lines.get("type", declared.line),
            file=path.name,
            pack=manifest.id,
            type=str(declared.facts.get("type")),
            expected=expected,
        )
    if "effect" not in declared.facts:
        return problem("catalog.no_effect", "{type} does not state its effect.", declared.line, type=expected)
    try:
        return _facts(declared, manifest, f"{package}.{path.stem}", path)
    except msgspec.ValidationError as error:
        return problem(
            "catalog.wrong_fact",
            "{type} states a fact of the wrong kind: {reason}.",
            declared.line,
            type=expected,
            reason=str(error),
        )


def _facts(declared: Declaration, manifest: Manifest, module: str, path: Path) -> NodeFacts:
    stem = declared.facts["type"].partition(".")[2]
    doc = " ".join(declared.doc.strip().partition("\n\n")[0].split())
    values = {
        **declared.facts,
        "title": declared.facts.get("title") or stem.replace("_", " ").capitalize(),
        "category": declared.facts.get("category") or manifest.category,
        "description": doc,
        "effect_varies": "effect_of" in declared.methods,
        "pack": manifest.id,
        "module": module,
        "file": path.name,
        "class_name": declared.name,
    }
    return msgspec.convert(values, NodeFacts)
