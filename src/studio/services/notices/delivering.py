"""Telling: one letter per person with everything that waits for them, and one signed request to the webhook.

What was delivered is written down before the next is tried. A process that is killed between sending and writing sends
that one letter again; nothing is lost.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence

import msgspec
import orjson

from studio.contracts.http import HttpClient, HttpRequest
from studio.contracts.records import Change
from studio.domain.errors import ProviderError, RecordChanged, StudioError
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.notices.mail import Letter, Mailer
from studio.services.notices.model import Notice, NoticeSettings, Shelf
from studio.services.notices.recipients import Recipients
from studio.services.notices.sentences import link, sentence, subject
from studio.services.people.letters import Say
from studio.services.people.model import People

_LOG = logging.getLogger("studio.notices")
_TRIES = 8
_FIRST_RETRY = 60 * 1_000_000
_LONGEST_RETRY = 6 * 3600 * 1_000_000
_HOOK = "webhook"
_TIMEOUT = 15.0


def signature(secret: str, id: str, at: int, body: bytes) -> str:
    """As Standard Webhooks has it: HMAC-SHA256 over id, time in seconds and body."""
    signed = b".".join((id.encode(), str(at).encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


class Delivering:
    """Delivers what is due.

    Args:
        shelf: Where notices are kept.
        people: Names of workspaces.
        clock: The database's, microseconds.
        recipients: Who is told.
        mailer: What sends mail, None where nothing does.
        say: Says a sentence in a language.
        address: Gives the address of this Studio.
        client: An HTTP client under the egress policy of a workspace.
        stands: Whether a notice is still to be told.
    """

    def __init__(
        self,
        shelf: Shelf,
        people: People,
        clock: Callable[[], int],
        recipients: Recipients,
        *,
        mailer: Mailer | None,
        say: Say,
        address: Callable[[], str],
        client: Callable[[Sequence[str]], HttpClient],
        stands: Callable[[str, Notice], Awaitable[bool]],
    ) -> None:
        self._shelf = shelf
        self._people = people
        self._clock = clock
        self._recipients = recipients
        self._mailer = mailer
        self._say = say
        self._address = address
        self._client = client
        self._stands = stands

    async def deliver(self, workspace: str, settings: NoticeSettings, hosts: Sequence[str]) -> int:
        """Tell what waits in a workspace as soon as one of it is due; how many notices are done with."""
        waiting = await self._shelf.notices.all(workspace)
        now = self._clock()
        if not any(one.value.due <= now for one in waiting):
            return 0
        # What was tried in vain waits for its own time; what is new goes along.
        ready = [one for one in waiting if one.value.due <= now or not one.value.tries]
        told = [one for one in ready if await self._stands(workspace, one.value)]
        done: dict[str, set[str]] = {one.id: set(one.value.done) for one in ready}
        failed: set[str] = set()
        if settings.mail and self._mailer is not None:
            failed |= await self._mail(workspace, told, done)
        if settings.webhook:
            failed |= await self._post(workspace, settings, hosts, told, done)
        return await self._settle(workspace, ready, done, failed)

    async def _mail(self, workspace: str, ready: Sequence[Kept[Notice]], done: dict[str, set[str]]) -> set[str]:
        """Send the letters; ids of notices of which one could not be sent."""
        failed: set[str] = set()
        for account in dict.fromkeys(account for one in ready for account in one.value.to):
            mine = [one for one in ready if account in one.value.to and account not in done[one.id]]
            letter = await self._letter(workspace, account, mine)
            try:
                if letter is not None and self._mailer is not None:
                    await self._mailer.send(letter)
            except ProviderError as error:
                _LOG.warning("a notice could not be mailed: %s", error.code, extra={"workspace": workspace})
                failed |= {one.id for one in mine}
                continue
            for one in mine:
                done[one.id].add(account)
        return failed

    async def _letter(self, workspace: str, account: str, mine: Sequence[Kept[Notice]]) -> Letter | None:
        wanted: list[Notice] = []
        email = lang = ""
        for one in mine:
            found = await self._recipients.wanting(workspace, account, one.value.kind)
            if found is not None:
                email, lang = found.email, found.lang
                wanted.append(one.value)
        if not wanted:
            return None
        lines: list[str] = []
        for notice in wanted:
            said = sentence(notice)
            lines.append("• " + self._say(said.code, said.template, said.arguments, lang))
            if where := link(notice, self._address()):
                lines.append("  " + where)
        kept = await self._people.workspaces.get(INSTANCE, workspace)
        about = subject(workspace if kept is None else kept.value.name, len(wanted))
        if workspace == INSTANCE:
            about = subject(INSTANCE, len(wanted))
        return Letter(email, self._say(about.code, about.template, about.arguments, lang), "\n".join(lines) + "\n")

    async def _post(
        self,
        workspace: str,
        settings: NoticeSettings,
        hosts: Sequence[str],
        ready: Sequence[Kept[Notice]],
        done: dict[str, set[str]],
    ) -> set[str]:
        mine = [one for one in ready if _HOOK not in done[one.id]]
        if not mine:
            return set()
        try:
            await self.post(workspace, settings, hosts, [(one.id, one.value) for one in mine])
        except StudioError as error:
            _LOG.warning("a notice could not be posted: %s", error.code, extra={"workspace": workspace})
            return {one.id for one in mine}
        for one in mine:
            done[one.id].add(_HOOK)
        return set()

    async def post(
        self, workspace: str, settings: NoticeSettings, hosts: Sequence[str], notices: Sequence[tuple[str, Notice]]
    ) -> None:
        """Post notices to the webhook of a workspace.

        Raises:
            AccessRefused: Its address is private, and no exception allows it.
            ProviderError: It does not answer, or not with 2xx.
        """
        shown = [
            {"id": id, "kind": one.kind, "subject": one.subject, "name": one.name, "facts": one.facts,
             "message": str(sentence(one))}
            for id, one in notices
        ]  # fmt: skip
        body = orjson.dumps({"type": "studio.notices", "workspace": workspace, "notices": shown})
        # The same notices have the same id at every try, so that whoever takes them can leave out what they had.
        id = "msg_" + hashlib.sha256("".join(id for id, _ in notices).encode()).hexdigest()[:32]
        at = self._clock() // 1_000_000
        headers = [("content-type", "application/json"), ("webhook-id", id), ("webhook-timestamp", str(at))]
        if settings.webhook_secret:
            headers.append(("webhook-signature", signature(settings.webhook_secret, id, at, body)))
        request = HttpRequest(
            method="POST", url=settings.webhook, headers=headers, body=body, timeout=_TIMEOUT, follow_redirects=False,
            max_bytes=65_536,
        )  # fmt: skip
        answer = await self._client(hosts).send(request)
        if not 200 <= answer.status < 300:
            raise ProviderError("notice.webhook", "The webhook answered with status {status}.", status=answer.status)

    async def _settle(
        self, workspace: str, ready: Sequence[Kept[Notice]], done: dict[str, set[str]], failed: set[str]
    ) -> int:
        changes: list[Change] = []
        for one in ready:
            tries = one.value.tries + 1
            if one.id not in failed:
                changes.append(self._shelf.notices.drop(workspace, one.id))
            elif tries >= _TRIES:
                _LOG.error("a notice was given up", extra={"workspace": workspace, "notice": one.id})
                changes.append(self._shelf.notices.drop(workspace, one.id))
            else:
                later = self._clock() + min(_FIRST_RETRY << (2 * tries - 2), _LONGEST_RETRY)
                value = msgspec.structs.replace(one.value, done=sorted(done[one.id]), tries=tries, due=later)
                changes.append(self._shelf.notices.put(workspace, one.id, value, expected=one.revision))
        try:
            await self._shelf.records.commit(changes)
        except RecordChanged:
            return 0
        return len(ready) - len(failed)
