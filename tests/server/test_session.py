"""Setting up, signing in and out."""

from __future__ import annotations

import pytest

from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from tests.server.kit import PASSWORD, Api

FIRST = {"email": "ada@example.org", "name": "Ada", "password": PASSWORD}


async def test_set_up_once_with_the_link(either: Api) -> None:
    client = either.client()
    assert (await client.get("/setup")).json() == {"done": False}
    secret = await either.platform.accounts.setup_secret()
    refused = await client.post("/setup", json={**FIRST, "secret": "wrong"})
    assert (refused.status_code, refused.json()["code"]) == (404, "setup.link")
    weak = await client.post("/setup", json={**FIRST, "password": "short", "secret": secret})
    assert (weak.status_code, weak.json()["param"]) == (422, "password")
    made = await client.post("/setup", json={**FIRST, "secret": secret})
    assert made.status_code == 201
    assert made.json()["account"]["operator"] is True
    assert made.json()["workspaces"] == [{"id": "default", "name": "Default", "role": "admin"}]
    again = await client.post("/setup", json={**FIRST, "email": "eve@example.org", "secret": secret})
    assert again.status_code in (403, 404)
    assert await either.platform.accounts.setup_secret() is None
    cookie = made.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_a_set_up_link_is_void_once_there_is_an_account(api: Api) -> None:
    secret = await api.platform.accounts.setup_secret()
    await api.account(Role.ADMIN, operator=True)
    late = await api.client().post("/setup", json={**FIRST, "secret": secret})
    assert (late.status_code, late.json()["code"]) == (404, "setup.link")


async def test_sign_in_and_out(api: Api) -> None:
    secret = await api.platform.accounts.setup_secret()
    await api.client().post("/setup", json={**FIRST, "secret": secret})
    browser = api.client()
    signed_in = await browser.post("/session", json={"email": "ADA@example.org ", "password": PASSWORD})
    assert signed_in.status_code == 201
    csrf = signed_in.json()["csrf"]
    assert (await browser.get("/session")).json()["account"]["name"] == "Ada"
    forged = await browser.delete("/session")
    assert (forged.status_code, forged.json()["code"]) == (403, "access.csrf")
    assert (await browser.get("/session")).status_code == 200
    token = browser.cookies["studio_session"]
    assert (await browser.delete("/session", headers={"X-CSRF-Token": csrf})).status_code == 204
    stolen = api.client(token)
    assert (await stolen.get("/session")).status_code == 401


async def test_wrong_passwords_are_refused_alike_and_held_back(api: Api) -> None:
    secret = await api.platform.accounts.setup_secret()
    await api.client().post("/setup", json={**FIRST, "secret": secret})
    client = api.client()
    wrong = await client.post("/session", json={"email": "ada@example.org", "password": "x"})
    nobody = await client.post("/session", json={"email": "bob@example.org", "password": "x"})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json()["detail"] == nobody.json()["detail"]
    for _ in range(9):
        await client.post("/session", json={"email": "ada@example.org", "password": "x"})
    held = await client.post("/session", json={"email": "ada@example.org", "password": PASSWORD})
    assert held.status_code == 429
    assert int(held.headers["retry-after"]) > 0


async def test_a_changed_password_ends_the_other_sessions(api: Api) -> None:
    stored = await api.platform.passwords.hash(PASSWORD)
    account = await api.account(Role.VIEWER, password=stored)
    one, two = api.client(await api.token(account)), api.client(await api.token(account))
    body = {"old_password": PASSWORD, "password": "another long password"}
    assert (await one.post("/session/password", json={**body, "old_password": "x"})).status_code == 422
    assert (await one.post("/session/password", json=body)).status_code == 204
    assert (await one.get("/session")).status_code == 200
    assert (await two.get("/session")).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", ""])
async def test_only_known_hosts_are_answered(api: Api, host: str) -> None:
    client = api.client()
    assert (await client.get("/setup", headers={"host": host})).status_code in (400, 421)
    assert (await client.get("/setup")).status_code == 200


async def test_pages_of_others_may_not_change_anything(api: Api) -> None:
    client = api.client()
    body = {"email": "a@example.org", "password": "x"}
    refused = await client.post("/session", json=body, headers={"origin": "https://evil.example"})
    assert (refused.status_code, refused.json()["code"]) == (403, "request.origin")
    own = await client.post("/session", json=body, headers={"origin": api.url})
    assert own.status_code == 401


async def test_unknown_fields_and_large_bodies_are_refused(api: Api) -> None:
    client = api.client()
    more = await client.post("/session", json={"email": "a", "password": "b", "operator": True})
    assert (more.status_code, more.json()["problems"][0]["param"]) == (422, "operator")
    large = await client.post("/session", content=b"x" * (17 * 1024 * 1024))
    assert large.status_code == 413

    async def endless():  # without a stated length
        for _ in range(20):
            yield b"x" * 1024 * 1024

    streamed = await client.post("/session", content=endless())
    assert streamed.status_code == 413


async def test_answers_speak_the_language_asked_for(api: Api) -> None:
    client = api.client()
    spoken = [
        (await client.get("/executions", headers={"accept-language": lang})).json()["detail"]
        for lang in ("en-GB", "fr-FR,en;q=0.5", "ar", "de")
    ]
    assert spoken[0] == spoken[3] == "Sign in first."
    assert len(set(spoken)) == 3


async def test_rights_end_at_once(api: Api) -> None:
    account = await api.account(Role.VIEWER)
    client = api.client(await api.token(account))
    assert (await client.get("/executions")).status_code == 200
    people = api.platform.people
    await people.records.commit([people.members.drop(INSTANCE, f"default.{account.id}")])
    assert (await client.get("/executions")).status_code == 403
    assert (await client.get("/executions", headers={"studio-workspace": "default"})).status_code == 404
