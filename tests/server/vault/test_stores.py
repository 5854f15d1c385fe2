"""External secret stores: one contract for all, references that are resolved late, and what they must not open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio.bootstrap._host import SecretRequests, policy
from studio.contracts.secrets import SecretStore
from studio.domain.access import Role
from studio.domain.errors import AccessRefused, ProviderError, UserError
from studio.services.vault.stores.environment import EnvironmentStore
from studio.services.vault.stores.files import FileStore
from studio.services.vault.stores.hashicorp import HashiCorpVault
from tests.server.kit import Api
from tests.server.vault.vaultlike import VaultLike, program, real, strict

VALUE = "outside-5e4d3c2b"
KINDS = ["strict", "environment", "files", *(["real"] if program() else [])]


@pytest.fixture
async def requests() -> AsyncIterator[SecretRequests]:
    """Requests that may go to this machine."""
    made = SecretRequests(policy(["127.0.0.1"]))
    yield made
    await made.close()


@dataclass
class Case:
    """A store that holds ``VALUE``, and where."""

    store: SecretStore
    path: str


Making = Callable[[], Awaitable[Case]]


@pytest.fixture(params=KINDS)
async def case(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, requests: SecretRequests
) -> AsyncIterator[Case]:
    """Each kind of store."""
    content = f'{{"password": "{VALUE}", "port": 5432, "list": [1]}}'
    if request.param == "environment":
        monkeypatch.setenv("TEAM_MAIL", content)
        yield Case(EnvironmentStore("TEAM_"), "TEAM_MAIL")
    elif request.param == "files":
        (tmp_path / "mail").write_text(content + "\n")
        yield Case(FileStore(tmp_path), "mail")
    else:
        async with strict() if request.param == "strict" else real(program() or "") as vault:
            await vault.write("team/mail", {"password": VALUE, "port": 5432, "list": [1]})
            yield Case(HashiCorpVault("hv", {"url": vault.url}, {"token": vault.token}, requests), "kv/data/team/mail")


async def test_every_store_reads_a_key_and_refuses_what_is_not_there(case: Case) -> None:
    assert await case.store.read(case.path, "password") == VALUE
    assert await case.store.read(case.path, "port") == "5432"
    for path, key in ((case.path, "none"), (case.path, "list"), (case.path + "x", "password"), ("", "password")):
        with pytest.raises(UserError) as caught:
            await case.store.read(path, key)
        assert caught.value.code == "secret.not_found"
        assert VALUE not in str(caught.value)
    await case.store.close()


@pytest.fixture(params=["strict", *(["real"] if program() else [])])
async def vault(request: pytest.FixtureRequest) -> AsyncIterator[VaultLike]:
    """Both that speak the protocol."""
    async with strict() if request.param == "strict" else real(program() or "") as running:
        await running.write("team/mail", {"password": VALUE})
        yield running


async def test_a_role_signs_in_again_when_its_token_is_void(vault: VaultLike, requests: SecretRequests) -> None:
    keys = {"role_id": vault.role_id, "secret_id": vault.secret_id}
    store = HashiCorpVault("hv", {"url": vault.url}, keys, requests)
    assert await store.read("kv/data/team/mail", "password") == VALUE
    await vault.revoke_all()
    assert await store.read("kv/data/team/mail", "password") == VALUE
    with pytest.raises(ProviderError) as closed:
        await store.read("kv/data/other/mail", "password")
    assert closed.value.code == "secret.store_refused"
    await store.close()
    wrong = HashiCorpVault("hv", {"url": vault.url}, {**keys, "secret_id": "wrong"}, requests)
    with pytest.raises(ProviderError) as caught:
        await wrong.read("kv/data/team/mail", "password")
    assert caught.value.code == "secret.store_refused"


async def test_tokens_are_renewed_before_they_end_and_void_at_the_end(requests: SecretRequests) -> None:
    async with strict(ttl=1, namespace="team") as vault:
        await vault.write("team/mail", {"password": VALUE})
        keys = {"role_id": vault.role_id, "secret_id": vault.secret_id}
        store = HashiCorpVault("hv", {"url": vault.url, "namespace": "team"}, keys, requests)
        while vault.seen["POST auth/token/renew-self"] < 2:
            assert await store.read("kv/data/team/mail", "password") == VALUE
        assert vault.seen["POST auth/approle/login"] == 1
        vault.renewable = False
        while vault.seen["POST auth/approle/login"] < 2:
            assert await store.read("kv/data/team/mail", "password") == VALUE
        await store.close()
        assert vault.tokens.keys().isdisjoint({store._token})  # pyright: ignore[reportPrivateUsage]
        assert vault.seen["POST auth/token/revoke-self"] == 1


async def test_files_open_nothing_beside_their_folder(tmp_path: Path) -> None:
    inside = tmp_path / "secrets"
    (inside / "..data").mkdir(parents=True)
    (inside / "..data" / "mail").write_text(VALUE)
    (inside / "mail").symlink_to(Path("..data") / "mail")
    (tmp_path / "master.key").write_text("other")
    (inside / "out").symlink_to(tmp_path / "master.key")
    (inside / "loop").symlink_to(inside / "loop")
    store = FileStore(inside)
    assert await store.read("mail", "") == VALUE
    for path in ("out", "../master.key", "/etc/passwd", "..data/../../master.key", ".", "loop", "mail/", "a\0b"):
        with pytest.raises((UserError, ProviderError)) as caught:
            await store.read(path, "")
        assert "other" not in str(caught.value)


async def test_references_are_resolved_late_and_never_stored(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    operator, client = await api.signed_in(None, operator=True), await api.signed_in(Role.EDITOR)
    base = "/operator/workspaces/default/secret-stores"
    body: dict[str, Any] = {"kind": "environment", "settings": {"prefix": "TEAM_"}, "paths": ["TEAM_MAIL"]}
    reference = {"$secret": {"store": "env", "path": "TEAM_MAIL", "key": ""}}
    made: dict[str, Any] = {
        "name": "mail", "type": "http.bearer", "fields": {"token": reference, "hosts": ["api.example.org"]}
    }  # fmt: skip
    assert (await client.post("/credentials", json=made)).json()["code"] == "secret.no_store"
    assert (await operator.put(f"{base}/env", json=body)).status_code == 200
    answer = await client.post("/credentials", json=made)
    assert answer.json()["secrets"] == [{"name": "token", "reference": reference["$secret"]}]
    with pytest.raises(UserError):
        await api.studio.host.credential("default", "mail")
    monkeypatch.setenv("TEAM_MAIL", VALUE)
    assert (await api.studio.host.credential("default", "mail"))["token"] == VALUE
    kept = await api.platform.ports.lookup.vault.secrets.need("default", answer.json()["id"])
    assert kept.value.fields["token"] == reference
    closed = {**made, "name": "b", "fields": {**made["fields"], "token": {
        "$secret": {"store": "env", "path": "TEAM_OTHER"}}}}  # fmt: skip
    assert (await client.post("/credentials", json=closed)).json()["code"] == "secret.path_closed"
    plain = {**made, "name": "b", "fields": {"token": "x", "hosts": reference}}
    assert (await client.post("/credentials", json=plain)).json()["code"] == "credential.reference_field"
    assert (await client.get("/secret-stores")).json()["items"][0]["name"] == "env"
    assert (await operator.post(f"{base}/env/check", json={"path": "TEAM_MAIL"})).status_code == 204
    await api.workspace("other")
    stranger = await api.signed_in(Role.ADMIN, "other")
    assert (await stranger.post("/credentials", json=made)).json()["code"] == "secret.no_store"
    assert (await operator.delete(f"{base}/env")).status_code == 204
    with pytest.raises((UserError, AccessRefused)):
        await api.studio.host.credential("default", "mail")


@pytest.mark.parametrize(
    ("kind", "settings", "secrets"),
    [
        ("environment", {"prefix": ""}, {}),
        ("environment", {"prefix": "STUDIO"}, {}),
        ("environment", {"prefix": "STUDIO_MASTER"}, {}),
        ("files", {"folder": "relative"}, {}),
        ("files", {}, {}),
        ("vault", {"url": "file:///etc/passwd"}, {"token": "t"}),
        ("vault", {"url": "https://u:p@vault.example.org"}, {"token": "t"}),
        ("vault", {"url": "https://vault.example.org"}, {}),
        ("vault", {"url": "https://vault.example.org", "verify": "no"}, {"token": "t"}),
    ],
)
async def test_set_ups_that_will_not_do(api: Api, kind: str, settings: dict[str, str], secrets: dict[str, str]) -> None:
    await api.workspace()
    operator = await api.signed_in(None, operator=True)
    path = "/operator/workspaces/default/secret-stores/one"
    answer = await operator.put(path, json={"kind": kind, "settings": settings, "secrets": secrets})
    assert answer.json()["code"] == "secret.store_setup"
    good = {"kind": "vault", "settings": {"url": "https://vault.example.org"}, "secrets": {"token": "t-5b4a"}}
    made = await operator.put(path, json=good)
    assert made.json()["secrets"] == ["token"]
    assert "t-5b4a" not in made.text
    kept = await operator.put(path, json={**good, "secrets": {}, "paths": ["kv/data/team"]})
    assert kept.json()["secrets"] == ["token"]
    moved = await operator.put(path, json={**good, "secrets": {}, "settings": {"url": "https://evil.example"}})
    assert moved.json()["code"] == "secret.store_setup"
