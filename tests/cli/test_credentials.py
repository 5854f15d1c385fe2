"""Credentials from the environment, on real requests: their hosts, redirects, and tokens that are renewed."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.cli.conftest import Cli, Write

Answer = tuple[int, dict[str, str], Any]
SECRET = "pl4nted-s3cret"


class Server:
    """Answers by a function of the request, in threads, and remembers what came."""

    def __init__(self, host: str, answer: Callable[[dict[str, Any]], Answer]) -> None:
        self.seen: list[dict[str, Any]] = []
        lock, seen = threading.Lock(), self.seen

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                request = {
                    "method": self.command,
                    "path": self.path,
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": body,
                }
                with lock:
                    seen.append(request)
                    status, headers, content = answer(request)
                data = json.dumps(content).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = handle_any

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client may leave before it has read everything."""

        self._http = Quiet((host, 0), Handler)
        self.host, self.port = self._http.server_address[:2]
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str = "/") -> str:
        """An address on it."""
        return f"http://{self.host}:{self.port}{path}"

    def close(self) -> None:
        """Stop."""
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def serving(answer: Callable[[dict[str, Any]], Answer], host: str = "127.0.0.1") -> Generator[Server]:
    server = Server(host, answer)
    try:
        yield server
    finally:
        server.close()


