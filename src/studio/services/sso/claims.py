"""What a provider says about somebody: address, name and groups, out of its claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from studio.contracts.http import HttpResponse
from studio.domain.errors import UserError
from studio.services.people.checks import check_email, check_text
from studio.services.sso.discovery import Endpoints, Reader, decoded
from studio.services.sso.errors import SignInRefused, token_refused, unusable
from studio.services.sso.model import IdentityProvider

MOST_GROUPS = 2000
_MOST_LETTERS = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Who has signed in at the provider."""

    subject: str
    email: str | None
    verified: bool
    name: str
    groups: tuple[str, ...]


async def claims_of(
    reader: Reader, endpoints: Endpoints, claims: dict[str, Any], access_token: str | None
) -> dict[str, Any]:
    """The claims, with those of the userinfo endpoint where the ID token leaves some out that are needed.

    Raises:
        ProviderUnusable: The endpoint does not answer as it must.
        SignInRefused: It speaks of somebody else.
    """
    provider = reader.provider
    wanted = [provider.email_claim, provider.name_claim]
    if provider.mappings:
        wanted.append(provider.groups_claim)
    if endpoints.userinfo is None or access_token is None or all(claim(claims, name) is not None for name in wanted):
        return claims
    answer: HttpResponse = await reader.ask(
        "GET", endpoints.userinfo, headers=[("Authorization", f"Bearer {access_token}"), ("Accept", "application/json")]
    )
    found = decoded(answer.body) if answer.status == 200 else None
    if found is None:
        raise unusable(provider.name, "userinfo")
    if found.get("sub") != claims["sub"]:
        raise token_refused("userinfo")
    # What is signed counts more; an address and whether it is verified come from the same place.
    taken = {name: value for name, value in found.items() if name not in claims}
    if claim(claims, provider.email_claim) is not None:
        taken.pop("email_verified", None)
    elif "email_verified" in found:
        taken["email_verified"] = found["email_verified"]
    return {**claims, **taken}


def person_of(provider: IdentityProvider, claims: dict[str, Any]) -> Person:
    """Who the claims speak of.

    Raises:
        SignInRefused: The groups are needed and left out for being too many.
    """
    email = claim(claims, provider.email_claim)
    try:
        address = check_email(email) if isinstance(email, str) else None
    except UserError:
        address = None
    said = claims.get("email_verified")
    verified = address is not None and (provider.trusts_email or said is True or said == "true")
    name = claim(claims, provider.name_claim)
    try:
        shown = check_text(name) if isinstance(name, str) else None
    except UserError:
        shown = None
    return Person(
        subject=f"{provider.issuer}\n{claims['sub']}", email=address, verified=verified,
        name=shown or (address or "").partition("@")[0] or str(claims["sub"])[:100], groups=_groups(provider, claims),
    )  # fmt: skip


def claim(claims: dict[str, Any], name: str) -> Any:
    """A claim by its name, or by a dotted path where there is none of that name."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, dict):
            return None
        found = cast("dict[str, Any]", found).get(part)
    return found


def _groups(provider: IdentityProvider, claims: dict[str, Any]) -> tuple[str, ...]:
    if not provider.mappings:
        return ()
    found = claim(claims, provider.groups_claim)
    if found is None and _left_out(provider, claims):
        raise SignInRefused(
            "sso.groups_left_out",
            "The identity provider leaves the groups out, since there are too many. "
            "Have it send only those that are assigned to Studio.",
        )
    if isinstance(found, str):
        return (found[:_MOST_LETTERS],)
    if not isinstance(found, list):
        return ()
    given = cast("list[Any]", found)
    if len(given) > MOST_GROUPS:
        raise token_refused("groups")
    return tuple(one for one in given if isinstance(one, str) and len(one) <= _MOST_LETTERS)


def _left_out(provider: IdentityProvider, claims: dict[str, Any]) -> bool:
    """Whether there are groups that the token had no room for (as Entra says it)."""
    elsewhere = claims.get("_claim_names")
    named = isinstance(elsewhere, dict) and provider.groups_claim in elsewhere
    return named or claims.get("hasgroups") is True
