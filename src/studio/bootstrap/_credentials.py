"""Credentials by alias: from the environment, else from the vault. Tokens of OAuth 2 are renewed before they end."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec

from studio.domain.errors import AuthenticationFailed, NodeError, ProviderError, UserError
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.domain.reasons import os_reason
from studio.services.vault.model import SIGN_IN
from studio.services.vault.renewing import renewing

if TYPE_CHECKING:
    from studio.catalog import Catalog
    from studio.contracts.http import HttpRequest
    from studio.engine import Charge
    from studio.net import EgressClient
    from studio.sdk import CredentialType, OAuth2Scheme
    from studio.services.in_charge import InCharge
    from studio.services.vault.lookup import Ask, Filled, Lookup
    from studio.storage import Opened

PREFIX = "STUDIO_CREDENTIAL_"
_LARGEST = 1024 * 1024
_RENEWED = ("access_token", "refresh_token")


def variable_of(alias: str) -> str:
    """The environment variable that may hold a credential: ``mail-out`` gives ``STUDIO_CREDENTIAL_MAIL_OUT``."""
    return PREFIX + re.sub(r"[^A-Za-z0-9]", "_", alias).upper()


class Found(NamedTuple):
    """A credential as the host uses it. ``filled`` is None where it comes from the environment."""

    kind: CredentialType
    fields: Mapping[str, Any]
    filled: Filled | None
    source: str = ""


class Credentials:
    """Looks credentials up.

    The environment stands for the default workspace. On a server it is for Admins, as far as the operator does not open
    it to everybody there; who runs workflows by the command line has set it. What a service renews of a credential
    given there is kept in the vault, for as long as the environment says the same. A renewal is under a lock of the
    database, so that of all processes one alone uses up a refresh token.
    """

    def __init__(self, opened: Opened, catalog: Catalog, lookup: Lookup, in_charge: Callable[[], InCharge]) -> None:
        self._opened = opened
        self._in_charge = in_charge
        self.shared: Sequence[str] = ()
        """Names of those of the environment that the operator opens to the whole workspace; ``*`` for all."""
        self._catalog = catalog
        self._lookup = lookup
        self._renewing: dict[tuple[str, str, Any], asyncio.Task[None]] = {}

    def outside(self, workspace: str, alias: str) -> bool | None:
        """Whether everybody in the workspace may use a credential of the environment; None where it gives none."""
        if workspace != DEFAULT_WORKSPACE or not os.environ.get(variable_of(alias)):
            return None
        return any(one == "*" or variable_of(one) == variable_of(alias) for one in self.shared)

    async def get(self, workspace: str, alias: str, charge: Charge | None = None) -> Found:
        """A credential with its fields, where whoever answers for the execution may use it.

        Raises:
            AccessRefused: They may not.
            UserError: There is none, its type is not installed, what the environment says is none, or what a field
                refers to is not there.
        """
        shared = self.outside(workspace, alias)
        if charge is not None and shared is not None:
            await self._in_charge().given(charge, workspace, alias, shared=shared)
        given = _given(alias) if shared is not None else None
        if given is None:
            filled = await self._lookup.filled(workspace, alias, ask=self._ask(workspace, alias, charge))
            if filled is None:
                raise UserError(
                    "credential.not_found",
                    "There is no credential {alias}; the environment variable {variable} may hold one.",
                    alias=alias,
                    variable=variable_of(alias),
                )
            await self._lookup.note_use(workspace, filled.credential.id)
            return Found(await self._type(alias, filled.form.id), filled.fields, filled)
        type_id, fields, source = given
        kind = await self._type(alias, type_id)
        kind.check(fields)
        kept = await self._opened.store.credential(workspace, _kept_as(alias))
        if kept is not None:
            renewed: dict[str, Any] = msgspec.msgpack.decode(kept[1])
            if renewed["source"] == source:
                return Found(kind, renewed["fields"], None, source)
        return Found(kind, fields, None, source)

    async def secrets(self, workspace: str) -> list[str]:
        """The secrets that the environment gives, and what services renewed of them: what views have to mask."""
        from studio.services.vault.hiding import secret_texts

        if workspace != DEFAULT_WORKSPACE:
            return []
        found: list[str] = []
        for variable in [name for name in os.environ if name.startswith(PREFIX)]:
            try:
                given = _given(variable.removeprefix(PREFIX))
            except UserError:
                continue
            kind = None if given is None else await self._known(given[0])
            if given is not None and kind is not None:
                secret = {field.name for field in kind.fields if field.secret}
                found += secret_texts({name: value for name, value in given[1].items() if name in secret})
        for name, _ in await self._opened.store.credentials(workspace):
            kept = await self._opened.store.credential(workspace, name)
            if kept is not None:
                fields: dict[str, Any] = msgspec.msgpack.decode(kept[1])["fields"]
                found += secret_texts({one: fields[one] for one in _RENEWED if one in fields})
        return found

    def _ask(self, workspace: str, alias: str, charge: Charge | None) -> Ask | None:
        if charge is None:
            return None
        return lambda found: self._in_charge().credential(charge, workspace, alias, found)

    async def _known(self, type_id: str) -> CredentialType | None:
        """A type; those of packs are looked for off the event loop."""
        found = self._catalog.generic_credentials().get(type_id)
        return found or await asyncio.to_thread(self._catalog.credential_type, type_id)

    async def _type(self, alias: str, type_id: str) -> CredentialType:
        kind = await self._known(type_id)
        if kind is None:
            raise UserError(
                "credential.unknown_type", "The credential {alias} is of type {type}, which is not installed here.",
                alias=alias, type=type_id,
            )  # fmt: skip
        return kind

    async def current(
        self, workspace: str, alias: str, client: EgressClient, charge: Charge | None = None
    ) -> tuple[CredentialType, Mapping[str, Any]]:
        """Type and fields, with a token that is still good for a while; a renewal is sent by ``client``."""
        found = await self.get(workspace, alias, charge)
        scheme = _renewable(found.kind)
        if scheme is not None and scheme.needs_refresh(found.fields, time.time()):
            found = await self._renewed(workspace, alias, found, client)
        return found.kind, found.fields

    async def refused(self, workspace: str, alias: str, request: HttpRequest, client: EgressClient) -> bool:
        """Whether another try may succeed after the service did not accept the token that ``request`` carries."""
        found = await self.get(workspace, alias)
        scheme = _renewable(found.kind)
        if scheme is None:
            return False
        if scheme.apply(request, found.fields).headers == request.headers:
            await self._renewed(workspace, alias, found, client)
        return True

    async def _renewed(self, workspace: str, alias: str, spent: Found, client: EgressClient) -> Found:
        """Renew a token once, however many ask for it at the same time; all of them get what comes of it."""
        key = (workspace, alias, spent.fields.get("access_token"))
        task = self._renewing.get(key)
        if task is None:
            renewal = self._renew(workspace, alias, spent, client)
            task = self._renewing[key] = asyncio.get_running_loop().create_task(renewal)
            task.add_done_callback(lambda _task: self._renewing.pop(key, None))
        try:
            await asyncio.shield(task)
        except NodeError as error:
            raise _once_more(error) from error
        return await self.get(workspace, alias)

    async def _renew(self, workspace: str, alias: str, spent: Found, client: EgressClient) -> None:
        latest = spent

        async def done() -> bool:
            nonlocal latest
            latest = await self.get(workspace, alias)
            _check_signed_in(alias, latest)
            return latest.fields.get("access_token") != spent.fields.get("access_token")

        key = spent.filled.credential.id if spent.filled is not None else f"environment:{alias}"
        vault, now = self._lookup.vault, self._opened.store.now
        async with renewing(vault, now, workspace, key, done) as needed:
            if needed:
                await self._send(workspace, alias, latest, client)

    async def _send(self, workspace: str, alias: str, found: Found, client: EgressClient) -> None:
        scheme = cast("OAuth2Scheme", found.kind.scheme)
        try:
            answer = await client.send_secret(scheme.refresh_request(found.fields), alias)
            new = scheme.refreshed(found.fields, answer, time.time())
        except AuthenticationFailed as error:
            error.in_doubt = False
            if found.filled is not None and scheme.grant == "refresh_token":
                await self._lookup.needs_sign_in(workspace, found.filled, str(error.arguments.get("reason", "")))
            raise
        except ProviderError as error:
            error.in_doubt = False  # what the node asks for has not been sent
            raise
        await self._keep(workspace, alias, found, new)

    async def _keep(self, workspace: str, alias: str, found: Found, fields: Mapping[str, Any]) -> None:
        """Store what was renewed before it is used: a refresh token may be good for one time only."""
        if found.filled is not None:
            await self._lookup.keep(workspace, found.filled, fields)
            return
        self._lookup.hiding.remember(workspace, [str(fields[one]) for one in _RENEWED if fields.get(one)])
        value = {"source": found.source, "fields": fields}
        await self._opened.store.set_credential(
            workspace, _kept_as(alias), found.kind.id, msgspec.msgpack.encode(value)
        )


def _check_signed_in(alias: str, found: Found) -> None:
    """Ask a provider no more that has said already that somebody must sign in again.

    Raises:
        AuthenticationFailed: That is so.
    """
    if found.filled is not None and found.filled.credential.value.state == SIGN_IN:
        raise AuthenticationFailed(
            "credential.sign_in_again", "Somebody has to sign in again for the credential {alias}.", status=401,
            alias=alias,
        )  # fmt: skip


def _kept_as(alias: str) -> str:
    return f"{alias}@environment"


def _renewable(kind: CredentialType) -> OAuth2Scheme | None:
    from studio.sdk import OAuth2Scheme

    return kind.scheme if isinstance(kind.scheme, OAuth2Scheme) else None


def _once_more(error: NodeError) -> NodeError:
    """The same error for another node run: each has a place of its own."""
    other = type(error).__new__(type(error))
    other.__dict__.update(error.__dict__)
    other.args = error.args
    return other


def _given(alias: str) -> tuple[str, dict[str, Any], str] | None:
    """Type, fields and fingerprint of what the environment says; None where it says nothing.

    Raises:
        UserError: It says something else than a credential.
    """
    variable = variable_of(alias)
    text = os.environ.get(variable)
    if not text:
        return None
    if text.startswith("@"):
        text = _file(alias, Path(text[1:]))
    try:
        found: object = json.loads(text)
    except ValueError:
        found = None
    fields = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    type_id = fields.pop("type", None)
    if not isinstance(type_id, str):
        raise UserError(
            "credential.environment",
            "The environment variable {variable} must hold a JSON object with `type` and the fields of the credential, "
            "or @ and the path of a file that does.",
            variable=variable,
        )
    return type_id, fields, hashlib.sha256(text.encode()).hexdigest()


def _file(alias: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST).decode(errors="replace")
    except OSError as error:
        raise UserError(
            "credential.file",
            "The file {path} with the credential {alias} cannot be read: {reason}.",
            path=str(path),
            alias=alias,
            reason=os_reason(error),
        ) from error
