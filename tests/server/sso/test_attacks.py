"""What a hostile page, a hostile person and a provider that lies try; each beside what must go on working."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from studio.crypto.passwords import secret_digest
from studio.domain.ids import INSTANCE
from tests.server.sso.kit import Mapping, Sso
from tests.server.sso.provider import IdentityServer, User, running_provider

Spoil = Callable[[dict[str, Any]], None]


def put(**more: Any) -> Spoil:
    """Claims that are false."""

    def spoil(claims: dict[str, Any]) -> None:
        claims.update(more)

    return spoil


def drop(name: str) -> Spoil:
    """A claim that is missing."""

    def spoil(claims: dict[str, Any]) -> None:
        claims.pop(name)

    return spoil


NOW = time.time()
SPOILED = [
    ("nonce", put(nonce="another")), ("nonce", drop("nonce")), ("nonce", put(nonce=["x"])),
    ("aud", put(aud="somebody-else")), ("aud", put(aud=[])), ("aud", drop("aud")), ("aud", put(aud={"studio": 1})),
    ("azp", put(aud=["studio", "other"])), ("azp", put(azp="other")),
    ("iss", put(iss="https://accounts.example.com")), ("iss", drop("iss")),
    ("exp", put(exp=NOW - 3600)), ("exp", drop("exp")), ("exp", put(exp="never")), ("exp", put(exp=True)),
    ("exp", put(exp=1e300)), ("iat", drop("iat")), ("iat", put(iat=NOW + 3600)), ("iat", put(iat=NOW - 7200)),
    ("nbf", put(nbf=NOW + 3600)), ("sub", put(sub="")), ("sub", put(sub=7)), ("sub", put(sub="x" * 256)),
    ("at_hash", put(at_hash="AAAA")), ("at_hash", put(at_hash=7)), ("groups", put(groups=["g"] * 3000)),
]  # fmt: skip


async def test_false_claims(sso: Sso) -> None:
    await sso.set_up(mappings=[Mapping(value="g", workspace="default", role="viewer")])
    browser = sso.browser()
    for number, (reason, spoil) in enumerate(SPOILED):
        sso.there.spoil = spoil
        refused = await browser.sign_in()
        assert (refused.status_code, refused.json()["code"]) == (403, "sso.token"), (number, refused.text)
        assert f"({reason})" in refused.json()["detail"], number
        assert "studio_session" not in browser.client.cookies
    assert await sso.account() is None
    sso.there.spoil = None
    assert (await browser.sign_in()).status_code == 303


async def test_clocks_that_differ_a_little(sso: Sso) -> None:
    await sso.set_up()
    for off in (-30, 30):
        now = int(time.time())
        sso.there.spoil = put(iat=now + off, exp=now + off + 20)
        assert (await sso.browser().sign_in()).status_code == 303


def part(value: Any) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(there: IdentityServer, claims: dict[str, Any]) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


def with_public_key_as_secret(there: IdentityServer, claims: dict[str, Any]) -> str:
    pem = there.keys[there.kid].as_bytes("PEM", private=False)  # pyright: ignore[reportAttributeAccessIssue]
    signed = f"{part({'alg': 'HS256', 'kid': there.kid})}.{part(claims)}"
    signature = hmac.new(pem, signed.encode(), "sha256").digest()
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_another_key(there: IdentityServer, claims: dict[str, Any]) -> str:
    key = RSAKey.generate_key(2048, {"kid": there.kid})
    return jwt.encode({"alg": "RS256", "kid": there.kid}, claims, key)


def with_its_own_key_along(there: IdentityServer, claims: dict[str, Any]) -> str:
    key = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "kid": there.kid, "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key)


def cut(there: IdentityServer, claims: dict[str, Any]) -> str:
    return there.sign(claims).rpartition(".")[0] + "."


def changed(there: IdentityServer, claims: dict[str, Any]) -> str:
    head, _, tail = there.sign(claims).split(".")
    return f"{head}.{there.sign({**claims, 'sub': 'root'}).split('.')[1]}.{tail}"


def with_unknown_key(there: IdentityServer, claims: dict[str, Any]) -> str:
    return there.sign(claims, kid="nobody")


def huge(there: IdentityServer, claims: dict[str, Any]) -> str:
    return there.sign({**claims, "padding": "x" * 200_000})


def deep(there: IdentityServer, claims: dict[str, Any]) -> str:
    from joserfc import jws

    payload = '{"a":' + "[" * 30_000 + "]" * 30_000 + "}"
    return jws.serialize_compact({"alg": "RS256", "kid": there.kid}, payload, there.keys[there.kid])


def weak_algorithm(there: IdentityServer, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS512", "kid": there.kid}, claims, RSAKey.generate_key(2048), algorithms=["RS512"])


FORGERIES: list[Callable[[IdentityServer, dict[str, Any]], str]] = [
    unsigned, with_public_key_as_secret, with_another_key, with_its_own_key_along, cut, changed, with_unknown_key, huge,
    deep, weak_algorithm,
    lambda there, claims: "", lambda there, claims: "a.b", lambda there, claims: "..", lambda there, claims: "é.é.é",
]  # fmt: skip


async def test_forged_tokens(sso: Sso) -> None:
    await sso.set_up()
    browser = sso.browser()
    for number, forge in enumerate(FORGERIES):
        sso.there.forge = lambda claims, forge=forge: forge(sso.there, claims)
        refused = await browser.sign_in()
        assert (refused.status_code, refused.json()["code"]) == (403, "sso.token"), (number, refused.text)
    assert await sso.account() is None
    sso.there.forge = None
    assert (await browser.sign_in()).status_code == 303


def keys(*given: Any) -> dict[str, Any]:
    return {"keys": list(given)}


KEY_SETS: list[Any] = [
    [], {"keys": "none"}, keys(), keys(*[{"kty": "RSA"}] * 101),
    keys({"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}),
    keys({"kty": "RSA", "n": "x" * 400_000, "e": "AQAB"}), keys({"kty": "RSA", "n": "x" * 100, "e": "AQAB"}),
    keys({"kty": "RSA", "n": "A" * 250 + "x" * 100, "e": "AQAB"}), keys({"kty": "EC", "crv": "P-256"}), keys(7),
    PlainTextResponse("x" * 600_000, media_type="application/json"),
    PlainTextResponse("[" * 100_000), PlainTextResponse("{}", 500), RedirectResponse("http://127.0.0.1:1/jwks"),
]  # fmt: skip


async def test_key_sets_that_are_none(sso: Sso) -> None:
    await sso.set_up()
    browser = sso.browser()
    for number, jwks in enumerate(KEY_SETS):
        sso.there.jwks = jwks
        sso.api.platform.sso.discovery.forget()
        refused = await browser.sign_in()
        assert refused.json()["code"] in ("sso.provider", "sso.token"), (number, refused.text)
    sso.there.jwks = None
    sso.api.platform.sso.discovery.forget()
    assert (await browser.sign_in()).status_code == 303


TOKEN_ANSWERS: list[Response] = [
    PlainTextResponse("down", 500), PlainTextResponse("[]"), PlainTextResponse("{"), JSONResponse({}),
    JSONResponse({"id_token": 7}), PlainTextResponse("x" * 600_000), RedirectResponse("/elsewhere"),
    JSONResponse({"error": "invalid_grant", "error_description": "secret-of-the-provider"}, 400),
]  # fmt: skip


async def test_token_answers_that_are_none(sso: Sso) -> None:
    await sso.set_up()
    browser = sso.browser()
    for number, answer in enumerate(TOKEN_ANSWERS):
        sso.there.token_answer = answer
        refused = await browser.sign_in()
        assert refused.json()["code"] in ("sso.provider", "sso.token"), (number, refused.text)
        assert "secret-of-the-provider" not in refused.text
    sso.there.token_answer = None
    assert (await browser.sign_in()).status_code == 303


DISCOVERIES: list[dict[str, Any]] = [
    {"issuer": "https://login.example.com"}, {"issuer": None}, {"token_endpoint": None}, {"jwks_uri": 7},
    {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": "http://evil.example.com/a"},
]  # fmt: skip


async def test_discovery_that_is_another_issuers(sso: Sso) -> None:
    await sso.set_up()
    for discovery in DISCOVERIES:
        sso.there.discovery = discovery
        refused = await sso.browser().begin()
        assert (refused.status_code, refused.json()["code"]) == (502, "sso.provider")
    sso.there.discovery = {}
    assert (await sso.browser().sign_in()).status_code == 303


async def test_a_token_endpoint_inside_is_not_reached_for_a_provider_outside(sso: Sso) -> None:
    """What discovery names is no way into the network: only the provider's own host is allowed."""
    from studio.services.sso.discovery import Discovery
    from studio.services.sso.model import IdentityProvider

    async def nothing(_: str) -> tuple[str, ...]:
        return ()

    provider = IdentityProvider(name="Acme", issuer=sso.there.url, client_id="studio", internal=True)
    allowed = await Discovery(nothing).reader(provider)
    assert (await allowed.ask("GET", f"{sso.there.url}/jwks")).status == 200
    for url in ("http://127.0.0.1:9/", "https://169.254.169.254/latest", "https://10.0.0.1/"):
        with pytest.raises(Exception, match=r"not allowed|only sent|does not answer"):
            await allowed.ask("GET", url)
    await allowed.aclose()
    outside = await Discovery(nothing).reader(IdentityProvider(name="Acme", issuer=sso.there.url, client_id="studio"))
    with pytest.raises(Exception, match=r"only sent|not allowed"):
        await outside.ask("GET", f"{sso.there.url}/jwks")
    await outside.aclose()


