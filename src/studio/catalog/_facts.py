"""What the catalogue knows of node types and packs without importing them."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.domain.phrases import Phrase
from studio.domain.status import Effect

LOCAL = "studio_packs_"
"""How the names begin under which packs of a folder are imported."""


class SlotFacts(msgspec.Struct, frozen=True, array_like=True):
    """A place for other nodes, as the class declares it."""

    name: str
    kind: str
    many: bool = False
    required: bool = False


class CallFacts(msgspec.Struct, frozen=True, array_like=True):
    """A param that names a workflow to be called, and the one that holds its inputs."""

    param: str
    inputs: str | None = None


class RateFacts(msgspec.Struct, frozen=True, array_like=True):
    """At most ``count`` runs per ``period`` seconds for each ``per``."""

    count: int
    period: float
    per: str = "credential"


class NodeFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A node type as its file declares it.

    ``kind`` is ``node``, ``control`` (the engine executes it) or ``trigger``. ``effect`` is the highest effect;
    ``effect_varies`` where params decide (``effect_of``). ``timeout`` is in seconds. ``missing`` are modules that the
    pack requires and that are not installed, ``install`` is the command that installs them.
    """

    type: str
    version: int = 1
    kind: str = "node"
    title: str = ""
    category: str = ""
    description: str = ""
    icon: str = ""
    keywords: tuple[str, ...] = ()
    effect: Effect = Effect.PURE
    effect_varies: bool = False
    ports: tuple[str, ...] = ()
    open_ports: bool = False
    passes_input: bool = False
    slots: tuple[SlotFacts, ...] = ()
    calls: tuple[CallFacts, ...] = ()
    credentials: tuple[str, ...] = ()
    timeout: float | None = None
    retries: int = 1
    rate: RateFacts | None = None
    batch_size: int = 0
    runs_in: str = "inline"
    memory_mb: int = 0
    cpu_heavy: bool = False
    executor: str | None = None
    bodies: tuple[str, ...] = ()
    scope_names: tuple[str, ...] = ()
    pack: str = ""
    module: str = ""
    file: str = ""
    class_name: str = ""
    missing: tuple[str, ...] = ()
    install: str | None = None


class PackProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with a pack or one of its files; the others are unaffected.

    ``type`` is the node type that the file should have held, empty where the whole pack is concerned.
    """

    code: str
    template: str
    args: dict[str, Any] = {}
    file: str = ""
    line: int | None = None
    type: str = ""

    @property
    def message(self) -> str:
        """The English sentence with its arguments filled in."""
        return str(self.phrase)

    @property
    def phrase(self) -> Phrase:
        """The sentence, for any language."""
        return Phrase(self.code, self.template, **self.args)


class PackFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pack as its manifest describes it, with what is wrong with it."""

    id: str
    title: str = ""
    category: str = ""
    description: str = ""
    owners: tuple[str, ...] = ()
    extra: str | None = None
    requires: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    folder: str = ""
    module: str = ""
    types: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    install: str | None = None
    problems: tuple[PackProblem, ...] = ()

    @property
    def private(self) -> bool:
        """Whether it lies in a folder of packs: somebody's code, which nobody installed on the machine."""
        return self.module.startswith(LOCAL)
