"""Making, changing, sharing and deleting credentials. No secret ever leaves through here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from studio.contracts.records import ABSENT, Change
from studio.contracts.secrets import CredentialForm
from studio.domain.access import Actor
from studio.domain.errors import RecordChanged, UserError
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.people.model import People, member_id
from studio.services.vault._fields import Fields, changed, checked
from studio.services.vault._names import check_name, claim_name, name_taken, require_free
from studio.services.vault.access import Access, allowed, granted
from studio.services.vault.forms import Forms, signs_in
from studio.services.vault.hiding import Hiding, secret_texts
from studio.services.vault.model import (
    MANAGE,
    READY,
    SIGN_IN,
    Credential,
    CredentialSecret,
    CredentialUse,
    OAuthClient,
    Sharing,
    Vault,
    name_id,
)
from studio.services.vault.stores import Stores

_MAX_DESCRIPTION = 2000


class Seen(NamedTuple):
    """A credential as somebody sees it: what they may do with it, and when it was used and tested last."""

    credential: Kept[Credential]
    level: str
    use: CredentialUse


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change; None leaves it. ``fields`` says only what changes, with None for what is to be emptied."""

    name: str | None = None
    description: str | None = None
    fields: Mapping[str, Any] | None = None
    client: str | None = None
    expires_at: int | msgspec.UnsetType | None = msgspec.UNSET


