"""Identity providers and break-glass accounts, as the operator sets them up."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from studio.contracts.records import Change
from studio.domain.access import Actor
from studio.domain.errors import Conflict, NotFound, RecordChanged, StudioError, UserError
from studio.domain.ids import INSTANCE
from studio.net import is_metadata, literal_address, parse_url
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.people.checks import check_text
from studio.services.people.model import Account, People
from studio.services.people.remaining import keep_a_way_in, open_a_way_in
from studio.services.people.rights import permissions_of_role
from studio.services.sso.discovery import Discovery, Endpoints
from studio.services.sso.model import ALGORITHMS, IdentityProvider, Mapping, SsoShelf

MOST_PROVIDERS = 50
MOST_MAPPINGS = 500
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


class Providers:
    """Sets identity providers up. Asks no permission: the routes have."""

    def __init__(self, people: People, shelf: SsoShelf, discovery: Discovery) -> None:
        self._people = people
        self._shelf = shelf
        self._discovery = discovery

    async def all(self) -> list[Kept[IdentityProvider]]:
        """Every provider, by name."""
        found = await self._shelf.providers.all(INSTANCE)
        return sorted(found, key=lambda one: (one.value.name.casefold(), one.id))

    async def show(self, id: str) -> Kept[IdentityProvider]:
        """One provider.

        Raises:
            NotFound: There is none such.
        """
        found = await self._shelf.providers.get(INSTANCE, id)
        if found is None:
            raise no_provider(id)
        return found

    async def create(self, actor: Actor, id: str, provider: IdentityProvider) -> Kept[IdentityProvider]:
        """Set a provider up.

        Raises:
            UserError: Something of it will not do.
            NotFound: A mapping names a workspace, role or group that is not there.
            Conflict: There is one with this id, or enforcing it would lock everybody out.
        """
        if not _ID.fullmatch(id):
            raise UserError("sso.id", "An id has 1 to 40 lower-case letters, digits and hyphens.").at(param="id")
        if len(await self._shelf.providers.all(INSTANCE)) >= MOST_PROVIDERS:
            raise Conflict("sso.too_many", "At most {most} identity providers can be set up.", most=MOST_PROVIDERS)
        provider, held = await self._checked(provider)
        try:
            await self._shelf.records.commit(
                [self._shelf.providers.put(INSTANCE, id, provider, expected=0), *held],
                [entry(
                    actor, "identity_provider.created", kind="identity_provider", id=id, name=provider.name,
                    workspace=INSTANCE, after=_shown(provider),
                )],
            )  # fmt: skip
        except RecordChanged as error:
            if error.arguments.get("kind") != self._shelf.providers.kind:
                raise
            raise Conflict("sso.exists", "There is an identity provider {id} already.", id=id).at(param="id") from error
        return await self.show(id)

    async def change(
        self, actor: Actor, id: str, provider: IdentityProvider, *, expected: int | None = None
    ) -> Kept[IdentityProvider]:
        """Put other settings in the place of a provider's.

        Raises:
            NotFound: There is none such, or a mapping names what is not there.
            UserError: Something of it will not do.
            Conflict: Enforcing it would lock everybody out.
            RecordChanged: It has another revision than expected.
        """
        found = await self.show(id)
        provider, held = await self._checked(provider)
        before, after = _shown(found.value), _shown(provider)
        if provider.client_secret != found.value.client_secret:
            after["client_secret_changed"] = True
        await self._shelf.records.commit(
            [
                self._shelf.providers.put(
                    INSTANCE, id, provider, expected=found.revision if expected is None else expected
                ),
                *held,
            ],
            [entry(
                actor, "identity_provider.changed", kind="identity_provider", id=id, name=provider.name,
                workspace=INSTANCE, before=before, after=after,
            )],
        )  # fmt: skip
        self._discovery.forget()
        return await self.show(id)

    async def delete(self, actor: Actor, id: str, *, expected: int | None = None) -> None:
        """Remove a provider. Sessions that were begun with it end; memberships that it gave stay.

        Raises:
            NotFound: There is none such.
        """
        found = await self.show(id)
        left: list[Change] = [
            self._shelf.granted.drop(INSTANCE, one.id) for one in await self._shelf.granted.all(INSTANCE, parent=id)
        ]
        left += [
            self._people.sessions.drop(INSTANCE, one.id)
            for one in await self._people.sessions.all(INSTANCE)
            if one.value.provider == id
        ]
        await self._shelf.records.commit(
            [
                self._shelf.providers.drop(INSTANCE, id, expected=found.revision if expected is None else expected),
                *left,
            ],
            [entry(
                actor, "identity_provider.deleted", kind="identity_provider", id=id, name=found.value.name,
                workspace=INSTANCE, before=_shown(found.value),
            )],
        )  # fmt: skip

    async def tried(self, actor: Actor, id: str) -> Endpoints:
        """Ask the provider what it says about itself, anew.

        Raises:
            NotFound: There is none such.
            ProviderUnusable: It does not answer as it must.
            AccessRefused: The egress policy does not let it be asked.
        """
        found = await self.show(id)
        told = entry(
            actor, "identity_provider.tested", kind="identity_provider", id=id, name=found.value.name,
            workspace=INSTANCE,
        )  # fmt: skip
        await self._shelf.records.commit([], [told])
        self._discovery.forget()
        reader = await self._discovery.reader(found.value)
        try:
            await self._discovery.key(reader, None, found.value.algorithms[0])
            return await self._discovery.endpoints(reader)
        finally:
            await reader.aclose()

    async def break_glass(self, actor: Actor, account: str, allowed: bool) -> Kept[Account]:
        """Say whether somebody may sign in with a password although a provider is enforced.

        Raises:
            NotFound: There is no such account.
            Conflict: It has no password; or it is the last one while a provider is enforced.
        """
        found = await self._people.accounts.get(INSTANCE, account)
        if found is None or found.value.service_of is not None:
            raise NotFound("account.not_found", "There is no account {id}.", id=account)
        if allowed and (found.value.password is None or not found.value.active):
            raise Conflict("sso.no_password", "This account has no password, or is not active.")
        if found.value.break_glass == allowed:
            return found
        held: list[Change] = []
        if not allowed:
            held = await keep_a_way_in(self._people, found)
        changed = msgspec.structs.replace(found.value, break_glass=allowed)
        await self._people.records.commit(
            [self._people.accounts.put(INSTANCE, account, changed, expected=found.revision), *held],
            [entry(
                actor, "account.break_glass_given" if allowed else "account.break_glass_taken", kind="account",
                id=account, name=found.value.name, workspace=INSTANCE,
            )],
        )  # fmt: skip
        return await self._people.accounts.need(INSTANCE, account)

    async def _checked(self, provider: IdentityProvider) -> tuple[IdentityProvider, list[Change]]:
        provider = msgspec.structs.replace(
            provider,
            name=check_text(provider.name, most=80),
            domains=list(dict.fromkeys(_domain(one) for one in provider.domains)),
        )
        _check_issuer(provider)
        if not provider.client_id or len(provider.client_id) > 500:
            raise UserError("sso.client_id", "The client id is missing.").at(param="client_id")
        unknown = [one for one in provider.algorithms if one not in ALGORITHMS]
        if unknown or not provider.algorithms:
            raise UserError("sso.algorithms", "Signatures can be {known}.", known=", ".join(ALGORITHMS)).at(
                param="algorithms"
            )
        await self._check_mappings(provider)
        held = await open_a_way_in(self._people) if provider.enforced and provider.active else []
        return provider, held

    async def _check_mappings(self, provider: IdentityProvider) -> None:
        if len(provider.mappings) > MOST_MAPPINGS:
            raise UserError("sso.too_many_mappings", "At most {most} groups can be mapped.", most=MOST_MAPPINGS).at(
                param="mappings"
            )
        mappings: Sequence[Mapping] = provider.mappings
        if provider.default_workspace:
            default = Mapping(value="*", workspace=provider.default_workspace, role=provider.default_role)
            mappings = [*mappings, default]
        for one in mappings:
            if not one.value or (one.role is None and one.group is None):
                raise UserError(
                    "sso.mapping", "A mapping names a group of the provider, and a role or a group here."
                ).at(param="mappings")
            if await self._people.workspaces.get(INSTANCE, one.workspace) is None:
                raise NotFound("workspace.not_found", "There is no workspace {id}.", id=one.workspace).at(
                    param="mappings"
                )
            await permissions_of_role(self._people, one.workspace, one.role or provider.default_role)
            if one.group is not None and await self._people.groups.get(one.workspace, one.group) is None:
                raise NotFound("group.not_found", "There is no group {id}.", id=one.group).at(param="mappings")


def _check_issuer(provider: IdentityProvider) -> None:
    try:
        target = parse_url(provider.issuer)
    except StudioError as error:
        raise error.at(param="issuer") from None
    literal = literal_address(target.host)
    if literal is not None and is_metadata(literal):
        raise UserError("sso.issuer_metadata", "The issuer is an address of the machine's own metadata.").at(
            param="issuer"
        )
    # An issuer without TLS can be anybody: only a host that the operator allows by name is believed then.
    if (target.scheme != "https" and not provider.internal) or "?" in provider.issuer or "#" in provider.issuer:
        raise UserError("sso.issuer", "The issuer must be an https address without a query.").at(param="issuer")


def _domain(text: str) -> str:
    domain = text.strip().casefold().removeprefix("@")
    if not _DOMAIN.fullmatch(domain):
        raise UserError("sso.domain_name", "{domain} is no mail domain.", domain=text[:80]).at(param="domains")
    return domain


def no_provider(id: str) -> NotFound:
    """The error for a provider that is not there."""
    return NotFound("sso.no_provider", "There is no identity provider {id}.", id=id)


def _shown(provider: IdentityProvider) -> dict[str, object]:
    shown = msgspec.to_builtins(provider)
    shown["client_secret"] = MASKED if provider.client_secret is not None else None
    return shown
