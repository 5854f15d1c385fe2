"""Following calls to the errors that a function can end with."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ERRORS = """
class StudioError(Exception):
    def __init__(self, code, message): ...
class NotFound(StudioError): ...
class Conflict(StudioError): ...
class Busy(Conflict):
    def __init__(self): super().__init__("shop.busy", "…")
"""
SERVICE = """
from __future__ import annotations
from collections.abc import Awaitable, Callable
from functools import cached_property
from shop.domain.errors import Busy, Conflict, NotFound, StudioError

class Shelf:
    async def get(self, id: str) -> Thing | None:
        if id == "": raise none(id)
    def lent(self):
        raise Busy
class Thing: ...

def none(id: str) -> NotFound:
    return NotFound("shop.none", "…")

class Shop:
    def __init__(self, shelf: Shelf, may: Callable[[str], Awaitable[None]]) -> None:
        self._shelf = shelf
        self._may = may

    async def get(self, id: str) -> Thing:
        await self._may(id)
        return await self._shelf.get(id)

    async def quiet(self, id: str) -> None:
        try:
            await self.get(id)
        except NotFound:
            return
    async def louder(self, id: str) -> None:
        try:
            await self._shelf.get(id)
        except NotFound as error:
            raise placed(error)
    async def beside(self, id: str) -> None:
        create_task(self.get(id))
    async def busy(self) -> None:
        raise Busy()
    def none_known(self) -> None:
        unknown.call()
    async def kinds(self, fast: bool) -> None:
        kind = FAST if fast else SLOW
        await self.driver.write(kind, 1)
        kind = kind.other if kind else None

def _fast() -> None:
    raise Conflict("shop.fast", "…")
def _slow() -> None:
    raise Conflict("shop.slow", "…")

FAST = Kind("fast", _fast)
SLOW = Kind("slow", _slow)

class Closed(Conflict):
    def __init__(self) -> None:
        super().__init__("shop.shut", "…")
class Tonight(Closed):
    def __init__(self) -> None:
        super().__init__()
def tonight() -> None:
    raise Tonight()

def placed(error: StudioError) -> StudioError:
    return error

class Platform:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
    @cached_property
    def shop(self) -> Shop:
        def may(id: str): raise Conflict("shop.closed", "…")
        return Shop(self.shelf, may)

async def route(platform: Platform) -> None:
    await platform.shop.get("x")
"""


def test_calls_are_followed_to_the_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "tools"))
    from call_flow import Flow

    for name, text in {"domain/errors": ERRORS, "service": SERVICE, "left_out/wrong": "def broken("}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.py").write_text(text)
    flow = Flow(tmp_path, "shop", ["left_out"])

    def ends(name: str) -> dict[str, str]:
        return {code: cls.name for code, cls in flow.ends(flow.function("shop.service", name))}

    both = {"shop.none": "NotFound", "shop.closed": "Conflict"}
    assert ends("Shop.get") == ends("route") == both
    assert ends("Shop.quiet") == {"shop.closed": "Conflict"}
    assert ends("Shop.louder") == {"shop.none": "NotFound"}
    assert ends("Shop.kinds") == {"shop.fast": "Conflict", "shop.slow": "Conflict"}
    assert "shop.shut" in ends("tonight")
    assert ends("Shop.busy") == {"shop.busy": "Busy"}
    assert ends("Shop.beside") == ends("Shop.none_known") == {}
    assert flow.line(flow.function("shop.domain.errors", "Busy.__init__").owner) == [
        "Busy", "Conflict", "StudioError",
    ]  # fmt: skip
    assert "call_flow" in sys.modules
