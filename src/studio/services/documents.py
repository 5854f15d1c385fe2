"""Read workflow files with everything they call, and find every problem in them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from studio.catalog import Catalog
from studio.domain import diff as differences
from studio.domain.diff import Change
from studio.domain.errors import StudioError, WorkflowInvalid
from studio.domain.reasons import os_reason
from studio.domain.workflow import Node, Workflow
from studio.services._bounded import read_up_to
from studio.services._tree import map_nodes, nodes_of
from studio.validation import Loaded, Problem, load
from studio.validation.check import check
from studio.validation.document import MAX_BYTES

_UNKNOWN = ("workflow.call_unknown", "workflow.error_workflow_unknown")


@dataclass(slots=True)
class Document:
    """A workflow file as read.

    ``problems`` are those of this file; ``called`` are the files that its calls and its error workflow name;
    ``naming`` are the params that name them, by node type.
    ``workflow`` is None where the file cannot be read as one at all.
    """

    path: Path
    workflow: Workflow | None
    problems: list[Problem]
    called: dict[str, Document] = field(default_factory=dict[str, "Document"])
    loaded: Loaded | None = None
    naming: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def all(self) -> Iterator[Document]:
        """This document and every one it calls, each once."""
        seen: set[Path] = set()
        pending: list[Document] = [self]
        while pending:
            document = pending.pop(0)
            if document.path not in seen:
                seen.add(document.path)
                yield document
                pending += document.called.values()

    @property
    def valid(self) -> bool:
        """Whether neither this file nor a called one has an error; warnings do not count."""
        return not any(one.severity == "error" for document in self.all() for one in document.problems)

    def calls(self) -> dict[str, Workflow]:
        """Called workflows of the whole tree by the reference that names them in ``rooted`` documents."""
        folder = self.path.parent
        named = {id(other) for document in self.all() for other in document.called.values()}
        return {
            _name(document.path, folder): _rooted(document, folder)
            for document in self.all()
            if id(document) in named and document.workflow is not None
        }

    def resolvable(self) -> dict[str, Workflow]:
        """Called workflows by the reference as it stands in this file, and those they call in turn."""
        folder = self.path.parent
        tree = {_name(one.path, folder): _rooted(one, folder) for one in self.all() if one.workflow is not None}
        direct = {name: _rooted(one, folder) for name, one in self.called.items() if one.workflow is not None}
        return tree | direct

    def rooted(self) -> Workflow:
        """The workflow of a valid document, its calls named by their path from its folder."""
        return _rooted(self, self.path.parent)


class DocumentInvalid(WorkflowInvalid):
    """A workflow file, or one it calls, has problems. ``document`` leads to all of them with their files."""

    def __init__(self, document: Document) -> None:
        super().__init__([problem for one in document.all() for problem in one.problems])
        self.document = document


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one version to another, as data and as lines."""

    changes: list[Change]
    text: str