async def test_a_state_works_once(sso: Sso) -> None:
    await sso.set_up()
    browser = sso.browser()
    back = await browser.there(await browser.begin())
    assert (await browser.client.get(back)).status_code == 303
    again = await browser.client.get(back)
    assert (again.status_code, again.json()["code"]) == (403, "sso.state")


async def test_a_state_works_only_in_the_browser_that_began_it(sso: Sso) -> None:
    """Somebody sends a victim the end of their own sign-in, so that the victim works in their account."""
    await sso.set_up()
    attacker, victim = sso.browser(), sso.browser()
    back = await attacker.there(await attacker.begin())
    refused = await victim.client.get(back)
    assert (refused.status_code, refused.json()["code"]) == (403, "sso.state")
    await victim.begin()  # a cookie of a sign-in of their own does not help
    assert (await victim.client.get(back)).json()["code"] == "sso.state"
    assert "studio_session" not in victim.client.cookies
    assert (await attacker.client.get(back)).status_code == 303


async def test_somebody_elses_code_in_ones_own_sign_in(sso: Sso) -> None:
    await sso.set_up()
    victim, attacker = sso.browser(), sso.browser()
    stolen = parse_qs(urlsplit(await victim.there(await victim.begin())).query)["code"][0]
    sso.there.user = User(subject="eve", email="eve@example.org")
    back = await attacker.there(await attacker.begin())
    own = parse_qs(urlsplit(back).query)["code"][0]
    refused = await attacker.client.get(back.replace(own, stolen))
    assert refused.json()["code"] == "sso.provider"  # the verifier is another one
    assert "verifier" in sso.there.refused[-1]
    assert "studio_session" not in attacker.client.cookies


