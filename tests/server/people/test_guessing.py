"""Guessing at sign-in: held back, told in the log, and no way to keep somebody else out."""

from __future__ import annotations

from typing import Any

import httpx2

from studio.crypto.passwords import Passwords
from studio.crypto.totp import totp_code
from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from studio.domain.settings import ServerSettings
from studio.services._collection import Kept
from studio.services.auditing import read_entry
from studio.services.gateway.addresses import place
from studio.services.people.model import Account
from tests.server.kit import PASSWORD, Api, running_api
from tests.server.people.mails import Postbox
from tests.server.people.test_second_factor import enrolled, now

DEVICE = "studio_device"


def at(api: Api, ip: str) -> httpx2.AsyncClient:
    """A browser at an address, as a trusted proxy says."""
    return api.client(**{"x-forwarded-for": ip})


async def attempt(client: httpx2.AsyncClient, account: Kept[Account], password: str, **more: Any) -> httpx2.Response:
    """An attempt to sign in, as a browser that is signed in nowhere."""
    client.cookies.pop("studio_session", None)
    return await client.post("/session", json={"email": account.value.email, "password": password, **more})


async def with_proxy(tmp_path: Any) -> Any:
    """A server behind a proxy."""
    return running_api(
        tmp_path / "data", driving=False,
        settings=ServerSettings(port=0, requests_per_minute=0, trusted_proxies=("127.0.0.1",)),
    )  # fmt: skip


async def test_who_guesses_keeps_nobody_else_out(tmp_path: Any) -> None:
    async with await with_proxy(tmp_path) as api:
        ada = await api.account(Role.EDITOR, password=await Passwords().hash(PASSWORD))
        own, office, evil = at(api, "192.0.2.1"), at(api, "192.0.2.1"), at(api, "198.51.100.7")
        assert (await attempt(own, ada, PASSWORD)).status_code == 201
        assert own.cookies.get(DEVICE)
        # Somebody elsewhere, and a colleague behind the same address, guess until they are held back.
        for guesser in (evil, office):
            for _ in range(10):
                assert (await attempt(guesser, ada, "wrong wrong wrong")).status_code == 401
            held = await attempt(guesser, ada, PASSWORD)
            assert (held.status_code, held.json()["code"]) == (429, "login.too_many")
        # The browser in which she has signed in before is let in, and from a third place she is too.
        assert (await attempt(own, ada, PASSWORD)).status_code == 201
        assert (await attempt(at(api, "203.0.113.5"), ada, PASSWORD)).status_code == 201
        # What a browser is known by is worth nothing for somebody else, and does not let in.
        bob = await api.account(Role.EDITOR, password=ada.value.password)
        for _ in range(10):
            assert (await attempt(own, bob, "wrong wrong wrong")).status_code == 401
        assert (await attempt(own, bob, PASSWORD)).status_code == 429
        device = own.cookies.get(DEVICE) or ""
        stranger = api.client(cookie=f"{DEVICE}={device}")
        assert (await stranger.get("/session")).status_code == 401
        for _ in range(10):
            assert (await attempt(stranger, ada, "wrong wrong wrong")).status_code == 401
        assert (await attempt(stranger, ada, PASSWORD)).status_code == 429


async def test_an_address_is_held_back_from_everywhere_and_places_are_networks(tmp_path: Any) -> None:
    async with await with_proxy(tmp_path) as api:
        api.platform.passwords._nobody = ada_hash = await Passwords().hash(PASSWORD)  # pyright: ignore[reportPrivateUsage]
        ada = await api.account(Role.EDITOR, password=ada_hash)
        guessing, found = api.platform.directory.guessing, ada
        for place_number in range(10):
            for _ in range(10):
                await guessing.password(ada.value.mail_key, found, f"2001:db8:{place_number}::1", None)
        fresh = await attempt(at(api, "203.0.113.9"), ada, PASSWORD)
        assert fresh.status_code == 429
        # The same answer for an address that nobody has.
        nobody = await api.platform.people.mail_key("nobody@example.org")
        for place_number in range(10):
            for _ in range(10):
                await guessing.password(nobody, None, f"2001:db8:{place_number + 20:x}::1", None)
        other = await at(api, "203.0.113.9").post("/session", json={"email": "nobody@example.org", "password": "x"})
        assert (other.status_code, other.json()["code"]) == (fresh.status_code, fresh.json()["code"])
        assert place("2001:db8::1") == place("2001:db8::ffff:1") != place("2001:db8:0:1::1")
        assert place("::ffff:192.0.2.1") == place("192.0.2.1") == "192.0.2.1"


