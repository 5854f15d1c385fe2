"""A browser between Studio and a provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from studio.domain.access import Actor
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.auditing import AuditFacts, read_entry
from studio.services.people.model import Account, Member, member_id
from studio.services.sso.model import IdentityProvider, Mapping
from tests.server.kit import PLAIN, Api
from tests.server.sso.provider import IdentityServer

__all__ = ["Browser", "Mapping", "Sso"]


@dataclass
class Sso:
    """A server with one provider."""

    api: Api
    there: IdentityServer

    async def set_up(
        self, id: str = "acme", there: IdentityServer | None = None, **more: Any
    ) -> Kept[IdentityProvider]:
        """Set the provider up."""
        there = there or self.there
        self.api.platform.address = self.api.url
        there.redirect_uris.append(f"{self.api.url}/api/v1/session/oidc/{id}/callback")
        given: dict[str, Any] = {
            "name": "Acme", "issuer": there.url, "client_id": there.client, "client_secret": there.secret,
            "internal": True, **more,
        }  # fmt: skip
        return await self.api.platform.sso.providers.create(Actor(), id, IdentityProvider(**given))

    async def change(self, id: str = "acme", **more: Any) -> None:
        """Change the provider."""
        import msgspec

        providers = self.api.platform.sso.providers
        found = await providers.show(id)
        await providers.change(Actor(), id, msgspec.structs.replace(found.value, **more))

    def browser(self) -> Browser:
        """A new browser."""
        client = httpx2.AsyncClient(timeout=60, verify=PLAIN)
        self.api.clients.append(client)
        return Browser(self.api.url, client)

    async def account(self, email: str = "ada@example.org") -> Kept[Account] | None:
        """The account with an address."""
        return await self.api.platform.directory.provisioning.account_by_email(email)

    async def member(self, workspace: str = "default", email: str = "ada@example.org") -> Member | None:
        """What somebody is in a workspace."""
        account = await self.account(email)
        assert account is not None
        found = await self.api.platform.people.members.get(INSTANCE, member_id(workspace, account.id))
        return None if found is None else found.value

    async def audited(self, action: str, workspace: str = INSTANCE) -> list[AuditFacts]:
        """The entries of an action, the newest first."""
        entries = [read_entry(one.value) for one in await self.api.platform.ports.records.audit(workspace, limit=100)]
        return [one for one in entries if one.action == action]


@dataclass
class Browser:
    """Follows redirects one at a time."""

    url: str
    client: httpx2.AsyncClient

    async def begin(self, id: str = "acme", return_to: str = "/") -> httpx2.Response:
        """Go to Studio's address for signing in."""
        return await self.client.get(f"{self.url}/api/v1/session/oidc/{id}", params={"return_to": return_to})

    async def there(self, begun: httpx2.Response) -> str:
        """Sign in at the provider; gives the address that it sends back to."""
        assert begun.status_code == 303, begun.text
        answer = await self.client.get(begun.headers["location"])
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def sign_in(self, id: str = "acme", return_to: str = "/") -> httpx2.Response:
        """The whole way; gives Studio's last answer."""
        return await self.client.get(await self.there(await self.begin(id, return_to)))

    async def session(self) -> httpx2.Response:
        """Who is signed in."""
        return await self.client.get(f"{self.url}/api/v1/session")
