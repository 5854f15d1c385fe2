"""Private hosts that the nodes of a workspace may reach: exceptions that only the operator makes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from studio.domain.access import Actor
from studio.domain.errors import NotFound, UserError
from studio.domain.ids import INSTANCE
from studio.net import EgressPolicy
from studio.services.auditing import entry
from studio.services.operation.model import Egress, Shelf

_MOST = 200


class EgressExceptions:
    """The exceptions of all workspaces, as known a few seconds ago.

    Args:
        shelf: Where they are kept.
        always: Hosts that every workspace may reach, by the server's options.
        exists: Whether there is a workspace.
    """

    def __init__(self, shelf: Shelf, always: tuple[str, ...], exists: Callable[[str], Awaitable[bool]]) -> None:
        self._shelf = shelf
        self._always = always
        self._exists = exists
        self._known: dict[str, tuple[str, ...]] | None = None

    async def allowed(self, workspace: str) -> tuple[str, ...]:
        """What a workspace may reach, an execution from its start on; for the instance what every one may."""
        if self._known is None:
            await self.refresh()
        return (*self._always, *(self._known or {}).get(workspace, ()))

    async def refresh(self) -> None:
        """Learn what has been set, here or by another server."""
        self._known = {one.id: tuple(one.value.hosts) for one in await self._shelf.egress.all(INSTANCE)}

    async def show(self, workspace: str) -> list[str]:
        """The exceptions of a workspace.

        Raises:
            NotFound: There is no such workspace.
        """
        return (await self._load(workspace))[0].hosts

    async def all(self) -> dict[str, list[str]]:
        """The exceptions of every workspace that has some."""
        return {one.id: one.value.hosts for one in await self._shelf.egress.all(INSTANCE) if one.value.hosts}

    async def add(self, actor: Actor, workspace: str, host: str) -> list[str]:
        """Let a workspace reach a host; nothing happens where it may already.

        Raises:
            NotFound: There is no such workspace.
            UserError: It is no ``HOST[:PORT]`` and no network, or there are too many.
        """
        host = host.strip().lower()
        _check(host)
        kept, revision = await self._load(workspace)
        if host in kept.hosts:
            return kept.hosts
        if len(kept.hosts) >= _MOST:
            raise UserError("egress.too_many", "A workspace has at most {limit} exceptions.", limit=_MOST)
        return await self._set(actor, workspace, kept.hosts, sorted([*kept.hosts, host]), revision)

    async def remove(self, actor: Actor, workspace: str, host: str) -> list[str]:
        """Take an exception away. Executions that began with it keep it.

        Raises:
            NotFound: There is no such workspace, or no such exception.
        """
        kept, revision = await self._load(workspace)
        if host not in kept.hosts:
            raise NotFound("egress.not_found", "{host} is no exception of this workspace.", host=host[:200])
        return await self._set(actor, workspace, kept.hosts, [one for one in kept.hosts if one != host], revision)

    async def _load(self, workspace: str) -> tuple[Egress, int]:
        if not await self._exists(workspace):
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=workspace)
        kept = await self._shelf.egress.get(INSTANCE, workspace)
        return (kept.value, kept.revision) if kept is not None else (Egress(), 0)

    async def _set(self, actor: Actor, workspace: str, before: list[str], after: list[str], revision: int) -> list[str]:
        put = self._shelf.egress.put(INSTANCE, workspace, Egress(hosts=after), expected=revision)
        told = entry(
            actor, "egress.changed", kind="workspace", id=workspace, before={"hosts": before}, after={"hosts": after},
            workspace=workspace,
        )  # fmt: skip
        await self._shelf.records.commit([put], [told])
        await self.refresh()
        return after


def _check(host: str) -> None:
    try:
        if not host or len(host) > 260 or len(host.replace(",", " ").split()) != 1:
            raise UserError(
                "egress.host", "{host} is no HOST[:PORT] and no network such as 10.0.0.0/8.", host=host[:100]
            )
        EgressPolicy([host])
    except UserError as error:
        error.at(param="host")
        raise