def fine(request: dict[str, Any]) -> Answer:
    return 200, {}, {"ok": True}


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a credential into the environment."""

    def put(alias: str, type: str, **fields: Any) -> None:
        monkeypatch.setenv(f"STUDIO_CREDENTIAL_{alias}", json.dumps({"type": type, **fields}))

    return put


def ask(server: Server, path: str = "/a", **more: Any) -> dict[str, Any]:
    return {"type": "http.request", "params": {"url": server.url(path), **more}, "credential": "mine"}


LOOP = "--allow-host=127.0.0.0/8"


@pytest.mark.parametrize(
    ("type", "fields", "found"),
    [
        ("http.bearer", {"token": SECRET}, ("authorization", f"Bearer {SECRET}")),
        ("http.header", {"name": "X-Key", "value": SECRET}, ("x-key", SECRET)),
        (
            "http.basic",
            {"user": "jo", "password": SECRET},
            ("authorization", "Basic " + base64.b64encode(f"jo:{SECRET}".encode()).decode()),
        ),
        ("http.query", {"name": "key", "value": SECRET}, ("path", f"/a?key={SECRET}")),
        ("http.body", {"name": "key", "value": SECRET}, ("body", {"x": 1, "key": SECRET})),
    ],
)
def test_every_scheme(
    cli: Cli, workflow: Write, give: Callable[..., None], tmp_path: Path, type: str, fields: dict[str, Any], found: Any
) -> None:
    with serving(fine) as server:
        give("MINE", type, hosts=[server.host], **fields)
        node = ask(server, method="POST", json={"x": 1})
        result = cli("run", workflow({"a": node}, output="{{ a.status }}"), LOOP, "--json")
        where, value = found
        request = server.seen[0]
    assert result.json["output"] == 200
    got = request["headers"].get(where) or request[where]
    assert (json.loads(got) if where == "body" else got) == value
    assert SECRET not in result.out + result.err
    shown = cli("executions", "export", result.json["execution_id"]) if False else cli("executions", "list", "--json")
    assert SECRET not in shown.out
    assert not [
        file for file in (tmp_path / "data").rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()
    ]


def test_it_stays_behind_where_a_redirect_leads_elsewhere(cli: Cli, workflow: Write, give: Callable[..., None]) -> None:
    with serving(fine, "127.0.0.2") as other:
        with serving(lambda _seen: (307, {"Location": other.url("/b")}, None)) as server:
            give("MINE", "http.bearer", token=SECRET, hosts=[server.host])
            result = cli("run", workflow({"a": ask(server)}, output="{{ a.status }}"), LOOP, "--json")
            assert result.json["output"] == 200
            assert server.seen[0]["headers"]["authorization"] == f"Bearer {SECRET}"
        assert "authorization" not in other.seen[0]["headers"]


def test_it_goes_to_no_other_host(cli: Cli, workflow: Write, give: Callable[..., None]) -> None:
    with serving(fine) as server:
        give("MINE", "http.bearer", token=SECRET, hosts=["api.example.org"])
        result = cli("run", workflow({"a": ask(server)}), LOOP, "--json", code=1)
        assert result.json["error"]["code"] == "net.credential_host"
        assert server.seen == []
    assert SECRET not in result.out


def test_one_of_several_is_not_left_out(cli: Cli, workflow: Write, give: Callable[..., None]) -> None:
    with serving(fine) as server:
        give("MINE", "http.bearer", token=SECRET, hosts=[server.host])
        cli("run", workflow({"a": {**ask(server), "credential": {"http.bearer": "mine"}}}), LOOP)
        assert server.seen[0]["headers"]["authorization"] == f"Bearer {SECRET}"


def test_from_a_file(cli: Cli, workflow: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with serving(fine) as server:
        path = tmp_path / "mine.json"
        path.write_text(json.dumps({"type": "http.bearer", "token": SECRET, "hosts": [server.host]}))
        monkeypatch.setenv("STUDIO_CREDENTIAL_MINE", f"@{path}")
        cli("run", workflow({"a": ask(server)}), LOOP)
        assert server.seen[0]["headers"]["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "credential.not_found"),
        ("", "credential.not_found"),
        (SECRET, "credential.environment"),
        ("[1]", "credential.environment"),
        ('{"token": "x"}', "credential.environment"),
        ('{"type": "no.such", "token": "x"}', "credential.unknown_type"),
        ('{"type": "http.bearer", "token": "x"}', "credential.field_missing"),
        ('{"type": "http.bearer", "token": "x", "hosts": ["a"], "more": 1}', "credential.field_unknown"),
        ("@/no/such/file", "credential.file"),
    ],
)
def test_what_cannot_be_used(
    cli: Cli, workflow: Write, monkeypatch: pytest.MonkeyPatch, value: str | None, code: str
) -> None:
    if value is not None:
        monkeypatch.setenv("STUDIO_CREDENTIAL_MINE", value)
    with serving(fine) as server:
        result = cli("run", workflow({"a": ask(server)}), LOOP, "--json", code=1)
        assert server.seen == []
    assert result.json["error"]["code"] == code
    assert SECRET not in result.out + result.err


class Tokens:
    """A token endpoint whose refresh tokens are good for one time, and an API that takes the newest token only."""

    def __init__(self, expires_in: Any = 3600) -> None:
        self.issued = 0
        self.refresh = "r0"
        self.access = ""
        self.expires_in = expires_in
        self.refusal: Answer | None = None
        self.deaf = False

    def answer(self, request: dict[str, Any]) -> Answer:
        """See ``Server``."""
        if request["path"] != "/token":
            good = request["headers"].get("authorization") == f"Bearer {self.access}"
            return (
                (200, {}, {"ok": True})
                if good and self.access and not self.deaf
                else (401, {}, {"error": "invalid_token"})
            )
        if self.refusal is not None:
            return self.refusal
        form = parse_qs(request["body"].decode())
        if form["grant_type"] == ["refresh_token"] and form["refresh_token"] != [self.refresh]:
            return 400, {}, {"error": "invalid_grant"}
        self.issued += 1
        self.access, self.refresh = f"t{self.issued}", f"r{self.issued}"
        return 200, {}, {"access_token": self.access, "refresh_token": self.refresh, "expires_in": self.expires_in}


def oauth(server: Server, **more: Any) -> dict[str, Any]:
    return {
        "client_id": "id",
        "client_secret": SECRET,
        "token_url": server.url("/token"),
        "authorize_url": server.url("/authorize"),
        "hosts": [server.host],
        "refresh_token": "r0",
        **more,
    }


@pytest.mark.parametrize("expires_in", [3600, "3600", None])
def test_a_token_is_renewed_once_for_all_who_need_it(
    cli: Cli, workflow: Write, give: Callable[..., None], expires_in: Any
) -> None:
    tokens = Tokens(expires_in)
    with serving(tokens.answer) as server:
        give("MINE", "http.oauth2", **oauth(server, access_token="old", expires_at=1))
        flow = workflow({"a": {**ask(server), "each": "{{ range(16) }}"}}, output="{{ len(a.results) }}")
        assert cli("run", flow, LOOP, "--json").json["output"] == 16
        assert tokens.issued == 1
        # The next execution, in a process of its own, goes on with what the vault keeps.
        assert cli("run", flow, LOOP, "--json").json["output"] == 16
        assert tokens.issued == 1
        # The environment says something else: what was kept of the old is forgotten.
        tokens.refresh = "r0"
        give("MINE", "http.oauth2", **oauth(server, access_token="old", expires_at=2))
        assert cli("run", flow, LOOP, "--json").json["output"] == 16
        assert tokens.issued == 2


def test_refresh_tokens_rotate_over_many_renewals(cli: Cli, workflow: Write, give: Callable[..., None]) -> None:
    tokens = Tokens(expires_in=1)  # ends within a minute: renewed for every request
    with serving(tokens.answer) as server:
        give("MINE", "http.oauth2", **oauth(server))
        flow = workflow({"a": {**ask(server), "each": "{{ range(3) }}"}}, output="{{ len(a.results) }}")
        for _ in range(3):
            assert cli("run", flow, LOOP, "--json").json["output"] == 3
    assert tokens.issued >= 3


def test_a_token_that_is_refused_early_is_renewed(cli: Cli, workflow: Write, give: Callable[..., None]) -> None:
    tokens = Tokens()
    with serving(tokens.answer) as server:
        give("MINE", "http.oauth2", **oauth(server, access_token="revoked"))
        node = {**ask(server, method="POST", json={"x": 1}), "each": "{{ range(8) }}"}
        result = cli("run", workflow({"a": node}, output="{{ len(a.results) }}"), LOOP, "--json")
        assert (result.json["output"], tokens.issued) == (8, 1)
        # One that is refused even when it is new is not asked for again and again.
        tokens.deaf = True
        cli("run", workflow({"a": ask(server)}), LOOP, "--json", code=1)
        assert tokens.issued == 2


_REFUSALS: list[tuple[Answer, str, int]] = [
    ((400, {}, {"error": "invalid_grant"}), "credential.refresh_refused", 1),
    ((200, {}, {"error": "bad_refresh_token"}), "credential.refresh_refused", 1),
    ((503, {}, {}), "credential.refresh_failed", 2),
    ((429, {"Retry-After": "0"}, {}), "credential.refresh_failed", 2),
    ((200, {}, {}), "credential.refresh_failed", 2),
]


@pytest.mark.parametrize(
    ("refusal", "code", "attempts"),
    _REFUSALS,
)
def test_failures_of_the_service(
    cli: Cli, workflow: Write, give: Callable[..., None], refusal: Answer, code: str, attempts: int
) -> None:
    tokens = Tokens()
    tokens.refusal = refusal
    with serving(tokens.answer) as server:
        give("MINE", "http.oauth2", **oauth(server))
        node = {**ask(server, method="POST"), "retry": {"max_attempts": 2, "first_delay": "0s"}}
        result = cli("run", workflow({"a": node}), LOOP, "--json", code=1)
        assert (result.json["error"]["code"], result.json["nodes"]["a"]["attempts"]) == (code, attempts)
        assert {one["path"] for one in server.seen} == {"/token"}
    assert SECRET not in result.out


def test_the_token_endpoint_is_not_asked_in_clear(cli: Cli, workflow: Write, give: Callable[..., None]) -> None:
    with serving(fine) as server:
        fields = oauth(server, token_url="http://tokens.example.org/token")
        give("MINE", "http.oauth2", **fields)
        result = cli("run", workflow({"a": ask(server)}), LOOP, "--json", code=1)
    assert result.json["error"]["code"] == "net.credential_unencrypted"


def test_between_machines(cli: Cli, workflow: Write, give: Callable[..., None]) -> None:
    tokens = Tokens()
    with serving(tokens.answer) as server:
        fields = oauth(server)
        del fields["refresh_token"], fields["authorize_url"]
        give("MINE", "http.oauth2_client", **fields)
        cli("run", workflow({"a": ask(server)}), LOOP)
        assert [one["path"] for one in server.seen] == ["/token", "/a"]
