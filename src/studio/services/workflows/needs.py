"""What a workflow uses that takes a right: credentials, data tables, variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from studio.catalog import Catalog
from studio.domain.access import Permission
from studio.domain.canonical import plain_workflow
from studio.domain.errors import StudioError
from studio.domain.status import Effect
from studio.domain.workflow import Workflow
from studio.expressions import compile_template, is_template
from studio.services._tree import nodes_of
from studio.services.tables.using import CHANGE, MAKE, READ

_TABLES = "data_table."
_MAKES = "data_table.create"
_NOT_RUN = ("description", "canvas")


class Needs(NamedTuple):
    """Aliases of credentials, and permissions in the whole workspace."""

    credentials: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()


def needs_of(workflow: Workflow, catalog: Catalog) -> Needs:
    """What a workflow uses, at every depth and for every environment.

    What a node of a pack uses beyond that is asked when it does.
    """
    permissions: dict[Permission, None] = {}
    for _path, node in nodes_of(workflow):
        for type in (node.type, *(one.type for one in node.fallback)):
            if type.startswith(_TABLES):
                permissions.update(dict.fromkeys(_of_table_node(type, catalog)))
    if _reads_variables(workflow):
        permissions[Permission.VARIABLE_VIEW] = None
    return Needs(tuple(credentials_of(workflow)), tuple(permissions))


def credentials_of(workflow: Workflow) -> list[str]:
    """Every alias of a credential that a workflow names, at every depth and for every environment."""
    found: dict[str, None] = {}
    for _path, node in nodes_of(workflow):
        for credential in (node.credential, *(one.credential for one in node.fallback)):
            if isinstance(credential, str):
                found[credential] = None
            elif credential:
                found.update(dict.fromkeys(credential.values()))
    return list(found)


def _of_table_node(type: str, catalog: Catalog) -> tuple[Permission, ...]:
    if type == _MAKES:
        return MAKE
    try:
        reads = catalog.facts(type).effect is Effect.READ
    except StudioError:
        reads = False  # not installed here: whoever runs it asks again
    return READ if reads else CHANGE


def _reads_variables(workflow: Workflow) -> bool:
    written = plain_workflow(workflow)
    for text in _texts({name: value for name, value in written.items() if name not in _NOT_RUN}):
        try:
            if "vars" in compile_template(text).roots:
                return True
        except StudioError:
            continue  # what cannot be read is not evaluated either
    return False


def _texts(value: Any) -> Iterator[str]:
    """Every text with expressions, at any depth."""
    pending: list[Any] = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            if "vars" in one and is_template(one):
                yield one
        elif isinstance(one, Mapping):
            pending.extend(cast("Mapping[str, Any]", one).values())
        elif isinstance(one, list):
            pending.extend(cast("list[Any]", one))
