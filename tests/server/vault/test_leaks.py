"""Workflows that leak on purpose: what the vault holds is masked on every surface, in every encoding that is usual."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import zipfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from studio.bootstrap import Settings, write_support_bundle
from studio.bootstrap._serving_logs import begin_logs
from studio.domain.access import Role
from studio.domain.settings import ServerSettings
from studio.services.vault.hidden import Hidden
from tests.server.executions.test_events import everything, messages, socket
from tests.server.executions.test_executions import published, settled
from tests.server.kit import Api, running_api
from tests.server.vault.test_planted import Talk, assert_nowhere, search

MARKERS = {
    "variable": "leak/variable+7f3a&b", "pin": "90210447715", "nested": "leak-nested-44c1",
    "token": "leak-token-55e2", "password": "leak-password-9a0d", "given": "leak-environment-31b8",
}  # fmt: skip
PLAIN = "nothing to hide"
_KEY = "vars.key"
LEAKS: dict[str, Any] = {
    "studio": 1,
    "name": "Leaks",
    "inputs": {"url": {"type": "string"}, "fail": {"type": "boolean", "default": False}},
    "nodes": {
        "copy": {
            "type": "flow.set",
            "params": {
                "values": {
                    "whole": f"{{{{ {_KEY} }}}}",
                    "inside": f"{{{{ 'Bearer ' + {_KEY} + '.' }}}}",
                    "base64": f"{{{{ base64_encode('user:' + {_KEY}) }}}}",
                    "base64url": f"{{{{ base64_encode('u' + {_KEY} + 'x', url=true) }}}}",
                    "address": f"{{{{ [url_encode({_KEY}), query_string({{'q': {_KEY}}})] }}}}",
                    "hex": f"{{{{ hex_encode({_KEY}) }}}}",
                    "html": f"{{{{ html_escape({_KEY}) }}}}",
                    "json": f"{{{{ json({{'a': [{_KEY}]}}) }}}}",
                    "name": f"{{{{ {{{_KEY}: 1}} }}}}",
                    "long": f"{{{{ 'x' * 500 + {_KEY} }}}}",
                    "pin": "{{ vars.pin }}",
                    "nested": "{{ vars.nested.a[0] }}",
                    "plain": PLAIN,
                }
            },
        },
        "echo": {"type": "http.request", "params": {"url": "{{ inputs.url }}"}, "credential": "bearer"},
        "basic": {"type": "http.request", "params": {"url": "{{ inputs.url }}"}, "credential": "basic"},
        "given": {"type": "http.request", "params": {"url": "{{ inputs.url }}"}, "credential": "from-outside"},
        "each": {
            "type": "flow.map",
            "params": {"items": f"{{{{ [{_KEY}] * 3 }}}}"},
            "body": {
                "nodes": {"put": {"type": "flow.set", "params": {"values": {"it": "{{ item }}"}}}},
                "output": "{{ put.values.it }}",
            },
        },
        "keep": {"type": "flow.state_set", "params": {"value": f"{{{{ {_KEY} }}}}"}},
        "file": {
            "type": "crypto.base64_to_file",
            "params": {
                "base64": f"{{{{ base64_encode('begin ' + {_KEY} + ' end') }}}}",
                "name": "{{ vars.nested.a[0] }}.txt",
            },
        },
        "say": {"type": "flow.log", "params": {"message": f"{{{{ 'using ' + {_KEY} }}}}"}},
        "stop": {
            "type": "flow.if",
            "params": {"condition": "{{ inputs.fail }}"}, "join": "all",
        },
        "fail": {
            "type": "flow.fail",
            "params": {"message": f"{{{{ 'Cannot use ' + {_KEY} }}}}", "details": {"k": "{{ vars.nested }}"}},
        },
    },
    "edges": ["copy -> say", *(f"{one} -> stop" for one in ("echo", "basic", "given", "each", "keep", "file", "say")),
              "stop.true -> fail"],
    "output": {
        "copy": "{{ copy.values }}", "echo": "{{ echo.body }}", "basic": "{{ basic.body }}",
        "given": "{{ given.body }}", "each": "{{ each.results }}", "plain": PLAIN,
    },
}  # fmt: skip
GATED: dict[str, Any] = {
    **LEAKS,
    "name": "Gated",
    "nodes": {"gate": {"type": "flow.approval", "params": {"message": "Go?"}}, **LEAKS["nodes"]},
    "edges": [*LEAKS["edges"], *(f"gate -> {one}" for one in LEAKS["nodes"] if one not in ("say", "stop", "fail"))],
}  # fmt: skip
FILE: dict[str, Any] = {
    **LEAKS,
    "name": "File",
    "inputs": {},
    "edges": [],
    "nodes": {"file": LEAKS["nodes"]["file"]},
    "output": "{{ file.file }}",
}
TEXT: dict[str, Any] = {**FILE, "name": "Text", "nodes": {}, "output": f"{{{{ 'key: ' + {_KEY} }}}}"}


@asynccontextmanager
async def echo() -> AsyncGenerator[str]:
    """A server that answers well, with whatever it was sent."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        start = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: "
        writer.write(start + str(len(head)).encode() + b"\r\n\r\n" + head)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        await server.wait_closed()


