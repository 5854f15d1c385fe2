"""Test calls: a harmless request that shows whether a credential works."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from studio.contracts.http import HttpClient
from studio.domain.access import Actor
from studio.domain.errors import StudioError
from studio.services._clock import Clock
from studio.services.auditing import entry
from studio.services.vault.access import Access
from studio.services.vault.forms import Forms
from studio.services.vault.lookup import Lookup
from studio.services.vault.model import USE, Tested

ClientFor = Callable[[Sequence[str], str], HttpClient]
"""A client of a workspace with these exceptions, whose requests may name credentials by id."""
_TIMEOUT = 15.0
_LARGEST = 1024 * 1024


class Testing:
    """Makes test calls through the egress policy."""

    __test__ = False

    def __init__(
        self,
        access: Access,
        forms: Forms,
        lookup: Lookup,
        client_for: ClientFor,
        allowed_hosts: Callable[[str], Awaitable[Sequence[str]]],
        clock: Clock,
    ) -> None:
        self._access = access
        self._forms = forms
        self._lookup = lookup
        self._client_for = client_for
        self._allowed_hosts = allowed_hosts
        self._clock = clock

    async def test(self, actor: Actor, id: str) -> Tested:
        """Make the test call of a credential and remember what it showed.

        Raises:
            NotFound: There is none that the actor may see.
            AccessRefused: The actor may not use it.
            UserError: Its type has no test call.
        """
        found = await self._access.need(actor, id, USE)
        request = self._forms.test_request(await self._forms.need(found.value.type))
        request = msgspec.structs.replace(
            request, credential=found.id, timeout=_TIMEOUT, connect_timeout=_TIMEOUT, max_bytes=_LARGEST,
            url=_placed(request.url, found.value.plain),
        )  # fmt: skip
        client = self._client_for(await self._allowed_hosts(actor.workspace), actor.workspace)
        started = time.perf_counter()
        try:
            answer = await client.send(request)
            tested = Tested(at=self._clock(), ok=200 <= answer.status < 400, status=answer.status)
        except StudioError as error:
            tested = Tested(at=self._clock(), ok=False, code=error.code)
        await self._lookup.note_test(actor.workspace, id, tested)
        took = round((time.perf_counter() - started) * 1000)
        after = {"ok": tested.ok, "status": tested.status, "code": tested.code, "ms": took}
        await self._lookup.vault.records.commit(
            [], [entry(actor, "credential.tested", kind="credential", id=id, name=found.value.name, after=after)]
        )
        return tested


def _placed(url: str, plain: Mapping[str, Any]) -> str:
    """The address of a test call, ``{host}`` and the like filled in from the fields that are not secret."""
    for name, value in plain.items():
        if isinstance(value, str):
            url = url.replace("{" + name + "}", value)
    return url
