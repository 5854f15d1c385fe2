"""Which names an expression finds where it stands, with what is known of them: for completion."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.catalog import Catalog
from studio.domain.access import Actor
from studio.domain.errors import StudioError
from studio.domain.workflow import Node
from studio.expressions.shapes import shape_of
from studio.expressions.types import ANY, ListType, Type, type_of
from studio.services.expressing.names import Names
from studio.services.expressing.places import node_paths, place_of
from studio.services.expressing.previewing import Previewing
from studio.services.expressing.recorded import ABSENT
from studio.services.workflows._threads import aside
from studio.services.workflows.finding import Finder
from studio.validation.names import Known, names_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name in scope.

    Args:
        name: As it is written.
        kind: node, inputs, vars, execution, workflow, now, input, item, index, state, acc, error, args or event.
        node: Path of the node that it is.
        type: Type of that node.
        title: Its title in the workflow, "" for none.
        optional: It may be null, because the node may not run.
        schema: JSON Schema of what is known of it beforehand.
        observed: JSON Schema of what it stood for when it ran last; None where nothing was recorded.
    """

    name: str
    kind: str
    node: str | None
    type: str | None
    title: str
    optional: bool
    schema: dict[str, Any]
    observed: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Scope:
    """All names, and the execution that their observed shapes are of."""

    names: list[Name]
    execution: str | None
    revision: int


class Scoping:
    """Tells which names are in scope."""

    def __init__(self, catalog: Catalog, finder: Finder, previewing: Previewing) -> None:
        self._catalog = catalog
        self._finder = finder
        self._previewing = previewing

    async def scope(
        self, actor: Actor, reference: str, path: str, *, param: str = "", execution: str = "last"
    ) -> Scope:
        """The names at a node or level of a draft; of what ran before, also its shape then. No values.

        Raises:
            NotFound: There is no such workflow, node or execution that the actor may see.
        """
        head = await self._finder.find(actor, reference)
        outline = await self._previewing.outlines.of(actor.workspace, head.id)
        place = place_of(outline.workflow, path)
        row = await self._previewing.row(actor, head.id, execution)
        data = await self._previewing.data(actor, head.id, row)
        names = self._previewing.names(actor, outline.workflow, place, data, ())
        per_item = await self._previewing.per_item(place.node, param) if place.node is not None and param else False
        known = await aside(names_at, outline.workflow, self._catalog, path, per_item=ANY if per_item else None)
        nodes = dict(node_paths(outline.workflow))
        found = [await self._name(names, one, nodes) for one in known]
        if per_item or (place.node is not None and place.node.each is not None):
            found = [await self._items(names, one, param, place.node) for one in found]
        return Scope(found, row.id if row is not None else None, outline.revision)

    async def _name(self, names: Names, known: Known, nodes: Mapping[str, Node]) -> Name:
        node = nodes.get(known.node) if known.node is not None else None
        kind = "node" if node is not None else names.kind_of(known.name)
        observed: dict[str, Any] | None = None
        if known.name != "now":
            values, _ = await self._values(names, known.name)
            observed = None if known.name not in values else await _observed(values[known.name])
        return Name(
            name=known.name, kind=kind, node=known.node if node is not None else None,
            type=node.type if node is not None else None, title=(node.title or "") if node is not None else "",
            optional=known.optional, schema=shape_of(known.type), observed=observed,
        )  # fmt: skip

    async def _values(self, names: Names, name: str) -> tuple[dict[str, Any], list[str]]:
        try:
            return await names.values([name])
        except StudioError:
            return {}, [name]

    async def _items(self, names: Names, one: Name, param: str, node: Node | None) -> Name:
        if one.name != "item" or node is None:
            return one
        more, _ = await self._previewing.item_of(names, param, 0)
        value = more.get("item", ABSENT)
        if value is ABSENT:
            return one
        return Name(
            name=one.name, kind="item", node=None, type=None, title="", optional=False, schema=one.schema,
            observed=await _observed(value),
        )  # fmt: skip


async def _observed(value: Any) -> dict[str, Any]:
    """The shape of a value. Long lists are not read for it."""
    return shape_of(await asyncio.to_thread(_type, value))


def _type(value: Any) -> Type:
    try:
        return type_of(value)
    except StudioError:
        return ListType()