async def plant(client: Any) -> None:
    """Put the markers where secrets belong."""
    for name, value in (
        ("key", MARKERS["variable"]), ("pin", int(MARKERS["pin"])), ("nested", {"a": [MARKERS["nested"]]}),
    ):  # fmt: skip
        answer = await client.put(f"/variables/{name}", json={"value": value, "secret": True})
        assert answer.is_success, answer.text
    for name, type, given in (
        ("bearer", "http.bearer", {"token": MARKERS["token"], "hosts": ["127.0.0.1"]}),
        ("basic", "http.basic", {"user": "ada", "password": MARKERS["password"], "hosts": ["127.0.0.1"]}),
    ):
        made = await client.post("/credentials", json={"name": name, "type": type, "fields": given})
        assert made.status_code == 201, made.text


async def look(client: Any, id: str, paths: Sequence[str]) -> None:
    """Ask for everything that is shown of an execution."""
    for reveal in ({}, {"reveal": True}):
        for path in paths:
            await client.get(f"/executions/{id}/values", params={"path": path, **reveal})
            await client.get(f"/executions/{id}/attempts", params={"path": path, **reveal})
        at = {"path": "copy", "at": ["values", "long"], "offset": 490, "limit": 100, **reveal}
        await client.get(f"/executions/{id}/values", params=at)
        await client.get(f"/executions/{id}/files", params={"path": "file", "at": ["file"], **reveal})
        await client.get(f"/executions/{id}/export", params=reveal)
    for path in ("", "/nodes", "/timeline"):
        await client.get(f"/executions/{id}{path}")


async def live(api: Api, token: str, id: str) -> str:
    """What is told of an execution by both kinds of streams, from its beginning."""
    told = str(await everything(api.client(token), id))
    async with asyncio.timeout(30), socket(api, f"/executions/{id}/live", token) as opened:
        return told + str(await messages(opened))


async def run(api: Api, client: Any, token: str, url: str) -> list[str]:
    """Run what leaks, in every way there is; ids of the executions."""
    ids: list[str] = []
    for document in (LEAKS, GATED, FILE, TEXT):
        await published(client, document, document["name"].lower())
    for fail in (False, True):
        inputs = {"url": url, "fail": fail}
        started = await client.post("/executions", json={"workflow": "gated", "inputs": inputs})
        id = started.json()["id"]
        ids.append(id)
        await settled(client, id, "waiting")
        # What is told while it runs is masked by the same look.
        following = asyncio.create_task(everything(api.client(token), id))
        while not api.platform.executing.watching.watchers(id):
            await asyncio.sleep(0.01)
        approved = await client.post(f"/executions/{id}/approvals", json={"path": "gate", "decision": "approve"})
        assert approved.is_success, approved.text
        shown = await settled(client, id, "failed" if fail else "succeeded")
        assert fail is (shown["error"] is not None)
        told = str(await following)
        assert "using •••" in told
        assert_nowhere("live events", told.encode(), MARKERS)
        answer = await client.post("/run/leaks", json=inputs)
        assert answer.is_success is not fail, answer.text
    return ids