class Credentials:
    """Keeps credentials. Every method checks what the actor may do with the credential."""

    def __init__(
        self, vault: Vault, people: People, forms: Forms, access: Access, stores: Stores, hiding: Hiding
    ) -> None:
        self._vault = vault
        self._people = people
        self._forms = forms
        self._access = access
        self._stores = stores
        self._hiding = hiding

    async def page(
        self, actor: Actor, *, type: str | None = None, after: tuple[str, str] | None = None, limit: int = 50
    ) -> tuple[list[Seen], tuple[str, str] | None]:
        """Credentials that the actor may see, by name, and the cursor of the next page."""
        groups = await self._access.groups(actor)
        seen: list[Kept[Credential]] = []
        while True:
            page = await self._vault.credentials.page(actor.workspace, field="name", after=after, limit=200)
            for one in page.items:
                if granted(one.value, actor, groups) and type in (None, one.value.type):
                    if len(seen) == limit:
                        last = seen[-1]
                        return await self._seen(actor, seen, groups), (last.value.name.casefold(), last.id)
                    seen.append(one)
            after = page.after
            if after is None:
                return await self._seen(actor, seen, groups), None

    async def _seen(self, actor: Actor, found: Sequence[Kept[Credential]], groups: Sequence[str]) -> list[Seen]:
        uses = await self._vault.uses.get_many(actor.workspace, [one.id for one in found])
        return [
            Seen(
                one, allowed(actor, granted(one.value, actor, groups)),
                uses[one.id].value if one.id in uses else CredentialUse(),
            )
            for one in found
        ]  # fmt: skip

    async def show(self, actor: Actor, id: str) -> Seen:
        """One.

        Raises:
            NotFound: There is none that the actor may see.
        """
        found = await self._access.need(actor, id)
        return (await self._seen(actor, [found], await self._access.groups(actor)))[0]

    async def create(
        self,
        actor: Actor,
        *,
        name: str,
        type: str,
        fields: Mapping[str, Any],
        description: str = "",
        client: str = "",
        expires_at: int | None = None,
    ) -> Seen:
        """Make one, which only the actor may use until it is shared.

        Args:
            actor: Becomes the owner.
            name: What workflows name it by.
            type: Credential type.
            fields: The form filled in. A secret field may refer to a secret store.
            description: What it is for.
            client: The provider whose registered client it signs in with; "" for a client of its own.
            expires_at: When it ends, where that is known.

        Raises:
            UserError: Type, name or fields will not do.
            Conflict: The name is taken.
        """
        form, name = await self._forms.need(type), check_name(name)
        registered = await self._client(form, client)
        made = checked(form, fields, registered)
        await self._stores.require_known(actor.workspace, made.secret)
        await require_free(self._vault, actor.workspace, name)
        id, workspace = new_id(), actor.workspace
        value = Credential(
            name=name, type=type, owner=actor.id, description=_described(description), plain=made.plain,
            filled=made.filled, client=client, state=_state(form, made), expires_at=expires_at, created_by=actor.id,
            updated_by=actor.id,
        )  # fmt: skip
        changes = [
            self._vault.credentials.put(workspace, id, value, expected=ABSENT),
            self._vault.secrets.put(workspace, id, CredentialSecret(type=type, fields=made.secret), expected=ABSENT),
            claim_name(self._vault, workspace, name, id, actor.id),
            *await self._hiding.changes(workspace),
        ]
        await self._commit(changes, actor, "credential.created", id, name, after=_told(value), taken=name)
        return await self.show(actor, id)

    async def change(self, actor: Actor, id: str, wanted: Wanted, expected: int | None = None) -> Seen:
        """Change one. Secrets that are not given stay as they are.

        Raises:
            NotFound: There is none that the actor may see.
            AccessRefused: The actor may use it, but not manage it.
            UserError: Name or fields will not do; or where it is sent changes, and secrets were not given again.
            RecordChanged: It has another revision than ``expected``.
            Conflict: The name is taken.
        """
        found = await self._access.need(actor, id, MANAGE)
        before, workspace = found.value, actor.workspace
        form = await self._forms.need(before.type)
        changes: list[Change] = []
        value = before
        if wanted.name is not None and check_name(wanted.name) != before.name:
            name = check_name(wanted.name)
            value = msgspec.structs.replace(value, name=name)
            if name_id(name) != name_id(before.name):
                await require_free(self._vault, workspace, name)
                changes.append(self._vault.names.drop(workspace, name_id(before.name)))
                changes.append(claim_name(self._vault, workspace, name, id, actor.id))
        if wanted.fields is not None or (wanted.client is not None and wanted.client != before.client):
            value, secret = await self._refilled(workspace, form, found, wanted, value)
            changes += secret
        value = msgspec.structs.replace(
            value,
            description=value.description if wanted.description is None else _described(wanted.description),
            expires_at=value.expires_at if wanted.expires_at is msgspec.UNSET else wanted.expires_at,
            updated_by=actor.id,
        )
        revision = found.revision if expected is None else expected
        changes.insert(0, self._vault.credentials.put(workspace, id, value, expected=revision))
        told_before, told = _told(before), _told(value, given=wanted.fields or {})
        await self._commit(
            changes, actor, "credential.changed", id, value.name, before=told_before, after=told, taken=value.name
        )
        return await self.show(actor, id)

    async def _refilled(
        self, workspace: str, form: CredentialForm, found: Kept[Credential], wanted: Wanted, value: Credential
    ) -> tuple[Credential, list[Change]]:
        """The credential with other fields, and the changes of its secrets."""
        before = found.value
        client = before.client if wanted.client is None else wanted.client
        registered = await self._client(form, client)
        secret = await self._vault.secrets.need(workspace, found.id)
        old = Fields(before.plain, secret.value.fields, before.filled)
        made = changed(form, old, wanted.fields or {}, registered, other_client=client != before.client)
        await self._stores.require_known(workspace, made.secret)
        value = msgspec.structs.replace(
            value, plain=made.plain, filled=made.filled, client=client, state=_state(form, made)
        )
        kept = CredentialSecret(type=before.type, fields=made.secret)
        gone, new = secret_texts(secret.value.fields), secret_texts(kept.fields)
        put = self._vault.secrets.put(workspace, found.id, kept, expected=secret.revision)
        return value, [put, *await self._hiding.changes(workspace, gone, new)]

    async def share(self, actor: Actor, id: str, sharing: Sharing, expected: int | None = None) -> Seen:
        """Say who may use and manage it beside the owner.

        Raises:
            NotFound: There is none that the actor may see.
            AccessRefused: The actor may not manage it.
            UserError: Somebody is no member, or there is no such group.
        """
        found = await self._access.need(actor, id, MANAGE)
        members = await self._people.members.get_many(
            INSTANCE, [member_id(actor.workspace, one) for one in sharing.members]
        )
        for account in sharing.members:
            if member_id(actor.workspace, account) not in members:
                raise _nobody(account)
        groups = await self._people.groups.get_many(actor.workspace, list(sharing.groups))
        for group in sharing.groups:
            if group not in groups:
                raise UserError("credential.no_group", "There is no group {id}.", id=group).at(param="groups")
        value = msgspec.structs.replace(found.value, sharing=sharing, updated_by=actor.id)
        revision = found.revision if expected is None else expected
        await self._commit(
            [self._vault.credentials.put(actor.workspace, id, value, expected=revision)], actor, "credential.shared",
            id, value.name, before=msgspec.to_builtins(found.value.sharing), after=msgspec.to_builtins(sharing),
        )  # fmt: skip
        return await self.show(actor, id)

    async def transfer(self, actor: Actor, id: str, owner: str, expected: int | None = None) -> Seen:
        """Make another member the owner. The owner before keeps nothing but what the sharing gives.

        Raises:
            NotFound: There is none that the actor may see.
            AccessRefused: The actor may not manage it.
            UserError: The new owner is no member of the workspace.
        """
        found = await self._access.need(actor, id, MANAGE)
        if await self._people.members.get(INSTANCE, member_id(actor.workspace, owner)) is None:
            raise _nobody(owner)
        value = msgspec.structs.replace(found.value, owner=owner, updated_by=actor.id)
        revision = found.revision if expected is None else expected
        await self._commit(
            [self._vault.credentials.put(actor.workspace, id, value, expected=revision)], actor,
            "credential.transferred", id, value.name, before={"owner": found.value.owner}, after={"owner": owner},
        )  # fmt: skip
        return Seen(await self._vault.credentials.need(actor.workspace, id), MANAGE, CredentialUse())

    async def removed(self, actor: Actor, found: Kept[Credential], expected: int | None) -> None:
        """Delete a credential and everything that is its own; aliases that stand for it go too."""
        workspace, id = actor.workspace, found.id
        revision = found.revision if expected is None else expected
        changes: list[Change] = [
            self._vault.credentials.drop(workspace, id, expected=revision),
            self._vault.secrets.drop(workspace, id),
            self._vault.uses.drop(workspace, id),
            self._vault.names.drop(workspace, name_id(found.value.name)),
        ]
        for alias in await self._vault.names.all(workspace, field="alias"):
            left = {environment: target for environment, target in alias.value.targets.items() if target != id}
            if not left:
                changes.append(self._vault.names.drop(workspace, alias.id, expected=alias.revision))
            elif left != alias.value.targets:
                kept = msgspec.structs.replace(alias.value, targets=left)
                changes.append(self._vault.names.put(workspace, alias.id, kept, expected=alias.revision))
        secret = await self._vault.secrets.get(workspace, id)
        changes += await self._hiding.changes(workspace, secret_texts(secret.value.fields) if secret else ())
        await self._commit(changes, actor, "credential.deleted", id, found.value.name, before=_told(found.value))

    async def _client(self, form: CredentialForm, client: str) -> OAuthClient | None:
        if not client:
            return None
        found = await self._vault.clients.get(INSTANCE, client)
        if found is None or found.value.type != form.id:
            raise UserError(
                "credential.no_client", "The operator has registered no client {client} for the type {type}.",
                client=client, type=form.id,
            ).at(param="client")  # fmt: skip
        return found.value

    async def _commit(
        self,
        changes: Sequence[Change],
        actor: Actor,
        action: str,
        id: str,
        name: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        taken: str = "",
    ) -> None:
        audit = entry(actor, action, kind="credential", id=id, name=name, before=before, after=after)
        try:
            await self._vault.records.commit(changes, [audit])
        except RecordChanged as error:
            # Two who take one name at the same time.
            if taken and error.arguments.get("id") == name_id(taken):
                raise name_taken(taken) from error
            raise


def _state(form: CredentialForm, made: Fields) -> str:
    tokens = made.secret.get("access_token") or made.secret.get("refresh_token")
    return SIGN_IN if signs_in(form) and not tokens else READY


def _described(text: str) -> str:
    if len(text) > _MAX_DESCRIPTION:
        raise UserError(
            "credential.description", "A description has {most} characters at most.", most=_MAX_DESCRIPTION
        ).at(param="description")
    return text.strip()


def _told(value: Credential, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A credential as the audit log tells of it: that a secret was set, never what it is."""
    secrets = [name for name in value.filled if given is None or name in given]
    return {
        "name": value.name, "type": value.type, "owner": value.owner, "description": value.description,
        "client": value.client, "fields": {**value.plain, **dict.fromkeys(secrets, MASKED)},
    }  # fmt: skip


def _nobody(account: str) -> UserError:
    refused = UserError("credential.no_member", "{id} is no member of this workspace.", id=account)
    refused.at(param="members")
    return refused
