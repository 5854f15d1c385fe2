"""Forms of nodes: what they look like with what is filled in, and the choices of their params."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from studio.catalog import Catalog, NodeFacts
from studio.domain.access import Actor, Permission
from studio.engine import Charge, Grants, HostServices, choices_of

MayUse = Callable[[Actor, Sequence[str]], Awaitable[None]]
"""Refuses credentials to those with whom they are not shared."""


class Form(NamedTuple):
    """A node type for whoever fills it in: its facts, and the JSON Schemas of its params and its output."""

    facts: NodeFacts
    params: dict[str, Any]
    output: dict[str, Any]


class Choice(NamedTuple):
    """One choice of a param: ``value`` is what is stored."""

    value: Any
    label: str
    help: str


class Forms:
    """Shows forms, and asks nodes for choices, under the rights of whoever fills them in."""

    def __init__(
        self,
        catalog: Catalog,
        host: HostServices,
        may_use: MayUse,
        allowed_hosts: Callable[[str], Awaitable[Sequence[str]]],
    ) -> None:
        self._catalog = catalog
        self._host = host
        self._may_use = may_use
        self._allowed_hosts = allowed_hosts

    async def form(self, type_id: str, params: Mapping[str, Any]) -> Form:
        """The form of a node type, as it is with these params.

        Raises:
            NotFound: There is no such type.
            UserError: Its file is broken, or its pack lacks a library.
        """
        node = await self._catalog.load_async(type_id)
        facts = self._catalog.facts(type_id)
        if not self._catalog.is_apart(type_id):
            return Form(facts, node.input_schema(params), node.output_schema(params))
        given, gives = await asyncio.gather(
            asyncio.to_thread(node.input_schema, params), asyncio.to_thread(node.output_schema, params)
        )
        return Form(facts, given, gives)

    async def choices(
        self, actor: Actor, type_id: str, param: str, *, params: Mapping[str, Any], credential: str | None,
        search: str, page: str | None, limit: int,
    ) -> tuple[list[Choice], str | None]:  # fmt: skip
        """The choices for a param, and what to ask for the next ones.

        Raises:
            AccessRefused: The credential is not shared with the actor.
            StudioError: The param has no choices, or they cannot be listed.
        """
        if credential is not None:
            await self._may_use(actor, [credential])
        impl = await self._catalog.load_async(type_id)
        grants = Grants(allow_hosts=list(await self._allowed_hosts(actor.workspace)), lang=actor.lang)
        found, following = await choices_of(
            impl, param, params=params, search=search, page=page, limit=limit,
            host=self._host, grants=grants, workspace=actor.workspace, credential=credential,
            charge=Charge(actor.id), tables=actor.may(Permission.TABLE_VIEW),
        )  # fmt: skip
        return [Choice(*one) for one in found], following
