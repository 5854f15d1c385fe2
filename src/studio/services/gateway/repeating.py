"""Repeated requests: the same idempotency key gives the same answer, and nothing is done twice."""

from __future__ import annotations

import hashlib

import msgspec

from studio.contracts.records import Records
from studio.domain.access import Actor
from studio.domain.errors import Conflict, KeyReused, RecordChanged
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Collection, Kept

REMEMBERED = 24 * 3600 * 1_000_000
"""How long an answer is remembered."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was begun, and its answer once there is one; ``status`` 0 until then."""

    request: bytes
    status: int = 0
    headers: dict[str, str] = {}
    body: bytes = b""


class Repeats:
    """Remembers answers by caller, address and idempotency key."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._answers = Collection(records, "answer", Answer)

    async def begin(self, actor: Actor, address: str, key: str, body: bytes) -> tuple[str, Answer | None]:
        """Begin a request: what to call it in ``end``, and its answer where it was answered before.

        Args:
            actor: Who asks. Keys of different callers are different keys.
            address: Method and address.
            key: As the caller gave it.
            body: The request's body.

        Raises:
            KeyReused: The key came with another body.
            Conflict: The request was begun, and how it ended is not known (yet).
        """
        workspace = actor.workspace or INSTANCE
        id = await self._records.digest(workspace, f"{actor.key or actor.id}\n{address}\n{key}")
        digest = hashlib.sha256(body).digest()
        found = await self._answers.get(workspace, id)
        if found is None:
            fresh = Answer(request=digest)
            try:
                await self._put(workspace, id, fresh, expected=0)
            except RecordChanged:
                found = await self._answers.get(workspace, id)
            else:
                return id, None
        return id, self._known(found, digest)

    @staticmethod
    def _known(found: Kept[Answer] | None, digest: bytes) -> Answer:
        if found is not None and found.value.request != digest:
            raise KeyReused("request.idempotency_reused", "This Idempotency-Key was used for another request.").at(
                param="Idempotency-Key"
            )
        if found is None or not found.value.status:
            raise Conflict(
                "request.idempotency_open",
                "A request with this Idempotency-Key was begun, and how it ended is not known yet. "
                "Look whether it took effect before you use another key.",
            ).at(param="Idempotency-Key")
        return found.value

    async def end(self, actor: Actor, id: str, answer: Answer) -> None:
        """Remember the answer."""
        workspace = actor.workspace or INSTANCE
        begun = await self._answers.get(workspace, id)
        if begun is not None:
            full = msgspec.structs.replace(answer, request=begun.value.request)
            await self._put(workspace, id, full, expected=begun.revision)

    async def forget(self, actor: Actor, id: str) -> None:
        """The request did nothing: the key may be used again."""
        await self._records.commit([self._answers.drop(actor.workspace or INSTANCE, id)])

    async def _put(self, workspace: str, id: str, answer: Answer, *, expected: int) -> None:
        put = self._answers.put(workspace, id, answer, expected=expected, expires_at=self._clock() + REMEMBERED)
        await self._records.commit([put])
