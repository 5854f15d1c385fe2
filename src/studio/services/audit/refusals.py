"""Telling the audit log of those who were kept from something that matters."""

from __future__ import annotations

import logging
import time

from studio.contracts.records import Records
from studio.domain.access import Actor, ActorKind, Permission
from studio.domain.errors import AccessRefused, StudioError
from studio.domain.ids import INSTANCE
from studio.services.auditing import entry

WATCHED = frozenset(
    {
        Permission.OPERATE, Permission.AUDIT_VIEW, Permission.AUDIT_EXPORT, Permission.EXECUTION_REVEAL,
        Permission.MEMBER_MANAGE, Permission.KEY_MANAGE, Permission.SETTINGS_MANAGE, Permission.CREDENTIAL_MANAGE,
        Permission.CREDENTIAL_USE,
    }
)  # fmt: skip
"""Permissions of which every refusal is told; of the others those of requests that change something."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_TOLD_EVERY = 60.0
"""Seconds between two entries about the same refusal of the same caller, so that nobody can flood the log."""
_MOST_TOLD = 10_000
_LOG = logging.getLogger("studio.audit")


class Refusals:
    """Tells of refusals."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._told: dict[tuple[str, ...], float] = {}

    async def tell(self, actor: Actor, permission: Permission, method: str, route: str, error: AccessRefused) -> None:
        """Write down who was kept from what, where it matters; of the same again and again only once a minute.

        Args:
            actor: Who asked.
            permission: What the route asks for.
            method: Of the request.
            route: Its address, with the names of its parts.
            error: Why it was refused.
        """
        if method in _READING and permission not in WATCHED:
            return
        if actor.kind is ActorKind.ANONYMOUS or not self._new((actor.id, actor.key or "", method, route, error.code)):
            return
        refusal = entry(
            actor, "access.refused", kind="route", id=f"{method} {route}", outcome="refused",
            workspace=INSTANCE if permission is Permission.OPERATE else None,
            after={"permission": permission.value, "reason": error.code},
        )  # fmt: skip
        try:
            await self._records.commit([], [refusal])
        except StudioError as failed:
            # It was refused all the same; that nothing could be written is told where the operator looks.
            _LOG.error("a refusal is not in the audit log: %s", failed.code, extra={"route": route})

    def _new(self, key: tuple[str, ...]) -> bool:
        now = time.monotonic()
        if now - self._told.get(key, -_TOLD_EVERY) < _TOLD_EVERY:
            return False
        if len(self._told) >= _MOST_TOLD:
            self._told.clear()
        self._told[key] = now
        return True
