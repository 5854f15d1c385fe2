"""The API of session. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class SessionPart(Part):
    """Operations on session."""

    async def show_session(self) -> m.SessionOut:
        """Who is signed in, and what they may do."""
        return cast("m.SessionOut", await self.ask("GET", "/session"))

    async def sign_in(self, body: m.SignIn) -> m.SessionOut | m.ChallengeOut:
        """Sign in with address and password. Where the account has a second factor, 202 asks for a code of it."""
        return cast("m.SessionOut | m.ChallengeOut", await self.ask("POST", "/session", json=body))

    async def change_session(self, body: m.SessionChange) -> m.SessionOut:
        """Choose another workspace for the requests that name none."""
        return cast("m.SessionOut", await self.ask("PATCH", "/session", json=body))

    async def sign_out(self) -> None:
        """Sign out."""
        await self.ask("DELETE", "/session")

    async def sign_out_everywhere(self) -> m.AddressOut:
        """Sign out; the browser goes to the address in the answer to sign out of the provider too."""
        return cast("m.AddressOut", await self.ask("POST", "/session/logout"))

    async def sign_in_with_provider(self, provider: str, *, return_to: str | None = None) -> None:
        """Go to a provider to sign in. Open it in the browser."""
        await self.ask("GET", f"/session/oidc/{self.quote(provider)}", query={"return_to": return_to})

    async def come_back_from_provider(
        self,
        provider: str,
        *,
        state: str | None = None,
        code: str | None = None,
        error: str | None = None,
        iss: str | None = None,
    ) -> None:
        """Where the provider sends the browser back to."""
        await self.ask(
            "GET",
            f"/session/oidc/{self.quote(provider)}/callback",
            query={"state": state, "code": code, "error": error, "iss": iss},
        )

    async def connect_provider(self, provider: str, *, return_to: str | None = None) -> m.AddressOut:
        """Begin to connect a provider to one's own account; the browser goes to the address in the answer."""
        return cast(
            "m.AddressOut",
            await self.ask("POST", f"/session/oidc/{self.quote(provider)}/connect", query={"return_to": return_to}),
        )

    async def told_of_sign_out(self, provider: str, body: bytes) -> None:
        """Where a provider tells that somebody has signed out there (back-channel logout)."""
        await self.ask("POST", f"/session/oidc/{self.quote(provider)}/logout", content=body)

    async def change_password(self, body: m.PasswordChange) -> None:
        """Change one's own password; every other session ends, and a browser gets another cookie."""
        await self.ask("POST", "/session/password", json=body)

    async def list_sign_in_ways(self) -> m.SignInWaysOut:
        """The identity providers that one can sign in with, and whether passwords count."""
        return cast("m.SignInWaysOut", await self.ask("GET", "/session/providers"))

    async def ask_reset(self, body: m.ResetAsk) -> m.ResetAsked:
        """Ask for a link to choose another password. It is sent by mail, if there is an account with the
        address.
        """
        return cast("m.ResetAsked", await self.ask("POST", "/session/reset", json=body))

    async def finish_reset(self, body: m.ResetFinish) -> None:
        """Choose a password with the secret of a link, once. Every session ends; sign in anew."""
        await self.ask("POST", "/session/reset/finish", json=body)

    async def second_step(self, body: m.SecondStep) -> m.SessionOut:
        """Give the code of the second factor, or a recovery code. Each counts once."""
        return cast("m.SessionOut", await self.ask("POST", "/session/second", json=body))