async def test_codes_of_a_second_factor_are_guessed_at_ones_own_cost(api: Api) -> None:
    """Who knows the password and not the second factor does not keep its owner out of a browser that is known."""
    person, secret, _ = await enrolled(api)
    own, evil = api.client(), api.client()
    begun = await attempt(own, person, PASSWORD)
    code = totp_code(secret, now(api))
    assert begun.status_code == 202
    signed_in = await own.post("/session/second", json={"challenge": begun.json()["challenge"], "code": code})
    assert signed_in.status_code == 201, signed_in.text
    for _ in range(4):
        challenge = (await attempt(evil, person, PASSWORD)).json()["challenge"]
        for _ in range(3):
            await evil.post("/session/second", json={"challenge": challenge, "code": "000000"})
    challenge = (await attempt(evil, person, PASSWORD)).json()["challenge"]
    held = await evil.post("/session/second", json={"challenge": challenge, "code": "000000"})
    assert (held.status_code, held.json()["code"]) == (429, "login.too_many")
    begun = await attempt(own, person, PASSWORD)
    late = await own.post(
        "/session/second", json={"challenge": begun.json()["challenge"], "code": totp_code(secret, now(api) + 1)}
    )
    assert late.status_code == 201, late.text
    # A code counts once, also in a new sign-in.
    again = await attempt(own, person, PASSWORD)
    used = await own.post(
        "/session/second", json={"challenge": again.json()["challenge"], "code": totp_code(secret, now(api) + 1)}
    )
    assert (used.status_code, used.json()["code"]) == (401, "login.code")
    log = [read_entry(one.value) for one in await api.platform.ports.records.audit(INSTANCE, limit=100)]
    reasons = [(one.after or {}).get("reason") for one in log if one.action == "session.refused"]
    assert set(reasons) == {"code"}
    assert "session.challenged" in [one.action for one in log]


async def test_a_link_that_others_ask_for_voids_none_that_is_being_opened(posting: tuple[Api, Postbox]) -> None:
    api, box = posting
    ada = await api.account(Role.EDITOR, password=await Passwords().hash(PASSWORD), email="ada@example.org")
    for _ in range(2):
        await api.client().post("/session/reset", json={"email": "ada@example.org"})
        await api.platform.directory.letters.outbox.settled()
    first, last = (one.get_content().partition("/reset#")[2].split()[0] for one in box.to("ada@example.org"))
    own = api.client()
    body = {"secret": first, "password": "another battery staple"}
    assert (await own.post("/session/reset/finish", json=body)).status_code == 204
    # Used once, and with it all others are void.
    for secret in (first, last):
        used = await api.client().post("/session/reset/finish", json={**body, "secret": secret})
        assert (used.status_code, used.json()["code"]) == (404, "reset.link")
    # The browser is known from then on: who keeps failing at the address does not keep her out.
    for _ in range(11):
        await attempt(api.client(), ada, "wrong wrong wrong")
    assert (await attempt(api.client(), ada, "another battery staple")).status_code == 429
    known = api.client(cookie=f"__Host-{DEVICE}={own.cookies.get(f'__Host-{DEVICE}')}")
    assert (await attempt(known, ada, "another battery staple")).status_code == 201


async def test_why_a_sign_in_failed_is_told_to_operators_alone(api: Api) -> None:
    hashed = await Passwords().hash(PASSWORD)
    ada = await api.account(Role.EDITOR, password=hashed)
    gone = await api.account(Role.EDITOR, password=hashed, active=False)
    nobody = await api.account(Role.EDITOR, email="nobody@example.org")
    answers = [
        await attempt(api.client(), ada, "wrong wrong wrong"),
        await attempt(api.client(), gone, PASSWORD),
        await attempt(api.client(), nobody, PASSWORD),
        await api.client().post("/session", json={"email": "none@example.org", "password": PASSWORD}),
    ]
    assert {(one.status_code, one.json()["detail"]) for one in answers} == {(401, answers[0].json()["detail"])}
    log = [read_entry(one.value) for one in await api.platform.ports.records.audit(INSTANCE, limit=4)]
    told = [(one.action, (one.after or {})["reason"], one.outcome) for one in reversed(log)]
    assert told == [
        ("session.refused", "password", "refused"), ("session.refused", "inactive", "refused"),
        ("session.refused", "password", "refused"), ("session.refused", "unknown", "refused"),
    ]  # fmt: skip


async def test_two_requests_at_once_after_a_pause(api: Api) -> None:
    """Both write down that the session is used; neither is refused for that."""
    import asyncio

    import msgspec

    account = await api.account(Role.EDITOR)
    client = api.client(await api.token(account))
    people = api.platform.people
    (session,) = await people.sessions.all(INSTANCE, parent=account.id)
    for _ in range(5):
        old = msgspec.structs.replace(session.value, seen_at=0)
        await people.records.commit([people.sessions.put(INSTANCE, session.id, old)])
        answers = await asyncio.gather(*(client.get("/profile") for _ in range(8)))
        assert {one.status_code for one in answers} == {200}


async def test_over_tls_no_neighbour_can_set_the_cookies(posting: tuple[Api, Postbox]) -> None:
    """A page of evil.example.org could set a cookie for example.org: one of such a name no browser takes from it."""
    api, _ = posting
    ada = await api.account(Role.EDITOR, password=await Passwords().hash(PASSWORD))
    signed_in = await attempt(api.client(), ada, PASSWORD)
    given = signed_in.headers.get_list("set-cookie")
    assert [one.partition("=")[0] for one in given] == ["__Host-studio_session", f"__Host-{DEVICE}"]
    for one in given:
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= {part.strip() for part in one.split(";")}
        assert "Domain" not in one
    token = given[0].partition("=")[2].partition(";")[0]
    assert (await api.client(cookie=f"__Host-studio_session={token}").get("/session")).status_code == 200
    assert (await api.client(cookie=f"studio_session={token}").get("/session")).status_code == 401
    gone = await api.client(
        cookie=f"__Host-studio_session={token}", **{"x-csrf-token": signed_in.json()["csrf"]}
    ).delete("/session")  # fmt: skip
    assert gone.status_code == 204
    assert gone.headers["set-cookie"].startswith('__Host-studio_session="";')
    assert "Secure" in gone.headers["set-cookie"]
