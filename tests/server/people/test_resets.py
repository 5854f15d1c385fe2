"""Passwords that were forgotten, addresses that change."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from tests.server.kit import PASSWORD, Api
from tests.server.people.mails import Postbox

NEW = "another long password"


async def signed(client: httpx2.AsyncClient, email: str, password: str) -> httpx2.Response:
    return await client.post("/session", json={"email": email, "password": password, "client": "cli"})


async def test_a_link_from_an_admin_works_once_and_ends_every_session(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    person = await either.account(
        Role.EDITOR, email="grace@example.org", password=await either.platform.passwords.hash(PASSWORD)
    )
    open_session = either.client(await either.token(person))
    link = (await admin.post(f"/members/{person.id}/reset-link")).json()["link"]
    secret = link.partition("/reset#")[2]
    anonymous = either.client()
    weak = await anonymous.post("/session/reset/finish", json={"secret": secret, "password": "short"})
    assert weak.status_code == 422
    assert (await open_session.get("/session")).status_code == 200
    bodies = [{"secret": secret, "password": f"{NEW} {i}"} for i in range(3)]
    answers = await asyncio.gather(*[anonymous.post("/session/reset/finish", json=body) for body in bodies])
    assert sorted(one.status_code for one in answers) == [204, 404, 404]
    won = [one.status_code for one in answers].index(204)
    assert (await open_session.get("/session")).status_code == 401
    assert (await signed(anonymous, "grace@example.org", PASSWORD)).status_code == 401
    assert (await signed(anonymous, "grace@example.org", f"{NEW} {won}")).status_code == 201
    assert (await anonymous.post("/session/reset/finish", json=bodies[0])).status_code == 404


async def test_a_link_is_void_after_another_and_after_a_change_of_password(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    person = await api.account(Role.EDITOR, password=await api.platform.passwords.hash(PASSWORD))
    client = api.client(await api.token(person))
    first = (await admin.post(f"/members/{person.id}/reset-link")).json()["link"].partition("#")[2]
    second = (await admin.post(f"/members/{person.id}/reset-link")).json()["link"].partition("#")[2]
    body = {"old_password": PASSWORD, "password": NEW}
    assert (
        await api.client().post("/session/reset/finish", json={"secret": first, "password": NEW})
    ).status_code == 404
    assert (await client.post("/session/password", json=body)).status_code == 204
    void = await api.client().post("/session/reset/finish", json={"secret": second, "password": NEW + "!"})
    assert (void.status_code, void.json()["code"]) == (404, "reset.link")


async def test_an_admin_makes_no_link_for_who_may_more_elsewhere(api: Api) -> None:
    """Whoever has the link becomes that person, everywhere."""
    admin = await api.signed_in(Role.ADMIN)
    operator = await api.signed_in(None, operator=True)
    plain = await api.account(Role.VIEWER)
    elsewhere = await api.account(Role.VIEWER)
    above = await api.account(Role.VIEWER, operator=True)
    await operator.post("/workspaces/other/admins", json={"account": elsewhere.id})
    await api.workspace("other")
    done = await operator.post("/workspaces/other/admins", json={"account": elsewhere.id})
    assert done.status_code == 204
    for person in (elsewhere, above):
        for method, path in (
            ("POST", "reset-link"), ("DELETE", "second-factor"), ("DELETE", "sessions"),
        ):  # fmt: skip
            refused = await admin.request(method, f"/members/{person.id}/{path}")
            assert (refused.status_code, refused.json()["code"]) == (403, "member.elsewhere"), path
    assert (await admin.post(f"/members/{plain.id}/reset-link")).status_code == 201
    assert (await admin.delete(f"/members/{plain.id}/sessions")).status_code == 200
    assert (await operator.post(f"/accounts/{elsewhere.id}/reset-link")).status_code == 201


async def test_a_link_made_before_somebody_may_more_is_void(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    operator = await api.signed_in(None, operator=True)
    await api.workspace("other")
    for gain in ("nothing", "elsewhere", "here", "operator"):
        person = await api.account(Role.VIEWER)
        link = (await admin.post(f"/members/{person.id}/reset-link")).json()["link"].partition("#")[2]
        if gain == "elsewhere":
            assert (await operator.post("/workspaces/other/admins", json={"account": person.id})).status_code == 204
        elif gain == "here":
            assert (await admin.patch(f"/members/{person.id}", json={"role": "editor"})).status_code == 200
        elif gain == "operator":
            assert (await operator.patch(f"/accounts/{person.id}", json={"operator": True})).status_code == 200
        done = await api.client().post("/session/reset/finish", json={"secret": link, "password": NEW})
        assert done.status_code == (204 if gain == "nothing" else 404), gain


async def test_in_an_archived_workspace_they_may_more_too(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    operator = await api.signed_in(None, operator=True)
    person = await api.account(Role.VIEWER)
    await api.workspace("other")
    await operator.post("/workspaces/other/admins", json={"account": person.id})
    assert (await operator.patch("/workspaces/other", json={"active": False})).status_code == 200
    assert (await admin.post(f"/members/{person.id}/reset-link")).status_code == 403


async def test_every_address_gets_the_same_answer(posting: tuple[Api, Postbox]) -> None:
    api, box = posting
    await api.account(Role.VIEWER, email="grace@example.org", lang="fr")
    await api.account(Role.VIEWER, email="gone@example.org", active=False)
    anonymous = api.client()
    answers = [
        await anonymous.post("/session/reset", json={"email": email})
        for email in ("GRACE@example.org", "nobody@example.org", "gone@example.org", "nonsense")
    ]
    assert {(one.status_code, one.text) for one in answers} == {(202, '{"mail":true}')}
    await api.platform.directory.letters.outbox.settled()
    assert [one["to"] for one in box.letters] == ["grace@example.org"]
    assert "mot de passe" in box.letters[0]["subject"]
    secret = box.secret("grace@example.org", "reset")
    done = await anonymous.post("/session/reset/finish", json={"secret": secret, "password": NEW})
    assert done.status_code == 204
    assert (await signed(anonymous, "grace@example.org", NEW)).status_code == 201


async def test_asking_often_is_held_back_for_known_and_unknown_alike(posting: tuple[Api, Postbox]) -> None:
    api, box = posting
    await api.account(Role.VIEWER, email="grace@example.org")
    anonymous = api.client()
    for email in ("grace@example.org", "nobody@example.org"):
        answers = await asyncio.gather(*[anonymous.post("/session/reset", json={"email": email}) for _ in range(8)])
        assert sorted(one.status_code for one in answers) == [202] * 5 + [429] * 3
    await api.platform.directory.letters.outbox.settled()
    assert len(box.letters) == 5


async def test_without_a_mail_server_nothing_is_sent_and_it_is_said(api: Api) -> None:
    await api.account(Role.VIEWER, email="grace@example.org")
    answers = [
        await api.client().post("/session/reset", json={"email": email})
        for email in ("grace@example.org", "nobody@example.org")
    ]
    assert {(one.status_code, one.text) for one in answers} == {(202, '{"mail":false}')}


async def test_a_reset_does_not_go_round_the_second_factor(api: Api) -> None:
    from tests.server.people.test_second_factor import enrolled

    person, _, _ = await enrolled(api)
    admin = await api.signed_in(Role.ADMIN)
    link = (await admin.post(f"/members/{person.id}/reset-link")).json()["link"]
    body = {"secret": link.partition("#")[2], "password": NEW}
    assert (await api.client().post("/session/reset/finish", json=body)).status_code == 204
    assert (await signed(api.client(), person.value.email, NEW)).status_code == 202


async def test_an_address_changes_once_it_is_confirmed(posting: tuple[Api, Postbox]) -> None:
    api, box = posting
    person = await api.account(
        Role.VIEWER, email="old@example.org", password=await api.platform.passwords.hash(PASSWORD)
    )
    await api.account(Role.VIEWER, email="taken@example.org")
    client, eve = api.client(await api.token(person)), await api.signed_in(Role.VIEWER)
    wrong = await client.post("/profile/email", json={"email": "new@example.org", "password": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "account.old_password")
    asked = [
        await client.post("/profile/email", json={"email": email, "password": PASSWORD})
        for email in ("taken@example.org", "new@example.org")
    ]
    assert {(one.status_code, one.text) for one in asked} == {(202, "null")}
    await api.platform.directory.letters.outbox.settled()
    assert [one["to"] for one in box.letters] == ["new@example.org"]
    secret = box.secret("new@example.org", "email")
    assert (await eve.post("/profile/email/confirm", json={"secret": secret})).status_code == 404
    assert (await signed(api.client(), "new@example.org", PASSWORD)).status_code == 401
    confirmed = await client.post("/profile/email/confirm", json={"secret": secret})
    assert (confirmed.json()["email"], confirmed.json()["verified"]) == ("new@example.org", True)
    assert (await client.post("/profile/email/confirm", json={"secret": secret})).status_code == 404
    assert (await signed(api.client(), "new@example.org", PASSWORD)).status_code == 201
    assert (await signed(api.client(), "old@example.org", PASSWORD)).status_code == 401
    await api.platform.directory.letters.outbox.settled()
    assert "new@example.org" in box.to("old@example.org")[-1].get_content()


async def test_without_mail_an_operator_changes_addresses(api: Api) -> None:
    person = await api.account(Role.VIEWER, password=await api.platform.passwords.hash(PASSWORD))
    client = api.client(await api.token(person))
    refused = await client.post("/profile/email", json={"email": "new@example.org", "password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (409, "account.no_mail")
    operator = await api.signed_in(None, operator=True)
    changed = await operator.patch(f"/accounts/{person.id}", json={"email": "new@example.org"})
    assert changed.json()["email"] == "new@example.org"
    assert (await signed(api.client(), "new@example.org", PASSWORD)).status_code == 201


async def test_many_guesses_at_once_are_counted_all(either: Api) -> None:
    await either.account(
        Role.VIEWER, email="grace@example.org", password=await either.platform.passwords.hash(PASSWORD)
    )
    anonymous = either.client()
    answers = await asyncio.gather(*[signed(anonymous, "grace@example.org", f"guess {i}") for i in range(15)])
    codes = [one.status_code for one in answers]
    assert (codes.count(401), codes.count(429)) == (10, 5)


@pytest.mark.parametrize("purpose", ["invitation", "email", "challenge"])
async def test_the_secret_of_one_link_opens_no_other(posting: tuple[Api, Postbox], purpose: str) -> None:
    api, _ = posting
    people = api.platform.people
    person = await api.account(Role.VIEWER)
    from studio.crypto.passwords import secret_digest
    from studio.services.people.model import Ticket

    ticket = Ticket(purpose=purpose, account=person.id, workspace="default", role="admin", email="x@example.org")
    later = api.platform.ports.clock() + 10**9
    await people.records.commit([people.tickets.put(INSTANCE, secret_digest("s"), ticket, expires_at=later)])
    refused = await api.client().post("/session/reset/finish", json={"secret": "s", "password": NEW})
    assert refused.status_code == 404
