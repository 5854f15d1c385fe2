"""The API of credentials. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class CredentialsPart(Part):
    """Operations on credentials."""

    async def list_credential_aliases(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutAliasOut:
        """Every alias of the workspace."""
        return cast(
            "m.PageOutAliasOut", await self.ask("GET", "/credential-aliases", query={"cursor": cursor, "limit": limit})
        )

    def iter_credential_aliases(self, *, limit: int | None = None) -> AsyncGenerator[m.AliasOut]:
        """Every item of ``list_credential_aliases``, page by page as they are needed."""
        return cast("AsyncGenerator[m.AliasOut]", self.paged("/credential-aliases", {"limit": limit}))

    async def show_credential_alias(self, alias: str) -> m.AliasOut:
        """An alias."""
        return cast("m.AliasOut", await self.ask("GET", f"/credential-aliases/{self.quote(alias)}"))

    async def set_credential_alias(self, alias: str, body: m.AliasIn, *, if_match: str | None = None) -> m.AliasOut:
        """Say what an alias stands for. The caller must be allowed to use it, and to manage what it stood for
        before.
        """
        return cast(
            "m.AliasOut",
            await self.ask(
                "PUT", f"/credential-aliases/{self.quote(alias)}", headers={"If-Match": if_match}, json=body
            ),
        )

    async def delete_credential_alias(self, alias: str, *, if_match: str | None = None) -> None:
        """Delete an alias."""
        await self.ask("DELETE", f"/credential-aliases/{self.quote(alias)}", headers={"If-Match": if_match})

    async def list_credential_types(self) -> m.CredentialTypesOut:
        """Every credential type, in the language asked for."""
        return cast("m.CredentialTypesOut", await self.ask("GET", "/credential-types"))

    async def show_credential_type(self, type: str) -> m.CredentialTypeOut:
        """A credential type, in the language asked for."""
        return cast("m.CredentialTypeOut", await self.ask("GET", f"/credential-types/{self.quote(type)}"))

    async def list_credentials(
        self, *, type: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutCredentialOut:
        """Credentials that are the caller's own or shared with them."""
        return cast(
            "m.PageOutCredentialOut",
            await self.ask("GET", "/credentials", query={"type": type, "cursor": cursor, "limit": limit}),
        )

    def iter_credentials(self, *, type: str | None = None, limit: int | None = None) -> AsyncGenerator[m.CredentialOut]:
        """Every item of ``list_credentials``, page by page as they are needed."""
        return cast("AsyncGenerator[m.CredentialOut]", self.paged("/credentials", {"type": type, "limit": limit}))

    async def create_credential(self, body: m.CredentialIn, *, idempotency_key: str | None = None) -> m.CredentialOut:
        """Make a credential. Nobody else may use it until it is shared."""
        return cast(
            "m.CredentialOut",
            await self.ask("POST", "/credentials", headers={"Idempotency-Key": idempotency_key}, json=body),
        )

    async def list_expiring_credentials(
        self, *, days: int | None = None, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutEndingOut:
        """Credentials that end within some days, or whose provider wants a sign-in, with the workflows they
        affect.
        """
        return cast(
            "m.PageOutEndingOut",
            await self.ask("GET", "/credentials/expiring", query={"days": days, "cursor": cursor, "limit": limit}),
        )

    def iter_expiring_credentials(
        self, *, days: int | None = None, limit: int | None = None
    ) -> AsyncGenerator[m.EndingOut]:
        """Every item of ``list_expiring_credentials``, page by page as they are needed."""
        return cast("AsyncGenerator[m.EndingOut]", self.paged("/credentials/expiring", {"days": days, "limit": limit}))

    async def show_credential(self, credential: str) -> m.CredentialOut:
        """A credential, without its secrets."""
        return cast("m.CredentialOut", await self.ask("GET", f"/credentials/{self.quote(credential)}"))

    async def change_credential(
        self, credential: str, body: m.CredentialChange, *, if_match: str | None = None
    ) -> m.CredentialOut:
        """Change a credential. Secrets that are not given stay as they are."""
        return cast(
            "m.CredentialOut",
            await self.ask(
                "PATCH", f"/credentials/{self.quote(credential)}", headers={"If-Match": if_match}, json=body
            ),
        )

    async def delete_credential(
        self, credential: str, *, force: bool | None = None, if_match: str | None = None
    ) -> None:
        """Delete a credential. Where workflows name it, it is refused with their names unless `force` is
        given.

        Tokens are made void at their provider, where it says how.
        """
        await self.ask(
            "DELETE", f"/credentials/{self.quote(credential)}", query={"force": force}, headers={"If-Match": if_match}
        )

    async def connect_credential(self, credential: str) -> m.ConnectOut:
        """Begin to sign in at the provider of a credential: the address to send this session's browser to.

        The provider sends it back to `/oauth/callback`, within ten minutes.
        """
        return cast("m.ConnectOut", await self.ask("POST", f"/credentials/{self.quote(credential)}/connect"))

    async def share_credential(
        self, credential: str, body: m.SharingModel, *, if_match: str | None = None
    ) -> m.CredentialOut:
        """Say who may use or manage a credential beside its owner; whoever is left out may not any more."""
        return cast(
            "m.CredentialOut",
            await self.ask(
                "PUT", f"/credentials/{self.quote(credential)}/sharing", headers={"If-Match": if_match}, json=body
            ),
        )

    async def test_credential(self, credential: str) -> m.TestOut:
        """Make the harmless call of the credential's type and say whether it worked.

        It goes through the same policy as the requests of workflows, and takes fifteen seconds at most.
        """
        return cast("m.TestOut", await self.ask("POST", f"/credentials/{self.quote(credential)}/test"))

    async def transfer_credential(
        self, credential: str, body: m.OwnerIn, *, if_match: str | None = None
    ) -> m.CredentialOut:
        """Make another member the owner."""
        return cast(
            "m.CredentialOut",
            await self.ask(
                "POST", f"/credentials/{self.quote(credential)}/transfer", headers={"If-Match": if_match}, json=body
            ),
        )

    async def show_credential_usage(
        self, credential: str, *, cursor: str | None = None, limit: int | None = None
    ) -> m.PlacesOut:
        """The workflows whose draft or published version names a credential, or an alias that stands for it."""
        return cast(
            "m.PlacesOut",
            await self.ask(
                "GET", f"/credentials/{self.quote(credential)}/usage", query={"cursor": cursor, "limit": limit}
            ),
        )

    async def finish_sign_in(
        self, *, state: str | None = None, code: str | None = None, error: str | None = None, iss: str | None = None
    ) -> bytes:
        """Where providers send browsers back to. It works once, and only for the session that began the sign-
        in.

        It leads to no other address, whatever the provider says.
        """
        return await self.ask_bytes(
            "GET", "/oauth/callback", query={"state": state, "code": code, "error": error, "iss": iss}
        )

    async def list_oauth_clients(self, *, cursor: str | None = None, limit: int | None = None) -> m.PageOutClientOut:
        """The clients that are registered with providers, by name."""
        return cast(
            "m.PageOutClientOut", await self.ask("GET", "/oauth/clients", query={"cursor": cursor, "limit": limit})
        )

    def iter_oauth_clients(self, *, limit: int | None = None) -> AsyncGenerator[m.ClientOut]:
        """Every item of ``list_oauth_clients``, page by page as they are needed."""
        return cast("AsyncGenerator[m.ClientOut]", self.paged("/oauth/clients", {"limit": limit}))

    async def show_oauth_client(self, name: str) -> m.ClientOut:
        """A client."""
        return cast("m.ClientOut", await self.ask("GET", f"/oauth/clients/{self.quote(name)}"))

    async def set_oauth_client(self, name: str, body: m.ClientIn, *, if_match: str | None = None) -> m.ClientOut:
        """Register a client with a provider, once for all workspaces, or change one."""
        return cast(
            "m.ClientOut",
            await self.ask("PUT", f"/oauth/clients/{self.quote(name)}", headers={"If-Match": if_match}, json=body),
        )

    async def delete_oauth_client(self, name: str, *, if_match: str | None = None) -> None:
        """Forget a client. Credentials that sign in with it can be renewed no more."""
        await self.ask("DELETE", f"/oauth/clients/{self.quote(name)}", headers={"If-Match": if_match})

    async def list_secret_store_setups(
        self, workspace: str, *, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutStoreOut:
        """The stores of a workspace as they are set up, by name."""
        return cast(
            "m.PageOutStoreOut",
            await self.ask(
                "GET",
                f"/operator/workspaces/{self.quote(workspace)}/secret-stores",
                query={"cursor": cursor, "limit": limit},
            ),
        )

    def iter_secret_store_setups(self, workspace: str, *, limit: int | None = None) -> AsyncGenerator[m.StoreOut]:
        """Every item of ``list_secret_store_setups``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.StoreOut]",
            self.paged(f"/operator/workspaces/{self.quote(workspace)}/secret-stores", {"limit": limit}),
        )

    async def show_secret_store_setup(self, workspace: str, name: str) -> m.StoreOut:
        """A store as it is set up, without its secrets."""
        return cast(
            "m.StoreOut",
            await self.ask("GET", f"/operator/workspaces/{self.quote(workspace)}/secret-stores/{self.quote(name)}"),
        )

    async def set_secret_store(
        self, workspace: str, name: str, body: m.StoreIn, *, if_match: str | None = None
    ) -> m.StoreOut:
        """Give a workspace a store, or change one.

        Whoever manages credentials in the workspace can have a credential refer to any path that is opened
        here, and send
        it to a host of their choice. Open only what is theirs.
        """
        return cast(
            "m.StoreOut",
            await self.ask(
                "PUT",
                f"/operator/workspaces/{self.quote(workspace)}/secret-stores/{self.quote(name)}",
                headers={"If-Match": if_match},
                json=body,
            ),
        )

    async def delete_secret_store(self, workspace: str, name: str, *, if_match: str | None = None) -> None:
        """Take a store from a workspace. Credentials that refer to it fail from then on."""
        await self.ask(
            "DELETE",
            f"/operator/workspaces/{self.quote(workspace)}/secret-stores/{self.quote(name)}",
            headers={"If-Match": if_match},
        )

    async def check_secret_store(self, workspace: str, name: str, body: m.StoreCheckIn) -> None:
        """Read a secret from a store, to see whether that works. What it is is not told."""
        await self.ask(
            "POST", f"/operator/workspaces/{self.quote(workspace)}/secret-stores/{self.quote(name)}/check", json=body
        )

    async def list_secret_stores(self, *, cursor: str | None = None, limit: int | None = None) -> m.PageOutStoreNameOut:
        """The stores that credentials of the workspace may refer to, by name."""
        return cast(
            "m.PageOutStoreNameOut", await self.ask("GET", "/secret-stores", query={"cursor": cursor, "limit": limit})
        )

    def iter_secret_stores(self, *, limit: int | None = None) -> AsyncGenerator[m.StoreNameOut]:
        """Every item of ``list_secret_stores``, page by page as they are needed."""
        return cast("AsyncGenerator[m.StoreNameOut]", self.paged("/secret-stores", {"limit": limit}))
