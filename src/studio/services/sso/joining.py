"""Whose account a sign-in at a provider is: the one joined to it, one with the same verified address, or a new one.

No account is taken over silently. One that exists is joined by its address only where the operator lets the provider do
so, the provider vouches for the address, the account's own address was shown to be its owner's, and the account
operates nothing. Otherwise its owner signs in as before and connects the provider.
"""

from __future__ import annotations

import msgspec

from studio.contracts.records import AuditDraft, Change
from studio.domain.access import Actor
from studio.domain.errors import Conflict, RecordTaken
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.model import Account, People
from studio.services.people.provisioning import Provisioning
from studio.services.sso.claims import Person
from studio.services.sso.errors import SignInRefused
from studio.services.sso.model import IdentityProvider


class Joining:
    """Finds, joins and makes accounts."""

    def __init__(self, people: People, provisioning: Provisioning) -> None:
        self._people = people
        self._provisioning = provisioning

    async def account(self, actor: Actor, provider: Kept[IdentityProvider], person: Person) -> Kept[Account]:
        """The account of somebody who has signed in at a provider.

        Raises:
            SignInRefused: There is none, and none may be made or joined; or it is not active.
        """
        found = await self._provisioning.account_by_subject(person.subject)
        self._check_domain(provider.value, person)
        if found is None:
            found = await self._by_address(actor, provider, person)
        if not found.value.active or found.value.service_of is not None:
            raise SignInRefused("sso.not_active", "This account is not active. Ask an Admin.")
        return found

    async def known(self, person: Person) -> Kept[Account] | None:
        """The account that is joined to somebody at the provider."""
        return await self._provisioning.account_by_subject(person.subject)

    async def connect(
        self, actor: Actor, provider: Kept[IdentityProvider], person: Person, account: str
    ) -> Kept[Account]:
        """Join a provider to the account that somebody is signed in with.

        Raises:
            Conflict: It is joined to another account.
            SignInRefused: The provider is not for such addresses.
        """
        self._check_domain(provider.value, person)
        found = await self._people.accounts.need(INSTANCE, account)
        if found.value.subject == person.subject:
            return found
        return await self._joined(actor, provider, person, found)

    def _check_domain(self, provider: IdentityProvider, person: Person) -> None:
        if not provider.domains:
            return
        domain = (person.email or "").rpartition("@")[2].casefold()
        if not person.verified or domain not in provider.domains:
            raise SignInRefused("sso.domain", "This identity provider is not for your mail address.")

    async def _by_address(self, actor: Actor, provider: Kept[IdentityProvider], person: Person) -> Kept[Account]:
        if person.email is None or not person.verified:
            raise SignInRefused(
                "sso.email_unverified", "The identity provider does not say that your mail address is verified."
            )
        found = await self._provisioning.account_by_email(person.email)
        if found is not None:
            return await self._joined_by_address(actor, provider, person, found)
        if not provider.value.creates:
            raise SignInRefused("sso.no_account", "You have no account here. Ask an Admin to invite you.")
        return await self._provisioning.create_account(
            actor, email=person.email, name=person.name, subject=person.subject, verified=True, lang=actor.lang
        )

    async def _joined_by_address(
        self, actor: Actor, provider: Kept[IdentityProvider], person: Person, found: Kept[Account]
    ) -> Kept[Account]:
        account = found.value
        fitting = account.verified and account.subject is None and account.service_of is None and account.active
        if not provider.value.links_by_email or not fitting or account.operator or account.break_glass:
            raise SignInRefused(
                "sso.account_exists",
                "There is an account with your address already. "
                "Sign in to it as before, and connect {provider} in your profile.",
                provider=provider.value.name,
            )
        return await self._joined(actor, provider, person, found)

    async def _joined(
        self, actor: Actor, provider: Kept[IdentityProvider], person: Person, found: Kept[Account]
    ) -> Kept[Account]:
        key = await self._people.records.digest(INSTANCE, person.subject)
        changed = msgspec.structs.replace(found.value, subject=person.subject, subject_key=key)
        audit: list[AuditDraft] = [
            entry(
                actor, "account.connected", kind="account", id=found.id, name=found.value.name, workspace=INSTANCE,
                after={"provider": provider.id},
            )
        ]  # fmt: skip
        changes: list[Change] = [self._people.accounts.put(INSTANCE, found.id, changed, expected=found.revision)]
        try:
            await self._people.records.commit(changes, audit)
        except RecordTaken as error:
            raise Conflict("sso.connected_elsewhere", "That sign-in belongs to another account here.") from error
        return await self._people.accounts.need(INSTANCE, found.id)
