"""Answers about node types."""

from __future__ import annotations

from studio.server._models import Out


class NodeOut(Out):
    """A node type in a list."""

    type: str
    version: int
    title: str
    description: str
    category: str
    pack: str
    effect: str
    icon: str | None = None
