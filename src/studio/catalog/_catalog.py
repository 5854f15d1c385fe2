"""``Catalog``: facts of every node type, and the node itself once somebody uses it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from studio.catalog import _cache as cache
from studio.catalog import _discover as discover
from studio.catalog import _scan as scan
from studio.catalog._facts import NodeFacts, PackFacts, PackProblem
from studio.catalog._search import nearest, ranked
from studio.catalog._strings import PackStrings
from studio.domain.errors import NotFound, UserError

if TYPE_CHECKING:
    from studio.catalog.apart.packs import PrivatePacks
    from studio.contracts.apart import Foreign
    from studio.sdk import BaseNode, CredentialType

_DECODER = msgspec.msgpack.Decoder(NodeFacts)


class Catalog:
    """Node types by id.

    Starting reads the index and looks at the packs' folders only. A pack's files are compared with the index when the
    pack is first asked about, so that every change shows without each file being looked at on each start.
    """

    def __init__(
        self,
        places: Sequence[discover.Place],
        *,
        cache_dir: Path | None = None,
        plugins: bool = False,
        foreign: Foreign | None = None,
    ):
        """Index the packs of ``places``, and with ``plugins`` those of installed distributions.

        With ``foreign`` the code of private packs runs in its processes alone; without it, it is trusted, and imported.
        """
        folder = cache_dir or cache.default_folder()
        self._cache = folder
        self._foreign = foreign
        self._private: PrivatePacks | None = None
        self._file = cache.index_file(folder, places) if folder else None
        self._environment = discover.environment()
        self._plugins: list[discover.Place] = []
        self._packs: dict[str, cache.PackIndex] = {}
        self._extra_problems: dict[str, list[PackProblem]] = {}
        self._types: dict[str, str] = {}
        self._checked: set[str] = set()
        self._facts: dict[str, NodeFacts] = {}
        self._strings: dict[str, PackStrings] = {}
        self._instances: dict[str, BaseNode] = {}
        self._credentials: dict[str, dict[str, CredentialType]] = {}
        self._lock = threading.RLock()
        self._start(list(places), plugins)

    @classmethod
    def default(
        cls,
        extra_folders: Iterable[Path | str] = (),
        cache_dir: Path | None = None,
        foreign: Foreign | None = None,
    ) -> Catalog:
        """Built-in packs, packs of installed distributions, and those of further folders, which are private.

        The index lies in ``cache_dir``, else in ``STUDIO_CACHE``, else in ``~/.cache/studio``.
        """
        places = [discover.built_in(), *(discover.local(Path(folder)) for folder in extra_folders)]
        return cls(places, cache_dir=cache_dir, plugins=True, foreign=foreign)

    def __contains__(self, type_id: object) -> bool:
        return isinstance(type_id, str) and self._find(type_id) is not None

    def __len__(self) -> int:
        return len(self._types)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._types))

    def facts(self, type_id: str) -> NodeFacts:
        """Facts of a node type.

        Raises:
            NotFound: There is no such type; names a near one.
            UserError: Its file is broken; says how.
        """
        facts = self._find(type_id)
        if facts is not None:
            return facts
        for pack in self._packs.values():
            for problem in pack.facts.problems:
                if problem.type == type_id:
                    raise UserError(
                        "catalog.broken_node", "{type} cannot be used: {reason}", type=type_id, reason=problem.phrase
                    )
        near = self.suggest(type_id)
        if near is None:
            raise NotFound("workflow.unknown_type", "There is no node type {type}.", type=type_id)
        raise NotFound(
            "workflow.unknown_type_near",
            "There is no node type {type}; did you mean {suggestion}?",
            type=type_id,
            suggestion=near,
        )

    def all(self) -> list[NodeFacts]:
        """Facts of every node type, by type."""
        for name in list(self._packs):
            self._check(name)
        return [self._decoded(type_id) for type_id in sorted(self._types)]

    def search(self, text: str, limit: int = 50) -> list[NodeFacts]:
        """Node types that fit a few words, best first: by name, words, description, forgiving a typing error."""
        return ranked(self.all(), text)[:limit]

    def suggest(self, type_id: str) -> str | None:
        """The known type that was probably meant."""
        return nearest(type_id, self._types)

    def packs(self) -> list[PackFacts]:
        """Every pack with its problems, by id."""
        for name in list(self._packs):
            self._check(name)
        return [self.pack(name) for name in sorted(self._packs)]

    def pack(self, name: str) -> PackFacts:
        """One pack.

        Raises:
            NotFound: There is no such pack.
        """
        if name not in self._packs:
            raise NotFound("catalog.unknown_pack", "There is no pack {pack}.", pack=name)
        self._check(name)
        facts = self._packs[name].facts
        extra = self._extra_problems.get(name)
        return msgspec.structs.replace(facts, problems=(*facts.problems, *extra)) if extra else facts

    def problems(self) -> list[PackProblem]:
        """Everything that is wrong with any pack."""
        return [problem for pack in self.packs() for problem in pack.problems]

    def strings(self, pack: str) -> PackStrings:
        """A pack's texts in other languages."""
        if pack not in self._strings:
            self._strings[pack] = PackStrings(Path(self.pack(pack).folder) / "strings")
        return self._strings[pack]

    def error_template(self, code: str, lang: str) -> str | dict[str, str] | None:
        """A pack's own translation of an error, perhaps with plural forms; the code's first part names the pack."""
        pack = code.partition(".")[0]
        return self.strings(pack).error(code, lang) if pack in self._packs else None

    def load(self, type_id: str) -> BaseNode:
        """The node that serves all runs of a type; its module is imported at the first call.

        For a type of a private pack it is a node that stands for it. Both may block for a moment.

        Raises:
            NotFound: There is no such type.
            UserError: Its pack lacks a library, or the file cannot be used.
        """
        node = self._instances.get(type_id)
        if node is not None:
            return node
        facts = self.facts(type_id)
        if facts.missing:
            raise UserError(
                "catalog.missing_requirement",
                "{type} needs {modules}, which is not installed. Install it with: {install}",
                type=type_id,
                modules=", ".join(facts.missing),
                install=facts.install,
            )
        pack = self.pack(facts.pack)
        private = self._apart(pack)
        if private is not None:
            node = private.node(facts, pack, [self.facts(one) for one in pack.types])
            return self._instances.setdefault(type_id, node)
        from studio.catalog._load import instantiate  # the SDK brings Pydantic, needed once a node is used

        with self._lock:
            if type_id not in self._instances:
                self._instances[type_id] = instantiate(facts, self._packs[facts.pack].folder)
            return self._instances[type_id]

    def is_apart(self, type_id: str) -> bool:
        """Whether the code of a node type runs in another process, so that loading it and its functions may block."""
        if self._foreign is None:
            return False
        name = self._types.get(type_id)
        return name is not None and self._packs[name].facts.private

    async def load_async(self, type_id: str) -> BaseNode:
        """As ``load``, with the import off the event loop."""
        import asyncio  # 60 ms that the command line does without where it runs nothing

        node = self._instances.get(type_id)
        return node if node is not None else await asyncio.to_thread(self.load, type_id)

    def credential_types(self) -> dict[str, CredentialType]:
        """Credential types by id: those that fit any service, and those of the packs. Imports all of them.

        Raises:
            UserError: A pack's ``_credentials.py`` cannot be used.
        """
        found = dict(self.generic_credentials())
        for pack in self.packs():
            if pack.credentials:
                found.update(self.pack_credentials(pack))
        return found

    def credential_type(self, type_id: str) -> CredentialType | None:
        """One credential type; of all packs only its own is imported. None where there is none.

        Raises:
            UserError: The pack's ``_credentials.py`` cannot be used.
        """
        generic = self.generic_credentials().get(type_id)
        if generic is not None:
            return generic
        pack = next((one for one in self.packs() if type_id in one.credentials), None)
        return None if pack is None else self.pack_credentials(pack).get(type_id)

    def generic_credentials(self) -> Mapping[str, CredentialType]:
        """The credential types that fit any service."""
        from studio.sdk import GENERIC_CREDENTIALS

        return GENERIC_CREDENTIALS

    def pack_credentials(self, pack: PackFacts) -> Mapping[str, CredentialType]:
        """The credential types of a pack, which is imported unless it is private. May block for a moment.

        Raises:
            UserError: Its ``_credentials.py`` cannot be used.
        """
        found = self._credentials.get(pack.id)
        private = self._apart(pack)
        if found is None and private is not None:
            found = private.credentials(pack, [self.facts(one) for one in pack.types])
        if found is None:
            from studio.catalog._load import pack_credentials

            found = pack_credentials(pack.id, pack.module, pack.folder, pack.credentials)
        self._credentials[pack.id] = found
        return found

    def _apart(self, pack: PackFacts) -> PrivatePacks | None:
        """Where the code of a pack runs, None where it is trusted."""
        if self._foreign is None or not pack.private:
            return None
        with self._lock:
            if self._private is None:
                from studio.catalog.apart.packs import PrivatePacks

                self._private = PrivatePacks(self._foreign, self._cache)
            return self._private

    def _find(self, type_id: str) -> NodeFacts | None:
        if type_id in self._facts:
            return self._facts[type_id]
        name = self._types.get(type_id)
        if name is None:
            return None
        self._check(name)
        return self._decoded(type_id) if type_id in self._types else None

    def _decoded(self, type_id: str) -> NodeFacts:
        facts = self._facts.get(type_id)
        if facts is None:
            pack = self._packs[self._types[type_id]]
            facts = _DECODER.decode(pack.nodes[type_id])
            if pack.facts.missing:
                facts = msgspec.structs.replace(facts, missing=pack.facts.missing, install=pack.facts.install)
            self._facts[type_id] = facts
        return facts

    def _start(self, places: list[discover.Place], plugins: bool) -> None:
        known = cache.read_index(self._file) if self._file else None
        same = known is not None and known.environment == self._environment
        if plugins:
            self._plugins = known.installed if known is not None and same else discover.installed()
        before = {pack.folder: pack for pack in known.packs} if known else {}
        changed = not same
        for place in (*places, *self._plugins):
            there = False
            for folder, module, folder_time in scan.pack_folders(place) if place.folder else ():
                pack = before.pop(folder, None)
                fresh = pack is None or (pack.folder_time, pack.module) != (folder_time, module)
                if pack is None or fresh:
                    pack = scan.index_pack(folder, module, place.install)
                    changed = changed or pack is not None
                elif not same:
                    pack.facts = scan.with_missing(pack.facts)
                if pack is not None:
                    self._add(pack, fresh)
                    there = True
            if place.announced and not there:
                self._add(scan.lost_pack(place), fresh=True)
        if changed or before:
            self._save()

    def _add(self, pack: cache.PackIndex, fresh: bool) -> None:
        name = pack.facts.id
        first = self._packs.get(name)
        if first is None:
            self._packs[name] = pack
            self._types.update(dict.fromkeys(pack.nodes, name))
            if fresh:
                self._checked.add(name)
            return
        problem = PackProblem(
            code="catalog.duplicate_pack",
            template="There is a pack {pack} in {first} already; the one in {second} is left out.",
            args={"pack": name, "first": first.folder, "second": pack.folder},
            file="manifest.toml",
        )
        self._extra_problems.setdefault(name, []).append(problem)

    def _save(self) -> None:
        if self._file:
            state = cache.reader_state()
            packs = [pack for pack in self._packs.values() if pack.folder]
            cache.write_index(self._file, cache.Index(state, self._environment, self._plugins, packs))

    def _check(self, name: str) -> None:
        """Compare a pack's files with the index, once; read the pack again where they differ."""
        with self._lock:
            pack = self._packs.get(name)
            if name in self._checked or pack is None:
                return
            self._checked.add(name)
            if pack.settled and scan.fingerprint(pack.folder)[0] == pack.files:
                return
            fresh = scan.index_pack(pack.folder, pack.module, pack.install)
            # Others look types up meanwhile, from the loop or from threads: what stays is there at every moment.
            for type_id in pack.nodes:
                if fresh is None or type_id not in fresh.nodes:
                    self._types.pop(type_id, None)
            if fresh is None:
                del self._packs[name]
            else:
                self._packs[name] = fresh
                self._types.update(dict.fromkeys(fresh.nodes, name))
            for type_id in pack.nodes:
                self._facts.pop(type_id, None)
            self._save()