class Documents:
    """Reads workflow files.

    Args:
        catalog: The node types to check against.
        allowed: Folders and files beside a calling file's own folder that it may call workflows from.
    """

    def __init__(self, catalog: Catalog, allowed: Sequence[str] = ()) -> None:
        self._catalog = catalog
        self._allowed = [Path(path).resolve() for path in allowed]

    def read(self, path: Path, change: Callable[[Workflow], Workflow] | None = None) -> Document:
        """Read a file and what it calls. ``change`` is applied to the workflow before it is checked."""
        document = self._read(path.absolute(), {}, change)
        for one in document.all():
            self._check(one)
        return document

    def readable(self, path: Path) -> Workflow:
        """The workflow of a file that can be read as one, whatever else is wrong with it.

        Raises:
            DocumentInvalid: It cannot.
        """
        loaded = self._load(path.absolute())
        problems = [loaded] if isinstance(loaded, Problem) else list(loaded.problems)
        workflow = None if isinstance(loaded, Problem) or loaded.replaced else loaded.workflow or loaded.draft
        if workflow is None:
            raise DocumentInvalid(Document(path.absolute(), None, problems))
        return workflow

    def compare(self, old: Path, new: Path) -> Difference:
        """What differs between two files.

        Raises:
            DocumentInvalid: One of them cannot be read as a workflow.
        """
        changes = differences.diff(self.readable(old), self.readable(new))
        return Difference(changes, differences.render(changes) if changes else "")

    def _read(
        self, path: Path, known: dict[Path, Document], change: Callable[[Workflow], Workflow] | None = None
    ) -> Document:
        if path in known:
            return known[path]
        loaded = self._load(path)
        if isinstance(loaded, Problem):
            return Document(path, None, [loaded])
        if change is not None and loaded.workflow is not None:
            changed = change(loaded.workflow)
            loaded = replace(loaded, workflow=changed, draft=changed)
        document = known[path] = Document(path, loaded.draft, [], loaded=loaded)
        for where, node in nodes_of(loaded.draft) if loaded.draft else ():
            naming = document.naming.setdefault(node.type, naming_params(self._catalog, node.type))
            for param, reference in called_by(node, naming):
                self._follow(document, reference, known, _raw_path(where, param), where, param)
        reference = loaded.draft.settings.error_workflow if loaded.draft else None
        if reference is not None:
            self._follow(document, reference, known, ["settings", "error_workflow"], None, "settings.error_workflow")
        return document

    def _load(self, path: Path) -> Loaded | Problem:
        try:
            return load(read_up_to(path, MAX_BYTES + 1), source=path.name)
        except FileNotFoundError:
            return Problem(
                code="workflow.no_file",
                template="There is no file {path}.",
                arguments={"path": str(path)},
                suggestion=_near_file(path),
            )
        except OSError as error:
            return Problem(
                code="workflow.unreadable",
                template="{path} cannot be read: {reason}.",
                arguments={"path": str(path), "reason": os_reason(error)},
            )

    def _follow(
        self,
        document: Document,
        reference: str,
        known: dict[Path, Document],
        place: list[str],
        node: str | None,
        param: str,
    ) -> None:
        """Read the file that is named at a place, unless it lies where nothing may be called from."""
        target = (document.path.parent / reference).resolve()
        roots = [document.path.resolve().parent, *self._allowed]
        if any(target.is_relative_to(root) for root in roots):
            if target.is_file():
                document.called[reference] = self._read(target, known)
            return
        assert document.loaded is not None
        line, column = document.loaded.positions.at(place)
        document.problems.append(
            Problem(
                code="workflow.call_refused",
                template="{reference} lies outside the folder of the calling file; allow it with --allow-path {path}.",
                arguments={"reference": reference, "path": str(target)},
                node=node,
                param=param,
                line=line,
                column=column,
            )
        )

    def _check(self, document: Document) -> None:
        """Add what validation finds; of a call that is refused it is not said that its file is missing too."""
        if document.loaded is None:
            return
        calls = document.resolvable()
        refused = {(one.node, one.param) for one in document.problems}
        for one in check(document.loaded, self._catalog, resolve_call=calls.get):
            if one.code not in _UNKNOWN or (one.node, one.param) not in refused:
                document.problems.append(one)


def naming_params(catalog: Catalog, type_id: str) -> tuple[str, ...]:
    """The params by which nodes of a type name workflows that they call."""
    try:
        return tuple(one.param for one in catalog.facts(type_id).calls)
    except StudioError:
        return ()  # that it is no node type is told by the check


def called_by(node: Node, naming: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The workflows that a node names, each with the param that names it; not those that an expression gives."""
    for param in naming:
        value = node.params.get(param)
        for reference in cast("list[Any]", value) if isinstance(value, list) else [value]:
            if isinstance(reference, str) and "{{" not in reference:
                yield param, reference


def _raw_path(where: str, param: str) -> list[str]:
    """The place of a node's param in the document's tree, from the node's path such as ``loop.body.call``."""
    steps: list[str] = []
    for step in where.split("."):
        in_container = len(steps) > 1 and steps[-2] == "nodes"
        steps += [step] if in_container and step in ("body", "catch", "finally", "slots") else ["nodes", step]
    return [*steps, "params", param]


def _rooted(document: Document, folder: Path) -> Workflow:
    """The workflow with its calls named from ``folder``, so that one table serves the whole tree of calls."""
    assert document.workflow is not None
    if not document.called:
        return document.workflow

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(one) for one in cast("list[Any]", value)]
        called = document.called.get(value) if isinstance(value, str) else None
        return value if called is None else _name(called.path, folder)

    def rename(node: Node) -> Node:
        naming = {param: node.params[param] for param in document.naming.get(node.type, ()) if param in node.params}
        named = {param: renamed(value) for param, value in naming.items()}
        return node.model_copy(update={"params": {**node.params, **named}}) if named != naming else node

    workflow = map_nodes(document.workflow, rename)
    reference = workflow.settings.error_workflow
    if reference is None or reference not in document.called:
        return workflow
    name = _name(document.called[reference].path, folder)
    settings = workflow.settings.model_copy(update={"error_workflow": name})
    return workflow.model_copy(update={"settings": settings}) if name != reference else workflow


def _name(path: Path, folder: Path) -> str:
    resolved = folder.resolve()
    return path.relative_to(resolved).as_posix() if path.is_relative_to(resolved) else str(path)


def _near_file(path: Path) -> str | None:
    try:
        names = [each.name for each in path.parent.iterdir() if each.is_file()]
    except OSError:
        return None
    near = difflib.get_close_matches(path.name, names, n=1)
    return str(path.parent / near[0]) if near else None
