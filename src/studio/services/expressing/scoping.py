"""Which names an expression finds where it stands, with what is known of them: for completion."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
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
from studio.services.expressing.outlines import Outline
from studio.services.expressing.places import node_paths, place_of
from studio.services.expressing.previewing import Previewing
from studio.services.expressing.recorded import ABSENT
from studio.services.workflows._threads import aside
from studio.services.workflows.finding import Finder
from studio.validation.names import Known, names_at

_KEPT = 64


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
        self._kept: OrderedDict[tuple[str, int, str, bool], list[Known]] = OrderedDict()

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
        known = await self._known(head.id, outline, path, per_item=per_item)
        values, _ = await self._values(names, [one.name for one in known if one.name != "now"])
        if per_item or (place.node is not None and place.node.each is not None):
            more, _ = await self._previewing.item_of(names, param, 0)
            values |= {name: value for name, value in more.items() if value is not ABSENT}
        observed = await asyncio.to_thread(_observed, values)
        nodes = dict(node_paths(outline.workflow))
        found = [_name(names, one, nodes, observed) for one in known]
        return Scope(found, row.id if row is not None else None, outline.revision)

    async def _known(self, workflow: str, outline: Outline, path: str, *, per_item: bool) -> list[Known]:
        """The names at a place of a draft; of the places that were asked for last they are kept."""
        key = (workflow, outline.revision, path, per_item)
        known = self._kept.get(key)
        if known is None:
            item = ANY if per_item else None
            known = self._kept[key] = await aside(names_at, outline.workflow, self._catalog, path, per_item=item)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return known

    async def _values(self, names: Names, wanted: list[str]) -> tuple[dict[str, Any], list[str]]:
        found: dict[str, Any] = {}
        missing: list[str] = []
        for name in wanted:
            try:
                values, absent = await names.values([name])
            except StudioError:
                values, absent = {}, [name]  # of what cannot be read nothing is known
            found |= values
            missing += absent
        return found, missing


def _name(names: Names, known: Known, nodes: Mapping[str, Node], observed: Mapping[str, dict[str, Any]]) -> Name:
    node = nodes.get(known.node) if known.node is not None else None
    return Name(
        name=known.name, kind="node" if node is not None else names.kind_of(known.name),
        node=known.node if node is not None else None, type=node.type if node is not None else None,
        title=(node.title or "") if node is not None else "", optional=known.optional, schema=shape_of(known.type),
        observed=observed.get(known.name),
    )  # fmt: skip


def _observed(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The shapes of values. Long lists are not read for it."""
    return {name: shape_of(_type(value)) for name, value in values.items()}


def _type(value: Any) -> Type:
    try:
        return type_of(value)
    except StudioError:
        return ListType()
