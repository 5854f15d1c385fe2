"""What nodes would do to the world, as far as their types and what is written say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from studio.catalog import Catalog
from studio.domain.access import Actor
from studio.domain.errors import StudioError
from studio.domain.status import Effect
from studio.domain.workflow import Fallback, Graph, Node
from studio.services.workflows.finding import Finder
from studio.services.workflows.resolving import Resolver
from studio.validation.analysis import bodies, slot_nodes

_DEEPEST = 8
_MOST = 1000


class NodeEffect(NamedTuple):
    """What a node would do: its path, type and effect; ``workflow`` where a workflow that it calls does it."""

    node: str
    type: str
    title: str
    effect: Effect
    workflow: str | None = None


class Effects:
    """Finds effects."""

    def __init__(self, catalog: Catalog, finder: Finder, resolver: Resolver) -> None:
        self._catalog = catalog
        self._finder = finder
        self._resolver = resolver

    async def of(self, actor: Actor, nodes: Iterator[tuple[str, Node]]) -> list[NodeEffect]:
        """Everything above reading that these nodes would do, with what is inside of them."""
        found: list[NodeEffect] = []
        for path, node in nodes:
            found += [one async for one in self._node(actor, path, node)]
            if len(found) > _MOST:
                break
        return found[:_MOST]

    async def _node(self, actor: Actor, path: str, node: Node) -> AsyncIterator[NodeEffect]:
        if node.disabled:
            return
        for one in (node, *node.fallback):
            effect = await self._effect(one)
            if effect.rank > Effect.READ.rank:
                yield NodeEffect(path, one.type, node.title or "", effect)
            for called in self._called(one):
                highest = await self._highest(actor, called, 0, set())
                if highest is not None and highest.rank > Effect.READ.rank:
                    yield NodeEffect(path, one.type, node.title or "", highest, called)
        for name, body in bodies(node):
            for id, inner in body.nodes.items():
                async for one in self._node(actor, f"{path}.{name}.{id}", inner):
                    yield one
        for (name, _), inner in slot_nodes(node):
            async for one in self._node(actor, f"{path}.slots.{name}.{inner.id}", inner):
                yield one

    async def _effect(self, node: Node | Fallback) -> Effect:
        """The effect of a node as it is written; the highest that its type may have where that is left open."""
        try:
            facts = self._catalog.facts(node.type)
            if not facts.effect_varies or self._catalog.is_apart(node.type):
                return facts.effect
            impl = await self._catalog.load_async(node.type)
            fields = {info.alias or name: name for name, info in impl.input_model.model_fields.items()}
            params = {fields[name]: value for name, value in node.params.items() if name in fields}
            return impl.effect_of(impl.input_model.model_construct(**params))
        except (StudioError, ValueError, TypeError, LookupError, AttributeError):
            try:
                return self._catalog.facts(node.type).effect
            except StudioError:
                return Effect.PURE  # there is no such type: it does not run at all

    def _called(self, node: Node | Fallback) -> Iterator[str]:
        try:
            facts = self._catalog.facts(node.type)
        except StudioError:
            return
        for call in facts.calls:
            name = node.params.get(call.param)
            if isinstance(name, str) and "{{" not in name:
                yield name

    async def _highest(self, actor: Actor, reference: str, depth: int, seen: set[str]) -> Effect | None:
        """The highest effect of a published workflow and what it calls; nothing else of it is told."""
        head = await self._finder.any(actor.workspace, reference)
        if head is None or head.id in seen or depth > _DEEPEST or not head.value.published_hash:
            return None
        seen.add(head.id)
        workflow, _ = await self._resolver.version(actor.workspace, head.value.published_hash)
        found: list[Effect] = []
        for node in every_node(workflow):
            for one in (node, *node.fallback):
                found.append(await self._effect(one))
                for called in self._called(one):
                    inner = await self._highest(actor, called, depth + 1, seen)
                    found += [] if inner is None else [inner]
        return max(found, key=_rank, default=None)


def _rank(effect: Effect) -> int:
    return effect.rank


def every_node(graph: Graph) -> Iterator[Node]:
    """Every node of a workflow, bodies and slots included."""
    for node in graph.nodes.values():
        yield from _with_inner(node)


def _with_inner(node: Node) -> Iterator[Node]:
    yield node
    for _, body in bodies(node):
        yield from every_node(body)
    for _, inner in slot_nodes(node):
        yield from _with_inner(inner)
