"""The node types that are installed, for lists and help."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from studio.catalog import Catalog, NodeFacts, PackFacts
from studio.domain.errors import NotFound, StudioError
from studio.services import _shapes as shapes


class Nodes:
    """Reads the catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._shapes: dict[NodeFacts, tuple[dict[str, Any], dict[str, Any]]] = {}

    def list(self, words: str | None = None, pack: str | None = None) -> list[NodeFacts]:
        """Node types by name, or those that fit some words, best first.

        Raises:
            NotFound: There is no such pack.
        """
        if pack is not None and pack not in {one.id for one in self._catalog.packs()}:
            raise NotFound("catalog.unknown_pack", "There is no pack {pack}.", pack=pack)
        found = self._catalog.search(words) if words else self._catalog.all()
        return [facts for facts in found if pack is None or facts.pack == pack]

    def packs(self) -> list[PackFacts]:
        """Every pack with its problems."""
        return self._catalog.packs()

    def title(self, facts: NodeFacts, lang: str) -> str:
        """Title in a language, English where it is not translated."""
        return self._catalog.strings(facts.pack).title(facts.type, lang) or facts.title

    def description(self, facts: NodeFacts, lang: str) -> str:
        """Description in a language, English where it is not translated."""
        return self._catalog.strings(facts.pack).description(facts.type, lang) or facts.description

    def labels(self, facts: NodeFacts, lang: str) -> dict[str, str]:
        """Names of a node's params in a language, as far as they are translated."""
        return self._catalog.strings(facts.pack).params(facts.type, lang)

    async def shown(self, type_id: str) -> dict[str, Any]:
        """As ``show``, with what takes a moment done off the event loop."""
        await self._catalog.load_async(type_id)
        return self.show(type_id)

    async def shapes(self, lang: str) -> list[dict[str, Any]]:
        """What every node type takes and gives, as ``shapes`` tells it; types that cannot be loaded are left out.

        The first call loads every node type; what it finds is kept for as long as the node's file stays as it is.
        """
        every = self._catalog.all()
        for facts in every:
            if facts not in self._shapes and not facts.missing:
                with suppress(StudioError):
                    node = await self._catalog.load_async(facts.type)
                    self._shapes[facts] = (node.input_schema({}), node.output_schema({}))
        return [
            {
                "type": facts.type,
                "params": shapes.members(self._shapes[facts][0], self.labels(facts, lang)),
                "outputs": shapes.members(self._shapes[facts][1], {}),
            }
            for facts in every
            if facts in self._shapes
        ]

    def show(self, type_id: str) -> dict[str, Any]:
        """Everything about a node type: facts, schemas and examples.

        Raises:
            NotFound: There is no such type; names a near one.
            UserError: Its pack lacks a library; names the command that installs it.
        """
        facts = self._catalog.facts(type_id)
        node = self._catalog.load(type_id)
        return {
            "facts": facts,
            "params": node.input_schema({}),
            "output": node.output_schema({}),
            "examples": [_example(example) for example in node.examples],
        }


def _example(example: Any) -> dict[str, Any]:
    fields = ("title", "input", "output", "error")
    return {name: value for name in fields if (value := getattr(example, name, None)) is not None}
