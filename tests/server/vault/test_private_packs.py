"""Credential types of private packs: listed and used for forms without their code running where the vault is open."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from studio.domain.access import Role
from tests.server.kit import running_api

MANIFEST = """
id = "parcel"
title = "Parcel"
category = "logistics"
description = "Parcels"
owners = ["team"]
credentials = ["parcel.key", "parcel.own", "parcel.login"]
"""
CREDENTIALS = """
import os
from studio.sdk import CredentialField, CredentialType, HeaderScheme, OAuth2Scheme

os.environ["PARCEL_WAS_IMPORTED"] = "yes"
print("imported", os.getpid())


class Own:
    def apply(self, request, data):
        os.environ["PARCEL_RAN"] = "yes"
        return request


KEY = CredentialField("token", "Key", secret=True)
CREDENTIALS = (
    CredentialType("parcel.key", "Parcel key", (KEY,), HeaderScheme("X-Key"), hosts=("api.parcel.example",)),
    CredentialType("parcel.own", "Parcel signature", (KEY,), Own(), hosts=("api.parcel.example",)),
    CredentialType(
        "parcel.login", "Parcel login",
        (CredentialField("client_id", "Client"), CredentialField("client_secret", "Secret", secret=True)),
        OAuth2Scheme(token_url="https://parcel.example/token", authorize_url="https://parcel.example/authorize"),
        hosts=("api.parcel.example",),
    ),
)
"""
BROKEN = MANIFEST.replace("parcel", "broken").replace('"broken.key", "broken.own", "broken.login"', '"broken.key"')


def install(data: Path) -> None:
    """Two private packs in a data folder; one of them cannot be used."""
    for id, manifest, code in (("parcel", MANIFEST, CREDENTIALS), ("broken", BROKEN, "raise SystemError('no')")):
        folder = data / "packs" / id
        folder.mkdir(parents=True)
        (folder / "manifest.toml").write_text(manifest)
        (folder / "_credentials.py").write_text(code)


def imported() -> list[str]:
    """Modules of private packs in this process."""
    return [name for name in sys.modules if name.startswith("studio_packs_") and "_credentials" in name]


async def test_their_code_does_not_run_in_the_server(tmp_path: Path) -> None:
    install(tmp_path / "data")
    before = imported()
    async with running_api(tmp_path / "data") as api:
        client = await api.signed_in(Role.EDITOR)
        types = {one["id"]: one for one in (await client.get("/credential-types")).json()["items"]}
        assert {"parcel.key", "parcel.own", "parcel.login", "http.bearer"} <= set(types)
        assert "broken.key" not in types
        assert types["parcel.login"]["sign_in"] is True
        assert [one["name"] for one in types["parcel.key"]["fields"]] == ["token"]
        assert (await client.get("/credential-types/parcel.key")).json()["title"] == "Parcel key"
        for type, fields in (("parcel.key", {"token": "k-123456"}), ("parcel.own", {"token": "k-123456"})):
            body = {"name": type, "type": type, "fields": fields}
            made = await client.post("/credentials", json=body)
            assert made.status_code == 201, made.text
            wrong = await client.post("/credentials", json={**body, "name": "x", "fields": {"nope": 1}})
            assert wrong.json()["code"] == "credential.field_unknown"
            tested = await client.post(f"/credentials/{made.json()['id']}/test")
            assert tested.json()["code"] == "credential.no_test"
        broken = await client.post("/credentials", json={"name": "b", "type": "broken.key", "fields": {}})
        assert (broken.status_code, broken.json()["code"]) == (422, "catalog.broken_credentials")
        # A credential of a built-in type that a workflow uses does not bring them in either.
        made = await client.post(
            "/credentials",
            json={"name": "plain", "type": "http.bearer", "fields": {"token": "k-123456", "hosts": ["127.0.0.1"]}},
        )
        assert made.is_success
        fields = await api.studio.engine.host.credential("default", "plain")
        assert fields["token"] == "k-123456"
    assert imported() == before
    assert "PARCEL_WAS_IMPORTED" not in os.environ
    assert "PARCEL_RAN" not in os.environ
