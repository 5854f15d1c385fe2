"""Packs made for tests."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.catalog import Catalog, Place
from studio.catalog._discover import local

MANIFEST = """
id = "{id}"
title = "Pack {id}"
category = "data"
description = "For tests"
owners = ["tests"]
"""

NODE = '''
"""{type}."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class {cls}(BaseNode):
    """Does {name} to a text.

    And more of it.
    """

    type = "{type}"
    keywords = ("word", "{name}")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")

    class Output(NodeModel):
        text: str

    examples = (Example(input={{"text": "a"}}, output={{"text": "a"}}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(text=input.text)
'''


class Packs:
    """A folder of packs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder.parent / "cache"
        folder.mkdir()

    def pack(self, id: str, extra: str = "") -> Path:
        """A pack with a manifest and nothing else."""
        (self.folder / id).mkdir(exist_ok=True)
        (self.folder / id / "manifest.toml").write_text(MANIFEST.format(id=id) + textwrap.dedent(extra))
        return self.folder / id

    def node(self, pack: str, name: str, source: str | None = None, type: str | None = None) -> Path:
        """A node file; ``source`` None writes a plain one."""
        if not (self.folder / pack).exists():
            self.pack(pack)
        path = self.folder / pack / f"{name}.py"
        text = (
            NODE.format(type=type or f"{pack}.{name}", name=name, cls=name.capitalize()) if source is None else source
        )
        path.write_text(textwrap.dedent(text))
        return path

    def age(self) -> None:
        """Make everything old enough that the index trusts times of modification."""
        old = time.time() - 100
        for path in [*self.folder.rglob("*"), self.folder]:
            os.utime(path, (old, old))

    def catalog(self) -> Catalog:
        """A catalogue of these packs alone."""
        return Catalog([self.place()], cache_dir=self.cache)

    def place(self) -> Place:
        """Where they lie."""
        return local(self.folder)


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    return Packs(tmp_path / "packs")


@pytest.fixture
def text_pack(packs: Packs) -> Packs:
    packs.node("text", "upper")
    packs.node("text", "lower")
    return packs


PacksFactory = Callable[[], Packs]
