"""``nodes list`` and ``nodes show`` on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.cli._say import Voice
from studio.cli._terminal import write_json
from studio.cli.nodes_list import show_types
from studio.cli.nodes_show import print_type
from studio.cli.remote.connection import on_server

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import NodeDetail, NodeOut

_PRINTED = ("type", "title", "category", "pack", "version", "effect", "description", "missing", "install")


def list_nodes(server: str, words: str, pack: str | None, voice: Voice, *, as_json: bool) -> int:
    """Node types of a server."""

    async def work(client: Client) -> list[NodeOut]:
        return [one async for one in client.iter_nodes(q=words or None, pack=pack, limit=200)]

    found = on_server(server, voice.lang, work)
    show_types([{name: one.get(name) for name in _PRINTED} for one in found], voice, as_json=as_json)
    return 0


def show_node(server: str, type: str, voice: Voice, *, as_json: bool) -> int:
    """Everything about a node type of a server."""

    async def work(client: Client) -> NodeDetail:
        return await client.show_node(type)

    shown = on_server(server, voice.lang, work)
    if as_json:
        parts = ("params", "output", "examples", "labels")
        facts = {name: value for name, value in shown.items() if name not in parts}
        write_json({"facts": facts, **{name: shown[name] for name in parts if name != "labels"}})
    else:
        print_type(shown, voice)
    return 0
