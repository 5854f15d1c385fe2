"""Importing a node file, and holding the class against the facts that were read from it."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import msgspec

from studio.catalog._facts import LOCAL, NodeFacts
from studio.catalog._reader import DECLARED
from studio.domain.errors import StudioError, UserError
from studio.domain.phrases import Refusal, reason_of
from studio.sdk import BaseNode, CredentialType, node_class

_NOT_COMPARED = frozenset({"title", "category", "runs_in", "keywords", "icon"})
"""Facts that nothing but the interface reads, or that ``as_node`` works out from the callable."""


def instantiate(facts: NodeFacts, folder: str) -> BaseNode:
    """The node of a file.

    Raises:
        UserError: The file cannot be imported, or the class is not what its literals say.
    """
    try:
        own_package(facts.module, Path(folder))
        module = importlib.import_module(facts.module)
        cls = node_class(getattr(module, facts.class_name))
        node = cls()
    except (Exception, SystemExit) as error:  # a node file is somebody else's code and may raise anything
        reason = reason_of(error) if isinstance(error, StudioError | Refusal) else f"{type(error).__name__}: {error}"
        raise UserError(
            "catalog.broken_node", "{type} cannot be used: {reason}", type=facts.type, reason=reason
        ) from error
    _compare(cls, facts)
    return node


def pack_credentials(id: str, module: str, folder: str, named: Sequence[str]) -> dict[str, CredentialType]:
    """Credential types that a pack defines: ``CREDENTIALS`` in its ``_credentials.py``.

    Args:
        id: The pack.
        module: What it is imported as.
        folder: Where it lies.
        named: The types that its manifest names.

    Raises:
        UserError: The file cannot be imported, or defines other types than the manifest names.
    """
    try:
        own_package(f"{module}._credentials", Path(folder))
        loaded = importlib.import_module(f"{module}._credentials")
        found = {one.id: one for one in cast("tuple[CredentialType, ...]", loaded.CREDENTIALS)}
        if set(found) != set(named):
            raise UserError(
                "catalog.credentials_differ",
                "the manifest names {named}, but it defines {defined}",
                named=", ".join(named) or "-",
                defined=", ".join(found) or "-",
            )
    except (Exception, SystemExit) as error:  # a pack's file is somebody else's code and may raise anything
        reason = reason_of(error) if isinstance(error, StudioError | Refusal) else f"{type(error).__name__}: {error}"
        raise UserError(
            "catalog.broken_credentials",
            "The credential types of the pack {pack} cannot be used: {reason}",
            pack=id,
            reason=reason,
        ) from error
    return found


def own_package(module: str, folder: Path) -> None:
    """Make a local folder importable under its own name, without touching ``sys.path``."""
    root, *rest = module.split(".")
    if not root.startswith(LOCAL) or root in sys.modules:
        return
    package = ModuleType(root, "Packs of a local folder.")
    package.__path__ = [str(folder.parents[len(rest) - 2]) if len(rest) > 1 else str(folder)]
    sys.modules[root] = package


def _compare(cls: type[BaseNode], facts: NodeFacts) -> None:
    values: dict[str, Any] = {name: getattr(cls, name) for name in DECLARED if hasattr(cls, name)}
    values["slots"] = tuple(dataclasses.astuple(slot) for slot in cls.slots)
    values["calls"] = tuple(dataclasses.astuple(one) for one in cls.calls)
    values["rate"] = dataclasses.astuple(cls.rate) if cls.rate else None
    actual = msgspec.convert(values, NodeFacts)
    for name in sorted(DECLARED - _NOT_COMPARED):
        if getattr(actual, name) != getattr(facts, name):
            raise UserError(
                "catalog.facts_differ",
                "{type} says {name} = {written} in its file, but is {actual} once imported; facts must be literals.",
                type=facts.type,
                name=name,
                written=str(getattr(facts, name)),
                actual=str(getattr(actual, name)),
            )