async def test_what_leaks_is_masked_on_every_surface(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    given = {"type": "http.bearer", "token": MARKERS["given"], "hosts": ["127.0.0.1"]}
    monkeypatch.setenv("STUDIO_CREDENTIAL_FROM_OUTSIDE", json.dumps(given))
    talk, data = Talk(), tmp_path / "data"
    async with echo() as url, running_api(data) as api:
        token = await api.token(await api.account(Role.ADMIN))
        client, operator = talk.listen(api.client(token)), talk.listen(await api.signed_in(None, operator=True))
        await plant(client)
        ids = await run(api, client, token, url)
        whole = str((await api.studio.engine.wait(ids[0], timeout=30)).output)
        for marker in MARKERS.values():
            leaked = marker in whole or base64.b64encode(f"ada:{marker}".encode()).decode() in whole
            assert leaked, "the workflow must leak, or this test tests nothing"
        for id in ids:
            await look(client, id, ("$inputs", "$output", *LEAKS["nodes"]))
            assert_nowhere("streams", (await live(api, token, id)).encode(), MARKERS)
        text = await client.post("/run/text", headers={"accept": "text/plain"})
        assert text.text == "key: •••"
        await client.post("/run/text")
        file = await client.post("/run/file")
        assert file.content == b"begin " + b"*" * len(MARKERS["variable"]) + b" end"
        assert file.headers["content-length"] == str(len(file.content))
        for path in ("/executions", "/audit", "/variables", "/credentials", "/usage", "/notices/settings"):
            await client.get(path)
        for path in ("/operator/queue", "/operator/in-doubt", "/operator/workers"):
            await operator.get(path)
        talk.said.append(("/metrics", (await client.get(f"{api.url}/metrics")).content))
        entries = await api.platform.ports.records.audit("default", limit=1000)
        for one in entries:
            assert_nowhere("the audit log", one.value, MARKERS)
        search(data, MARKERS)
    assert len(talk.said) > 100
    for where, said in talk.said:
        assert_nowhere(where, said, MARKERS)
    together = b"".join(said for _, said in talk.said)
    assert together.count(PLAIN.encode()) > 10
    assert "•••".encode() in together
    assert_nowhere("the logs", caplog.text.encode(), MARKERS)
    await bundled(tmp_path, data)


async def bundled(tmp_path: Path, data: Path) -> None:
    """A log that has them is masked before it goes into a support bundle."""
    log, target = tmp_path / "server.log", tmp_path / "bundle.zip"
    log.write_text("\n".join(f"line with {marker}" for marker in MARKERS.values()))
    await write_support_bundle(Settings(data=data), target, log)
    with zipfile.ZipFile(target) as archive:
        assert b"line with" in archive.read("log.txt")
        for name in archive.namelist():
            assert_nowhere(name, archive.read(name), MARKERS)


async def test_what_was_replaced_or_deleted_stays_masked(either: Api) -> None:
    client = await either.signed_in(Role.ADMIN)
    await published(client, {**TEXT, "output": "{{ vars.key }}"}, "text")
    secrets = ["first-secret-1a", "second-secret-2b"]
    ids: list[str] = []
    for secret in secrets:
        assert (await client.put("/variables/key", json={"value": secret, "secret": True})).is_success
        ids.append((await client.post("/executions", json={"workflow": "text"})).json()["id"])
        await settled(client, ids[-1], "succeeded")
    assert (await client.delete("/variables/key")).status_code == 204
    assert (await client.put("/variables/key", json={"value": "shown to all"})).is_success
    ids.append((await client.post("/executions", json={"workflow": "text"})).json()["id"])
    await settled(client, ids[-1], "succeeded")
    shown = [(await client.get(f"/executions/{id}/values")).json()["value"] for id in ids]
    assert shown == ["•••", "•••", "shown to all"]
    exported = (await client.get(f"/executions/{ids[0]}/export")).text
    # A row of a data table is shown without it as well.
    body = {"name": "Notes", "columns": [{"name": "note"}, {"name": "open"}]}
    table = (await client.post("/tables", json=body)).json()["id"]
    cells = {"note": f"key {secrets[0]}", "open": PLAIN}
    row = await client.post(f"/tables/{table}/rows", json={"cells": cells})
    assert row.json()["cells"] == {"note": "key •••", "open": PLAIN}
    for path in (f"/rows/{row.json()['id']}", "/rows", "/export"):
        answer = await client.get(f"/tables/{table}{path}")
        assert PLAIN in answer.text
        exported += answer.text
    assert not any(secret in exported for secret in secrets)
    # A secret that another server sets is seen by this one at the next look.
    hiding = either.platform.ports.lookup.hiding
    before = await hiding.of("default")
    assert await hiding.of("default") is before
    vault = either.platform.ports.lookup.vault
    await vault.records.commit(await hiding.changes("default", ["from elsewhere"]))
    assert (await hiding.of("default")).text("from elsewhere") == "•••"
    other = await either.signed_in(Role.ADMIN, "elsewhere")
    assert (await hiding.of("elsewhere")).text(secrets[0]) == secrets[0]
    assert (await other.get(f"/executions/{ids[0]}/values")).status_code == 404


def test_secrets_are_masked_in_the_servers_log() -> None:
    stream = io.StringIO()
    lines = begin_logs(ServerSettings(), stream)
    try:
        lines.masking.more = Hidden(["planted/in+logs"]).text
        logging.getLogger("studio.test").warning("with %s", "planted/in+logs", extra={"url": "/?q=planted%2Fin%2Blogs"})
    finally:
        logging.getLogger().removeHandler(lines)
    assert "with •••" in stream.getvalue()
    assert "planted" not in stream.getvalue()


@pytest.mark.parametrize("before", ["", "u", "us", "user:"])
@pytest.mark.parametrize("secret", ["sécret & key/1", "plain-secret-1", "123456"])
def test_every_form_is_found(secret: str, before: str) -> None:
    hidden = Hidden([secret])
    for form in (
        secret, json.dumps(secret), json.dumps({"a": secret}, ensure_ascii=False), quote_plus(secret),
        secret.encode().hex(), base64.b64encode(secret.encode()).decode(), f"before {secret} after",
        base64.b64encode((before + secret + "!").encode()).decode(),
        base64.urlsafe_b64encode((before + secret).encode()).decode().rstrip("="),
    ):  # fmt: skip
        masked = hidden.text(form)
        assert "•••" in masked
        assert secret not in masked
        assert len(masked.replace("•••", "")) <= len(form) - len(secret)
    assert hidden.text("another text") == "another text"
    token = "t0ken." * 300
    assert Hidden([secret, token]).text(f"{secret} {token} {quote_plus(secret)}") == "••• ••• •••"


@pytest.mark.parametrize("secret", ["secret-in-a-file", "long" * 500])
async def test_a_file_is_masked_wherever_it_is_cut(secret: str) -> None:
    content = f"a {secret} b {secret}{secret} c".encode()
    for size in (1, 3, 7, len(content)):

        async def chunks(size: int = size) -> AsyncGenerator[bytes]:
            for at in range(0, len(content), size):
                yield content[at : at + size]

        masked = b"".join([part async for part in Hidden([secret]).stream(chunks())])
        stars = "*" * len(secret)
        assert masked.decode() == f"a {stars} b {stars}{stars} c"


def test_parts_of_a_key_count_by_themselves() -> None:
    pem = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nAAAABBBBCCCCDDDDEEEE\n-----END KEY-----"
    account = json.dumps(
        {"private_key": pem, "client_email": "a@example.org", "token_uri": "https://example.org/token"}
    )
    hidden = Hidden([account])
    assert hidden.text("x AAAABBBBCCCCDDDDEEEE y") == "x ••• y"
    assert hidden.text("-----BEGIN KEY-----") == "-----BEGIN KEY-----"
    assert hidden.text("https://example.org/token of a@example.org") == "https://example.org/token of a@example.org"
