"""Signing in through a real provider: the good way, and whose account it is."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.access import Actor
from tests.server.kit import PASSWORD
from tests.server.sso.kit import Sso
from tests.server.sso.provider import User, running_provider


async def test_a_first_sign_in_makes_an_account_and_a_second_one_finds_it(sso_either: Sso) -> None:
    sso = sso_either
    await sso.set_up(default_workspace="default")
    browser = sso.browser()
    came_back = await browser.sign_in(return_to="/workflows?tag=a")
    assert (came_back.status_code, came_back.headers["location"]) == (303, "/workflows?tag=a"), came_back.text
    cookie = came_back.headers["set-cookie"]
    assert "studio_session=" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    session = (await browser.session()).json()
    assert session["account"]["email"] == "ada@example.org"
    assert (session["workspace"], session["workspaces"][0]["role"]) == ("default", "viewer")
    again = sso.browser()
    await again.sign_in()
    assert (await again.session()).json()["account"]["id"] == session["account"]["id"]
    account = await sso.account()
    assert account is not None
    assert account.value.password is None
    assert account.value.verified
    assert not account.value.operator
    [began, _] = await sso.audited("session.began")
    assert began.after == {"way": "oidc", "second_factor": False}
    assert not sso.there.refused


async def test_signatures_and_ways_of_a_client_to_show_itself(sso: Sso) -> None:
    await sso.set_up()
    for algorithm, auth in (("PS256", "client_secret_basic"), ("ES256", "client_secret_post")):
        sso.there.algorithm, sso.there.auth = algorithm, auth
        sso.there.rotate()
        await sso.change(client_auth=auth)
        assert (await sso.browser().sign_in()).status_code == 303
    assert not sso.there.refused


async def test_keys_are_kept_and_read_again_once_for_one_that_is_not_known(
    sso: Sso, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sso.set_up()
    for _ in range(3):
        assert (await sso.browser().sign_in()).status_code == 303
    assert sso.there.asked.count("jwks") == 1
    assert sso.there.asked.count("discovery") == 1
    sso.there.rotate()
    refused = await sso.browser().sign_in()
    assert refused.json()["code"] == "sso.token"  # so soon after the last time, the keys are not read again
    monkeypatch.setattr("studio.services.sso.discovery.KEYS_AGAIN", 0.0)
    assert (await sso.browser().sign_in()).status_code == 303
    assert sso.there.asked.count("jwks") == 2


async def test_claims_come_from_userinfo_where_the_token_has_none(sso: Sso) -> None:
    await sso.set_up()
    sso.there.userinfo_only = ("email", "email_verified", "name")
    assert (await sso.browser().sign_in()).status_code == 303
    assert "userinfo" in sso.there.asked
    account = await sso.account()
    assert account is not None
    assert account.value.name == "Ada Lovelace"


async def test_userinfo_of_somebody_else_is_refused(sso: Sso) -> None:
    await sso.set_up()
    sso.there.userinfo_only, sso.there.userinfo_subject = ("email",), "somebody-else"
    assert (await sso.browser().sign_in()).json()["code"] == "sso.token"


NOBODY: list[tuple[User, dict[str, Any], str]] = [
    (User(verified=False), {}, "sso.email_unverified"),
    (User(verified=None), {}, "sso.email_unverified"),
    (User(verified="yes"), {}, "sso.email_unverified"),
    (User(email=None), {}, "sso.email_unverified"),
    (User(email="no address"), {}, "sso.email_unverified"),
    (User(), {"creates": False}, "sso.no_account"),
    (User(), {"domains": ["example.com"]}, "sso.domain"),
    (User(verified=False), {"domains": ["example.org"]}, "sso.domain"),
    (User(email="ada@evil-example.org"), {"domains": ["example.org"]}, "sso.domain"),
]


async def test_who_gets_no_account(sso: Sso) -> None:
    await sso.set_up()
    for user, more, code in NOBODY:
        settings: dict[str, Any] = {"creates": True, "domains": [], **more}
        await sso.change("acme", **settings)
        sso.there.user = user
        refused = await sso.browser().sign_in()
        assert (refused.status_code, refused.json()["code"]) == (403, code)
        told = (await sso.audited("session.refused"))[0]
        assert told.after is not None
        assert code in str(told.after["reason"])
    assert await sso.account() is None


async def test_a_provider_whose_addresses_are_trusted(sso: Sso) -> None:
    await sso.set_up(trusts_email=True, domains=["example.org"])
    sso.there.user = User(verified=None)
    assert (await sso.browser().sign_in()).status_code == 303


async def test_an_account_with_the_address_is_joined_only_as_allowed(sso: Sso) -> None:
    await sso.set_up()
    account = await sso.api.account("editor", email="ada@example.org", verified=True)
    assert (await sso.browser().sign_in()).json()["code"] == "sso.account_exists"
    await sso.change(links_by_email=True)
    browser = sso.browser()
    assert (await browser.sign_in()).status_code == 303
    assert (await browser.session()).json()["account"]["id"] == account.id
    assert (await sso.audited("account.connected"))[0].target_id == account.id


async def test_accounts_that_are_never_joined_by_address(sso: Sso) -> None:
    await sso.set_up(links_by_email=True)
    never: list[dict[str, Any]] = [
        {"verified": False},
        {"verified": True, "operator": True},
        {"verified": True, "break_glass": True},
        {"verified": True, "active": False},
        {"verified": True, "subject": "other\nu-9", "subject_key": "some digest"},
    ]
    for number, more in enumerate(never):
        email = f"ada{number}@example.org"
        await sso.api.account("editor", email=email, **more)
        sso.there.user = User(email=email)
        assert (await sso.browser().sign_in()).json()["code"] == "sso.account_exists", more


async def test_an_account_that_is_not_active_is_not_signed_in(sso: Sso) -> None:
    await sso.set_up()
    browser = sso.browser()
    await browser.sign_in()
    account = await sso.account()
    assert account is not None
    await sso.api.platform.directory.provisioning.deactivate_account(Actor(), account.id)
    assert (await browser.session()).status_code == 401
    assert (await sso.browser().sign_in()).json()["code"] == "sso.not_active"


async def test_the_same_subject_of_another_provider_is_somebody_else(sso: Sso) -> None:
    await sso.set_up(links_by_email=False)
    await sso.browser().sign_in()
    with running_provider() as other:
        await sso.set_up("other", other)
        assert (await sso.browser().sign_in("other")).json()["code"] == "sso.account_exists"
        other.user = User(email="eve@example.org")
        eve = sso.browser()
        assert (await eve.sign_in("other")).status_code == 303
        assert (await eve.session()).json()["account"]["email"] == "eve@example.org"


async def connecting(sso: Sso, email: str) -> tuple[Any, dict[str, str], str]:
    """A browser that is signed in with a password."""
    from studio.crypto.passwords import Passwords

    account = await sso.api.account("editor", email=email, password=await Passwords().hash(PASSWORD))
    browser = sso.browser()
    signed_in = await browser.client.post(
        f"{sso.api.url}/api/v1/session", json={"email": email, "password": PASSWORD, "client": "browser"}
    )
    assert signed_in.status_code == 201, signed_in.text
    return browser, {"x-csrf-token": signed_in.json()["csrf"]}, account.id


async def test_somebody_connects_a_provider_to_their_account(sso: Sso) -> None:
    await sso.set_up()
    browser, csrf, id = await connecting(sso, "grace@example.org")
    path = f"{sso.api.url}/api/v1/session/oidc/acme/connect"
    assert (await browser.client.post(path)).status_code == 403  # without the token of the page
    begun = await browser.client.post(path, headers=csrf)
    back = await browser.client.get(begun.json()["url"])
    ended = await browser.client.get(back.headers["location"])
    assert ended.status_code == 303, ended.text
    other = sso.browser()
    assert (await other.sign_in()).status_code == 303
    assert (await other.session()).json()["account"]["id"] == id


async def test_a_sign_in_that_belongs_to_somebody_is_not_connected_to_another(sso: Sso) -> None:
    await sso.set_up()
    await sso.browser().sign_in()
    browser, csrf, _ = await connecting(sso, "grace@example.org")
    begun = await browser.client.post(f"{sso.api.url}/api/v1/session/oidc/acme/connect", headers=csrf)
    back = await browser.client.get(begun.json()["url"])
    ended = await browser.client.get(back.headers["location"])
    assert (ended.status_code, ended.json()["code"]) == (409, "sso.connected_elsewhere")


async def test_connecting_ends_in_the_session_that_began_it(sso: Sso) -> None:
    await sso.set_up()
    browser, csrf, _ = await connecting(sso, "grace@example.org")
    begun = await browser.client.post(f"{sso.api.url}/api/v1/session/oidc/acme/connect", headers=csrf)
    back = await browser.client.get(begun.json()["url"])
    browser.client.cookies.delete("studio_session")
    ended = await browser.client.get(back.headers["location"])
    assert ended.json()["code"] == "sso.state"
