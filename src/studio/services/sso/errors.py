"""Why a sign-in through a provider is refused. No message holds a token, a code or a secret."""

from __future__ import annotations

from studio.domain.errors import AccessRefused, ProviderError


class SignInRefused(AccessRefused):
    """The provider's answer does not let anybody in."""


class ProviderUnusable(ProviderError):
    """The provider does not answer, or not as it must."""


def token_refused(reason: str) -> SignInRefused:
    """The error for an ID token that is not what it must be; ``reason`` is the name of what is wrong."""
    return SignInRefused(
        "sso.token", "The answer of the identity provider cannot be trusted ({reason}). Sign in again.", reason=reason
    )


def unusable(provider: str, reason: str) -> ProviderUnusable:
    """The error for a provider that does not answer as it must; ``reason`` is the name of what is wrong."""
    return ProviderUnusable(
        "sso.provider", "The identity provider {provider} does not answer as it must ({reason}).",
        provider=provider, reason=reason,
    )  # fmt: skip