async def test_answers_of_one_provider_at_the_callback_of_another(sso: Sso) -> None:
    await sso.set_up()
    with running_provider() as evil:
        evil.user = User(subject="u-1", email="ada@example.org")
        await sso.set_up("evil", evil)
        browser = sso.browser()
        back = await browser.there(await browser.begin("acme"))
        mixed = await browser.client.get(back.replace("/acme/", "/evil/"))
        assert mixed.json()["code"] == "sso.state"
        assert "token" not in evil.asked  # the code of the one was not given to the other
        assert (await browser.client.get(back)).status_code == 303


async def test_answers_that_name_another_issuer_or_none(sso: Sso) -> None:
    await sso.set_up()
    for named in ("https://evil.example.com", None):
        sso.there.named = named
        refused = await sso.browser().sign_in()
        assert refused.json()["code"] == "sso.token"
        assert "token" not in sso.there.asked
    sso.there.named = ""
    assert (await sso.browser().sign_in()).status_code == 303


ELSEWHERE = [
    "https://evil.example.com", "//evil.example.com", "/\\evil.example.com", "\\\\evil.example.com", "evil",
    "/\t/evil.example.com", "/\n/evil.example.com", "javascript:alert(1)", "", "/" + "x" * 1001, " //evil",
]  # fmt: skip


async def test_pages_to_come_back_to_that_are_elsewhere(sso: Sso) -> None:
    await sso.set_up()
    for return_to in ELSEWHERE:
        refused = await sso.browser().begin(return_to=return_to)
        assert refused.status_code in (400, 422), return_to
        assert "location" not in refused.headers


