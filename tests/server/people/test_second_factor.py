"""The second factor: setting it up, signing in with it, guessing it."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from studio.crypto.totp import totp_code, totp_step
from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.people.model import Account
from tests.server.kit import PASSWORD, Api

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def now(api: Api) -> int:
    return int(api.platform.ports.clock() / 1e6 // 30)


async def enrolled(api: Api) -> tuple[Kept[Account], str, list[str]]:
    """Somebody with a second factor: account, secret, recovery codes. The last code counts as used."""
    person = await api.account(Role.EDITOR, password=await api.platform.passwords.hash(PASSWORD))
    client = api.client(await api.token(person))
    begun = await client.post("/profile/second-factor", json={"password": PASSWORD})
    assert begun.status_code == 201, begun.text
    secret = begun.json()["secret"]
    confirmed = await client.post(
        "/profile/second-factor/confirm", json={"code": totp_code(secret, now(api) - 1)}
    )  # fmt: skip
    assert confirmed.status_code == 200, confirmed.text
    return await api.platform.people.accounts.need(INSTANCE, person.id), secret, confirmed.json()["codes"]


async def first_step(api: Api, person: Kept[Account], client: httpx2.AsyncClient | None = None) -> str:
    asked = await (client or api.client()).post(
        "/session", json={"email": person.value.email, "password": PASSWORD, "client": "cli"}
    )
    assert asked.status_code == 202, asked.text
    return asked.json()["challenge"]


async def second_step(client: httpx2.AsyncClient, challenge: str, code: str) -> httpx2.Response:
    return await client.post("/session/second", json={"challenge": challenge, "code": code})


def wrong(api: Api, secret: str) -> str:
    near = {totp_code(secret, now(api) + i) for i in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444") if code not in near)


@pytest.mark.parametrize("seconds", [59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000])
def test_codes_are_those_of_the_standard(seconds: int) -> None:
    reference = TOTP(b"12345678901234567890", 6, SHA1(), 30)
    assert totp_code(SECRET, seconds // 30) == reference.generate(seconds).decode()


def test_a_code_is_of_now_or_one_step_beside() -> None:
    code = totp_code(SECRET, 100)
    assert [totp_step(SECRET, code, step * 30, 0) for step in (98, 99, 100, 101, 102)] == [None, 100, 100, 100, None]
    assert totp_step(SECRET, code, 3000, 100) is None
    assert totp_step(SECRET, f" {code[:3]} {code[3:]} ", 3000, 99) == 100
    for nonsense in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345"):
        assert totp_step(SECRET, nonsense, 3000, 0) is None


async def test_signing_in_takes_two_steps(either: Api) -> None:
    person, secret, _ = await enrolled(either)
    client = either.client()
    challenge = await first_step(either, person)
    assert (await either.client(challenge).get("/session")).status_code == 401
    signed = await second_step(client, challenge, totp_code(secret, now(either)))
    assert signed.status_code == 201, signed.text
    mine = either.client(signed.json()["token"])
    assert (await mine.get("/session")).json()["account"]["second_factor"] is True
    again = await second_step(client, challenge, totp_code(secret, now(either) + 1))
    assert (again.status_code, again.json()["code"]) == (401, "login.challenge")


async def test_a_code_counts_once(either: Api) -> None:
    person, secret, _ = await enrolled(either)
    code = totp_code(secret, now(either))
    challenges = [await first_step(either, person) for _ in range(4)]
    client = either.client()
    answers = await asyncio.gather(*[second_step(client, challenge, code) for challenge in challenges])
    assert sorted(one.status_code for one in answers) == [201, 401, 401, 401]
    later = await second_step(client, await first_step(either, person), code)
    assert (later.status_code, later.json()["code"]) == (401, "login.code")


async def test_a_recovery_code_counts_once_too(api: Api) -> None:
    person, _, codes = await enrolled(api)
    assert len(set(codes)) == 10
    client = api.client()
    used = await second_step(client, await first_step(api, person), codes[3].upper())
    assert used.status_code == 201, used.text
    again = await second_step(client, await first_step(api, person), codes[3])
    assert again.status_code == 401
    mine = api.client(used.json()["token"])
    assert (await mine.get("/profile")).json()["recovery_codes"] == 9
    renewed = await mine.post("/profile/second-factor/recovery-codes", json={"password": PASSWORD})
    assert len(renewed.json()["codes"]) == 10
    assert (await second_step(client, await first_step(api, person), codes[0])).status_code == 401
    fresh = renewed.json()["codes"][0].replace("-", " ")
    assert (await second_step(client, await first_step(api, person), fresh)).status_code == 201


async def test_guessing_is_held_back_however_many_first_steps_are_made(api: Api) -> None:
    person, secret, _ = await enrolled(api)
    client = api.client()
    challenge = await first_step(api, person)
    for _ in range(3):
        assert (await second_step(client, challenge, wrong(api, secret))).status_code == 401
    spent = await second_step(client, challenge, totp_code(secret, now(api)))
    assert (spent.status_code, spent.json()["code"]) == (401, "login.challenge")
    codes: list[int] = []
    for _ in range(3):
        challenge = await first_step(api, person)
        codes += [(await second_step(client, challenge, wrong(api, secret))).status_code for _ in range(3)]
    assert codes[:7] == [401] * 7
    assert set(codes[7:]) == {429}
    held = await second_step(client, await first_step(api, person), totp_code(secret, now(api)))
    assert held.status_code == 429


async def test_many_guesses_at_once_are_counted_all(api: Api) -> None:
    person, secret, _ = await enrolled(api)
    challenges = [await first_step(api, person) for _ in range(8)]
    client = api.client()
    answers = await asyncio.gather(
        *[second_step(client, challenge, wrong(api, secret)) for challenge in challenges for _ in range(3)]
    )
    refused = [one.json()["code"] for one in answers]
    assert refused.count("login.code") + refused.count("record.changed") <= 10
    assert "login.too_many" in refused


async def test_the_second_step_belongs_to_the_first(api: Api) -> None:
    person, secret, _ = await enrolled(api)
    ours, theirs = api.client(**{"user-agent": "one"}), api.client(**{"user-agent": "two"})
    challenge = await first_step(api, person, ours)
    code = totp_code(secret, now(api))
    assert (await second_step(theirs, challenge, code)).status_code == 401
    assert (await second_step(ours, "nonsense", code)).status_code == 401
    people = api.platform.people
    account = await people.accounts.need(INSTANCE, person.id)
    import msgspec

    other = msgspec.structs.replace(account.value, password=await api.platform.passwords.hash("another password"))
    await people.records.commit([people.accounts.put(INSTANCE, person.id, other)])
    assert (await second_step(ours, challenge, code)).status_code == 401
    await people.records.commit([people.accounts.put(INSTANCE, person.id, account.value)])
    assert (await second_step(ours, challenge, code)).status_code == 201


async def test_a_challenge_ends_and_is_void_for_who_is_not_active(api: Api) -> None:
    person, secret, _ = await enrolled(api)
    client, operator = api.client(), await api.signed_in(None, operator=True)
    challenge = await first_step(api, person)
    people = api.platform.people
    tickets = list(await people.tickets.all(INSTANCE, parent=person.id))
    assert [one.value.purpose for one in tickets] == ["challenge"]
    lasts = (tickets[0].record.expires_at or 0) - api.platform.ports.clock()
    assert 0 < lasts <= 5 * 60 * 10**6
    assert (await operator.patch(f"/accounts/{person.id}", json={"active": False})).status_code == 200
    assert (await second_step(client, challenge, totp_code(secret, now(api)))).status_code == 401


async def test_it_is_set_up_and_turned_off_with_the_password(api: Api) -> None:
    person = await api.account(Role.EDITOR, password=await api.platform.passwords.hash(PASSWORD))
    client, other = api.client(await api.token(person)), api.client(await api.token(person))
    assert (await client.post("/profile/second-factor", json={"password": "x"})).status_code == 422
    assert (await client.post("/profile/second-factor/confirm", json={"code": "123456"})).status_code == 409
    begun = (await client.post("/profile/second-factor", json={"password": PASSWORD})).json()
    assert begun["uri"].startswith("otpauth://totp/Studio:")
    assert f"secret={begun['secret']}" in begun["uri"]
    wrong_code = await client.post("/profile/second-factor/confirm", json={"code": wrong(api, begun["secret"])})
    assert (wrong_code.status_code, wrong_code.json()["param"]) == (422, "code")
    # Not confirmed, it asks for nothing yet.
    body = {"email": person.value.email, "password": PASSWORD, "client": "cli"}
    assert (await api.client().post("/session", json=body)).status_code == 201
    code = totp_code(begun["secret"], now(api))
    assert (await client.post("/profile/second-factor/confirm", json={"code": code})).status_code == 200
    assert (await other.get("/session")).status_code == 401
    assert (await client.post("/profile/second-factor", json={"password": PASSWORD})).status_code == 409
    replay = await second_step(api.client(), await first_step(api, person), code)
    assert replay.status_code == 401
    assert (await client.post("/profile/second-factor/disable", json={"password": "x"})).status_code == 422
    assert (await client.post("/profile/second-factor/disable", json={"password": PASSWORD})).status_code == 204
    assert (await api.client().post("/session", json=body)).status_code == 201


async def test_an_admin_turns_it_off_for_who_has_lost_it(api: Api) -> None:
    person, _, _ = await enrolled(api)
    client = api.client(await api.token(person))
    admin, editor = await api.signed_in(Role.ADMIN), await api.signed_in(Role.EDITOR)
    assert (await editor.delete(f"/members/{person.id}/second-factor")).status_code == 403
    assert (await admin.delete(f"/members/{person.id}/second-factor")).status_code == 204
    assert (await client.get("/session")).status_code == 401
    assert (await admin.delete(f"/members/{person.id}/second-factor")).status_code == 409


async def test_a_workspace_asks_it_of_its_members(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    early = await admin.patch("/workspaces/default", json={"second_factor": True})
    assert (early.status_code, early.json()["code"]) == (409, "workspace.own_factor_first")
    person, _, _ = await enrolled(either)
    people = either.platform.people
    members = people.members
    kept = await members.need(INSTANCE, f"default.{person.id}")
    import msgspec

    await people.records.commit([members.put(INSTANCE, kept.id, msgspec.structs.replace(kept.value, role="admin"))])
    with_factor = either.client(await either.token(person))
    assert (await with_factor.patch("/workspaces/default", json={"second_factor": True})).status_code == 200
    assert (await with_factor.get("/members")).status_code == 200
    refused = await admin.get("/members")
    assert (refused.status_code, refused.json()["code"]) == (403, "access.second_factor")
    shown = (await admin.get("/session")).json()
    assert (shown["needs_second_factor"], shown["permissions"]) == (True, [])
    # Neither from here nor by way of another workspace can they turn it off.
    assert (await admin.patch("/workspaces/default", json={"second_factor": False})).status_code == 403
    await either.workspace("other")
    operator = await either.signed_in(None, operator=True)
    id = shown["account"]["id"]
    assert (await operator.post("/workspaces/other/admins", json={"account": id})).status_code == 204
    around = await admin.patch(
        "/workspaces/default", json={"second_factor": False}, headers={"studio-workspace": "other"}
    )
    assert around.status_code == 403
    assert (await admin.get("/members", headers={"studio-workspace": "other"})).status_code == 200


async def test_secrets_and_codes_stand_in_no_answer_or_log(api: Api) -> None:
    person, secret, codes = await enrolled(api)
    admin, operator = await api.signed_in(Role.ADMIN), await api.signed_in(None, operator=True)
    mine = api.client(await api.token(person))
    texts = [
        (await client.get(path)).text
        for client, path in (
            (admin, "/members"), (admin, f"/members/{person.id}"), (operator, f"/accounts/{person.id}"),
            (mine, "/profile"), (mine, "/profile/export"), (mine, "/session"),
        )
    ]  # fmt: skip
    log = b"".join(one.value for one in await api.platform.people.records.audit(INSTANCE, limit=100))
    for planted in (secret, *codes, person.value.password or ""):
        assert planted not in "".join(texts)
        assert planted.encode() not in log
    raw = b"".join(
        file.read_bytes() for file in api.platform.ports.data.rglob("*") if file.is_file() and "key" not in file.name
    )
    assert person.value.email.encode() not in raw
    assert secret.encode() not in raw
