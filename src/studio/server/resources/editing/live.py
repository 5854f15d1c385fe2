"""The live connection of somebody who has a workflow open: operations, presence and comments as they happen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import WebSocket, WebSocketDisconnect

from studio.domain.access import Actor, ActorKind
from studio.domain.errors import AccessRefused, NotFound, StudioError, UserError
from studio.server._asking import identify, platform_of
from studio.server.resources.comments.shown import thread_out
from studio.server.resources.editing.shown import operation_out
from studio.services.editing._history import LogGone
from studio.services.editing.feed import Subscription
from studio.services.editing.presence import Tab, Where, shown
from studio.services.platform import Platform
from studio.services.policy import NotSignedIn

CHECK_EVERY = 5.0
"""Seconds after which the rights of a connection are looked at again."""
_MESSAGES_A_SECOND = 20
_BURST = 60
_PAGE = 200
_MAX_MESSAGE = 16 * 1024


async def live(websocket: WebSocket, actor: Actor) -> None:
    """Tell what happens to a workflow until the connection ends.

    In the address: ``after``, the revision of the draft that the caller has (0 for the present one); ``comments``, the
    number of the last event of comments that they have (-1 for the present one); ``client``, the tab.
    """
    platform = platform_of(websocket)
    asked = websocket.query_params
    after, comments = _number(asked, "after", 0), _number(asked, "comments", -1)
    head = (await platform.workflows.finder.find(actor, websocket.path_params["workflow"])).id
    feed = platform.feed
    tab = platform.present.tab(actor, head, asked.get("client", "")[:64] or "tab")
    try:
        await websocket.accept()
        with feed.subscribed(actor.workspace, head) as subscription:
            talk = _Talk(websocket, platform, actor, head, tab, subscription)
            await talk.begin(after, comments)
            await talk.run()
    except WebSocketDisconnect:
        pass
    finally:
        await asyncio.shield(tab.leave())


def _number(asked: Mapping[str, str], name: str, missing: int) -> int:
    """A number of the address.

    Raises:
        UserError: It is none.
    """
    text = asked.get(name, str(missing))
    if not text.removeprefix("-").isdecimal() or len(text) > 18:
        raise UserError("request.number", "{name} must be a whole number.", name=name).at(param=name)
    return int(text)


async def _allowed(websocket: WebSocket, platform: Platform, workflow: str) -> tuple[Actor, str]:
    """Who connects, and the id of the workflow, which they may see."""
    if "authorization" not in websocket.headers and "origin" not in websocket.headers:
        # A cookie counts only from a page, which always says whose it is.
        raise NotSignedIn("access.not_signed_in", "Sign in first.")
    actor = await identify(websocket)
    if actor.kind is ActorKind.ANONYMOUS:
        raise NotSignedIn("access.not_signed_in", "Sign in first.")
    return actor, (await platform.workflows.finder.find(actor, workflow)).id


def _close_code(error: StudioError) -> int:
    """4401, 4403, 4404: as the status of a request would be."""
    if isinstance(error, NotSignedIn):
        return 4401
    if isinstance(error, AccessRefused):
        return 4403
    return 4404 if isinstance(error, NotFound) else 4400


class _Talk:
    """What is said on one connection."""

    def __init__(
        self, websocket: WebSocket, platform: Platform, actor: Actor, workflow: str, tab: Tab, feed: Subscription
    ) -> None:
        self._socket = websocket
        self._platform = platform
        self._actor = actor
        self._workflow = workflow
        self._tab = tab
        self._feed = feed
        self._revision = 0
        self._comments = 0
        self._seen: dict[str, dict[str, Any]] = {}
        self._checked = time.monotonic()
        self._tokens, self._refilled = float(_BURST), self._checked

    async def begin(self, after: int, comments: int) -> None:
        """Say where everything stands."""
        workspace = self._actor.workspace
        draft = await self._platform.workflows.shelf.drafts.need(workspace, self._workflow)
        self._revision = after or draft.revision
        newest = await self._platform.reading_comments.newest(workspace, self._workflow)
        self._comments = newest if comments < 0 else comments
        await self._tab.arrive()
        everybody = [shown(one) for one in await self._platform.present.everybody(workspace, self._workflow)]
        self._seen = {f"{one['account']}.{one['client']}": one for one in everybody}
        await self._send({
            "type": "hello", "workflow": self._workflow, "revision": draft.revision, "comments": newest,
            "present": everybody,
        })  # fmt: skip

    async def run(self) -> None:
        """Talk until one side ends it."""
        tasks = [asyncio.create_task(self._tell()), asyncio.create_task(self._listen())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self) -> None:
        looked = 0.0
        while True:
            if time.monotonic() - self._checked >= CHECK_EVERY and not await self._still_allowed():
                return
            await self._operations()
            await self._new_comments()
            if time.monotonic() - looked >= 1:
                looked = time.monotonic()
                await self._tab.beat()
                await self._others()
            for event in await self._feed.wait():
                await self._presence(event)

    async def _still_allowed(self) -> bool:
        self._checked = time.monotonic()
        try:
            actor, _ = await _allowed(self._socket, self._platform, self._workflow)
            if actor.workspace != self._actor.workspace:
                raise NotFound("workflow.not_found", "There is no workflow {id}.", id=self._workflow)
            self._actor = actor
        except StudioError as error:
            await self._socket.close(_close_code(error), error.code)
            return False
        return True

    async def _operations(self) -> None:
        while True:
            try:
                since = await self._platform.editing.history.after_revision(
                    self._actor.workspace, self._workflow, self._revision, _PAGE
                )
            except LogGone:
                draft = await self._platform.workflows.shelf.drafts.need(self._actor.workspace, self._workflow)
                self._revision = draft.revision
                await self._send({"type": "reload", "revision": draft.revision})
                return
            for record in since.records:
                await self._send({"type": "operation", "operation": operation_out(record).model_dump(mode="json")})
                self._revision = record.revision
            if len(since.records) < _PAGE:
                return

    async def _new_comments(self) -> None:
        comments = self._platform.reading_comments
        changed = await comments.changed_after(self._actor.workspace, self._workflow, self._comments)
        for one in changed:
            shown = await comments.show_changed(self._actor, one)
            if shown is not None:
                thread = thread_out(shown).model_dump(mode="json")
                await self._send({"type": "comment", "number": one.value.seq, "thread": thread})
            self._comments = one.value.seq

    async def _others(self) -> None:
        """Those in other processes: who is new, elsewhere, or gone."""
        found = await self._platform.present.everybody(self._actor.workspace, self._workflow)
        now = {f"{one.account}.{one.client}": shown(one) for one in found}
        for key, one in now.items():
            before = self._seen.get(key)
            if before is None or (before["node"], before["selection"]) != (one["node"], one["selection"]):
                await self._presence({"type": "presence", **one})
        for key in [key for key in self._seen if key not in now]:
            gone = self._seen[key]
            await self._presence({"type": "left", "account": gone["account"], "client": gone["client"]})

    async def _presence(self, event: dict[str, Any]) -> None:
        key = f"{event['account']}.{event['client']}"
        if event["type"] == "left":
            if self._seen.pop(key, None) is None:
                return
        else:
            self._seen[key] = {name: one for name, one in event.items() if name != "type"}
        await self._send(event)

    async def _listen(self) -> None:
        while True:
            text = await self._socket.receive_text()
            if len(text) > _MAX_MESSAGE:
                await self._socket.close(1009)
                return
            if not self._token():
                continue
            try:
                message = msgspec.json.decode(text, type=_Message)
            except msgspec.MsgspecError:
                await self._socket.close(1003)
                return
            if message.type == "presence":
                await self._tab.beat(Where(node=message.node, selection=message.selection, cursor=message.cursor))

    def _token(self) -> bool:
        """Whether another message may count; a few too many are passed over."""
        now = time.monotonic()
        self._tokens = min(_BURST, self._tokens + (now - self._refilled) * _MESSAGES_A_SECOND)
        self._refilled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    async def _send(self, event: dict[str, Any]) -> None:
        await self._socket.send_text(msgspec.json.encode(event).decode())


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says: where it is, or only that it is there."""

    type: str
    node: str | None = None
    selection: list[str] = []
    cursor: tuple[float, float] | None = None