async def test_errors_of_the_provider_are_not_repeated(sso: Sso) -> None:
    await sso.set_up()
    browser = sso.browser()
    begun = await browser.begin()
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    refused = await browser.client.get(
        f"{sso.api.url}/api/v1/session/oidc/acme/callback",
        params={"state": state, "error": "<script>alert(1)</script>", "error_description": "x"},
    )
    assert refused.json()["code"] == "sso.refused_there"
    assert "script" not in refused.text


async def test_a_sign_in_that_takes_too_long(sso: Sso) -> None:
    await sso.set_up()
    browser = sso.browser()
    back = await browser.there(await browser.begin())
    shelf = sso.api.platform.sso.shelf
    id = secret_digest(parse_qs(urlsplit(back).query)["state"][0])
    flow = await shelf.flows.need(INSTANCE, id)
    await shelf.records.commit([shelf.flows.put(INSTANCE, id, flow.value, expires_at=1)])
    assert (await browser.client.get(back)).json()["code"] == "sso.state"


async def test_nothing_secret_is_in_answers_or_in_the_audit_log(sso: Sso) -> None:
    await sso.set_up()
    assert sso.there.secret is not None
    browser = sso.browser()
    begun = await browser.begin()
    back = await browser.there(begun)
    code = parse_qs(urlsplit(back).query)["code"][0]
    sso.there.spoil = put(nonce="x")
    texts = [begun.text, (await browser.client.get(back)).text]
    entries = [one.value for one in await sso.api.platform.ports.records.audit(INSTANCE, limit=100)]
    operator = await sso.api.signed_in(None, operator=True)
    texts.append((await operator.get("/operator/identity-providers")).text)
    for text in (*texts, *(entry.decode("latin-1") for entry in entries)):
        assert sso.there.secret not in text
        assert code not in text


async def test_beginning_again_and_again_is_held_back(sso: Sso, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.services.sso.flows.STARTS", 3)
    await sso.set_up()
    browser = sso.browser()
    assert [(await browser.begin()).status_code for _ in range(5)] == [303, 303, 303, 429, 429]


METADATA = (
    "http://169.254.169.254", "http://[::ffff:169.254.169.254]", "https://[64:ff9b::a9fe:a9fe]", "http://[fd00:ec2::254]",
    "http://100.100.100.200", "https://168.63.129.16/",
)  # fmt: skip


async def test_metadata_of_the_machine_is_no_provider(sso: Sso, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not as an issuer, not behind a name that an operator allows, not in what discovery names."""
    await sso.set_up()
    client = sso.api.client(await sso.api.token(await sso.api.account(None, operator=True)))
    path = "/operator/identity-providers"
    for issuer in METADATA:
        given = {"id": "evil", "name": "Evil", "issuer": issuer, "client_id": "x", "internal": True}
        refused = await client.post(path, json=given)
        assert (refused.status_code, refused.json()["code"]) == (422, "sso.issuer_metadata"), issuer
        assert (await client.patch(f"{path}/acme", json={"issuer": issuer})).status_code == 422
    inside = {"id": "inside", "name": "Inside", "issuer": "http://idp.internal", "client_id": "x", "internal": True}
    assert (await client.post(path, json=inside)).status_code == 201
    asked: list[str] = []

    async def resolved(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["169.254.169.254"]

    monkeypatch.setattr("studio.net._policy.system_resolver", resolved)
    for tried in (client.post(f"{path}/inside/test"), sso.browser().begin("inside")):
        refused = await tried
        assert (refused.status_code, refused.json()["code"]) == (403, "net.refused"), refused.text
    assert asked == ["idp.internal", "idp.internal"]
    for name in ("token_endpoint", "jwks_uri", "userinfo_endpoint"):
        sso.api.platform.sso.discovery.forget()
        sso.there.discovery = {name: "http://169.254.169.254/latest/meta-data"}
        sso.there.userinfo_only = ("name",) if name == "userinfo_endpoint" else ()
        browser = sso.browser()
        begun = await browser.begin()
        if begun.status_code == 303:
            back = await browser.client.get(await browser.there(begun))
            assert back.status_code in (403, 502), name
        else:
            assert begun.status_code in (403, 502), name
    sso.there.discovery, sso.there.userinfo_only = {}, ()
    sso.api.platform.sso.discovery.forget()
    assert (await sso.browser().sign_in()).status_code == 303
