"""Passwords while a provider is enforced, and signing out at both ends."""

from __future__ import annotations

from typing import Any

from studio.crypto.passwords import Passwords
from studio.domain.access import Role
from tests.server.kit import PASSWORD
from tests.server.sso.kit import Sso


async def test_passwords_wait_behind_an_enforced_provider(sso: Sso) -> None:
    await sso.set_up()
    hashed = await Passwords().hash(PASSWORD)
    operator = await sso.api.account(None, operator=True, email="boss@example.org", password=hashed)
    await sso.api.account(Role.ADMIN, email="eve@example.org", password=hashed)
    client = sso.api.client(await sso.api.token(operator))
    path = "/operator/identity-providers/acme"
    refused = await client.patch(path, json={"enforced": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "sso.no_break_glass")
    assert (await client.put(f"/operator/break-glass/{operator.id}")).status_code == 200
    assert (await client.patch(path, json={"enforced": True})).status_code == 200
    assert (await client.delete(f"/operator/break-glass/{operator.id}")).status_code == 409
    answers: list[tuple[int, str]] = []
    for email, password in (("eve@example.org", PASSWORD), ("eve@example.org", "wrong"), ("nobody@example.org", "x"),
                            ("boss@example.org", "wrong")):  # fmt: skip
        answer = await sso.api.client().post("/session", json={"email": email, "password": password})
        answers.append((answer.status_code, answer.json()["code"]))
    assert answers == [(403, "sso.enforced")] * 4  # nothing tells a right password from a wrong one
    right = await sso.api.client().post("/session", json={"email": "boss@example.org", "password": PASSWORD})
    assert right.status_code == 201
    assert len(await sso.audited("session.break_glass")) == 1
    assert (await sso.browser().sign_in()).status_code == 303
    assert (await client.get("/session/providers")).json()["password"] is False


async def test_signing_out_at_both_ends(sso: Sso) -> None:
    await sso.set_up()
    told = f"{sso.api.url}/api/v1/session/oidc/acme/logout"
    browser, outside = sso.browser(), sso.browser().client
    await browser.sign_in()
    spoilt: tuple[dict[str, Any], ...] = (
        {"nonce": "x"},
        {"events": {}},
        {"jti": None},
        {"sub": None, "sid": None},
        {"aud": "other"},
    )
    for spoiled in spoilt:
        refused = await outside.post(told, data={"logout_token": sso.there.logout_token(**spoiled)})
        assert refused.json()["code"] == "sso.token", spoiled
    other = sso.there.logout_token(sid="another")
    assert (await outside.post(told, data={"logout_token": other})).status_code == 204
    assert (await browser.session()).status_code == 200
    token = sso.there.logout_token()
    assert (await outside.post(told, data={"logout_token": token})).status_code == 204
    assert (await browser.session()).status_code == 401
    (ended, *_) = await sso.audited("session.ended")
    assert (ended.target_kind, ended.target_id, (ended.after or {})["sessions"]) == ("identity_provider", "acme", 1)
    again = await outside.post(told, data={"logout_token": token})
    assert again.status_code == 403  # once
    await browser.sign_in()
    csrf = (await browser.session()).json()["csrf"]
    left = await browser.client.post(f"{sso.api.url}/api/v1/session/logout", headers={"x-csrf-token": csrf})
    assert left.json()["url"].startswith(f"{sso.there.url}/logout?client_id=studio&post_logout_redirect_uri=")
    assert (await browser.session()).status_code == 401
