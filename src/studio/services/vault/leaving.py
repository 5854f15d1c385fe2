"""What becomes of somebody's credentials when they leave: those they own go to the heir; what they granted ends.

A credential for which they signed in at a provider acts in their name there, whoever owns it: its tokens go, and
somebody else has to sign in. Shares end too, so that nothing waits for them should they come back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from studio.contracts.records import Change
from studio.domain.access import Actor
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.guards import without_doubles
from studio.services.people.holdings import Fate, Holding, Release
from studio.services.vault.connecting import Connecting
from studio.services.vault.hiding import KEPT_TOKEN, Hiding, secret_texts
from studio.services.vault.model import SIGN_IN, Credential, Sharing, Vault

_BATCH = 200
_TOKENS = ("access_token", "refresh_token", "expires_at")


class CredentialHoldings:
    """Credentials that somebody owns go to the heir."""

    kind = "credential"

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def held(self, workspace: str, account: str) -> Sequence[Holding]:
        """The credentials they own."""
        return [
            Holding(self.kind, one.id, one.value.name, Fate.HANDED) for one in await self._owned(workspace, account)
        ]

    async def _owned(self, workspace: str, account: str) -> list[Kept[Credential]]:
        return [one for one in await self._vault.credentials.all(workspace) if one.value.owner == account]

    async def release(self, actor: Actor, workspace: str, account: str, heir: str | None) -> Release:
        """Make the heir the owner."""
        out = Release()
        if heir is None:
            return out
        for one in (await self._owned(workspace, account))[:_BATCH]:
            changed = msgspec.structs.replace(one.value, owner=heir)
            out.changes.append(self._vault.credentials.put(workspace, one.id, changed, expected=one.revision))
            out.audit.append(entry(
                actor, "credential.transferred", kind=self.kind, id=one.id, name=one.value.name,
                before={"owner": account}, after={"owner": heir}, workspace=workspace,
            ))  # fmt: skip
        return out


class GrantHoldings:
    """Sign-ins at providers, and shares of credentials, end."""

    kind = "grant"

    def __init__(self, vault: Vault, hiding: Hiding, connecting: Callable[[], Connecting], clock: Clock) -> None:
        self._vault = vault
        self._hiding = hiding
        self._connecting = connecting
        self._clock = clock

    async def held(self, workspace: str, account: str) -> Sequence[Holding]:
        """The credentials for which they signed in, and those that are shared with them."""
        return [
            Holding(self.kind, one.id, one.value.name, Fate.ENDS) for one in await self._granted(workspace, account)
        ]

    async def _granted(self, workspace: str, account: str) -> list[Kept[Credential]]:
        return [
            one
            for one in await self._vault.credentials.all(workspace)
            if one.value.connected_by == account or account in one.value.sharing.members
        ]

    async def release(self, actor: Actor, workspace: str, account: str, heir: str | None) -> Release:
        """Take the tokens and shares away; the tokens are made void at their provider afterwards, where it says how."""
        out = Release()
        for one in (await self._granted(workspace, account))[:_BATCH]:
            members = {id: level for id, level in one.value.sharing.members.items() if id != account}
            sharing = Sharing(members=members, groups=one.value.sharing.groups, everyone=one.value.sharing.everyone)
            # Where they own it as well it goes to the heir in the same change: of two changes of one record one counts.
            owner = heir if heir is not None and one.value.owner == account else one.value.owner
            changed = msgspec.structs.replace(one.value, sharing=sharing, owner=owner)
            facts: dict[str, object] = {"shared": account in one.value.sharing.members}
            if one.value.connected_by == account:
                filled = {name: it for name, it in changed.filled.items() if name not in _TOKENS}
                changed = msgspec.structs.replace(
                    changed,
                    connected_by="",
                    state=SIGN_IN,
                    expires_at=None,
                    filled=filled,
                    lost_at=self._clock(),
                )
                changes, revoke = await self._without_tokens(workspace, one)
                out.changes.extend(changes)
                out.then.append(revoke)
                facts["signed_in"] = True
            out.changes.append(self._vault.credentials.put(workspace, one.id, changed, expected=one.revision))
            out.audit.append(entry(
                actor, "credential.grant_ended", kind="credential", id=one.id, name=one.value.name,
                before={"account": account, **facts}, workspace=workspace,
            ))  # fmt: skip
        out.changes[:] = without_doubles(out.changes)
        return out

    async def _without_tokens(
        self, workspace: str, one: Kept[Credential]
    ) -> tuple[list[Change], Callable[[], Awaitable[None]]]:
        connecting = self._connecting()
        tokens = await connecting.tokens(workspace, one.id)

        async def revoke() -> None:
            await connecting.revoke(tokens)

        secret = await self._vault.secrets.get(workspace, one.id)
        if secret is None:
            return [], revoke
        fields = {name: value for name, value in secret.value.fields.items() if name not in _TOKENS}
        kept = msgspec.structs.replace(secret.value, fields=fields)
        hidden = await self._hiding.changes(
            workspace, secret_texts(secret.value.fields), secret_texts(fields), kept=KEPT_TOKEN
        )  # fmt: skip
        return [self._vault.secrets.put(workspace, one.id, kept, expected=secret.revision), *hidden], revoke
