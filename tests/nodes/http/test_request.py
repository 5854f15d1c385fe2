"""http.request."""

from __future__ import annotations

import pytest

from studio.domain.errors import AuthenticationFailed, ProviderError, RateLimited
from studio.nodes.http._answer import file_name, retry_after
from studio.nodes.http.request import Request
from studio.sdk import Effect, HttpResponse
from studio.testing import LoopbackServer, NodeTester


async def test_examples(examples) -> None:
    await examples(Request)


async def send(server, method="GET", path="/x", **params):
    with NodeTester(Request) as tester:
        allow = [f"127.0.0.1:{server.port}"]
        return await tester.run({"url": server.url + path, "method": method, **params}, allow_hosts=allow)


@pytest.mark.parametrize(
    ("method", "header", "effect"),
    [
        ("GET", None, Effect.READ), ("HEAD", None, Effect.READ), ("OPTIONS", None, Effect.READ),
        ("PUT", None, Effect.IDEMPOTENT), ("DELETE", None, Effect.IDEMPOTENT), ("POST", None, Effect.IRREVERSIBLE),
        ("PATCH", None, Effect.IRREVERSIBLE), ("POST", "Idempotency-Key", Effect.KEYED), ("PATCH", "X", Effect.KEYED),
    ],
)  # fmt: skip
def test_the_effect_follows_the_method(method, header, effect) -> None:
    input = Request.input_model.model_validate({"url": "x", "method": method, "idempotency_header": header})
    assert Request().effect_of(input) is effect


async def test_what_is_sent() -> None:
    async with LoopbackServer({"/x": (200, {}, "")}) as server:
        await send(
            server, "POST", json={"a": "é"}, idempotency_header="Idempotency-Key", params={"q": ["a", 1, True, None]}
        )
        await send(server, "POST", json=None)
        await send(server, "PUT", form={"a": ["1", 2]}, headers={"X-One": "1"})
        await send(server, "PATCH", text="täxt", headers={"content-type": "text/markdown"})
        await send(server, "PUT", text="x", idempotency_header="Idempotency-Key")
        first, null, form, text, put = server.requests
    assert (first.json(), first.headers["idempotency-key"]) == ({"a": "é"}, "example-key")
    assert first.headers["content-type"] == "application/json"
    assert first.query == {"q": "true"}
    assert null.body == b"null"
    assert (form.body, form.headers["content-type"]) == (b"a=1&a=2", "application/x-www-form-urlencoded")
    assert form.headers["x-one"] == "1"
    assert (text.body.decode(), text.headers["content-type"]) == ("täxt", "text/markdown")
    assert "idempotency-key" not in put.headers


async def test_a_file_is_sent_with_its_media_type() -> None:
    async with LoopbackServer({"/x": (204, {}, "")}) as server:
        with NodeTester(Request) as tester:
            params = {"url": server.url + "/x", "method": "PUT", "file": "{{ f }}"}
            scope = {"f": tester.file(b"\x00\x01", "a.png")}
            result = await tester.run(params, scope=scope, allow_hosts=[f"127.0.0.1:{server.port}"])
        assert result.output is not None
        assert result.output["body"] is None
        assert (server.requests[0].body, server.requests[0].headers["content-type"]) == (b"\x00\x01", "image/png")


async def test_only_one_body() -> None:
    with NodeTester(Request) as tester:
        result = await tester.run({"url": "http://x/", "method": "POST", "json": None, "text": "x"})
    assert result.error is not None
    assert "only one of" in result.error.message


@pytest.mark.parametrize(
    ("status", "headers", "cls", "code", "doubt"),
    [
        (400, {}, ProviderError, "http.status", False), (401, {}, AuthenticationFailed, "http.not_authorized", False),
        (403, {}, AuthenticationFailed, "http.not_authorized", False), (404, {}, ProviderError, "http.status", False),
        (429, {"Retry-After": "7"}, RateLimited, "http.rate_limited", False),
        (500, {}, ProviderError, "http.status", False),
        (502, {}, ProviderError, "http.status", True),
        (503, {"Retry-After": "7"}, RateLimited, "http.rate_limited", False),
        (503, {}, ProviderError, "http.status", False), (504, {}, ProviderError, "http.status", True),
    ],
)  # fmt: skip
async def test_failing_statuses(status, headers, cls, code, doubt) -> None:
    async with LoopbackServer(
        {"/x": (status, {"Content-Type": "text/plain", **headers}, "because  é " + "z" * 999)}
    ) as server:
        post = await send(server, "POST")
        read = await send(server)
    for result, expected in ((post, doubt), (read, False)):
        assert type(result.error) is cls
        assert (result.error.code, result.error.status, result.error.in_doubt) == (code, status, expected)
        assert "because é zz" in result.error.message
        assert len(result.error.message) < 450
    assert (post.error.retry_after or None) == (7 if headers else None)


def response(headers, body=b"", status=200) -> HttpResponse:
    return HttpResponse(status=status, url="http://h/p/name.txt?q", headers=headers, body=body)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), ("0", 0), ("-5", 0), ("1.5", 1.5), ("nan", None), ("inf", None), ("soon", None), ("", None),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30), ("Wed, 21 Oct 2020 07:28:30 GMT", 0), ("9" * 40, 604800),
    ],
)  # fmt: skip
def test_retry_after(value, seconds) -> None:
    headers = [("date", "Wed, 21 Oct 2026 07:28:00 GMT"), ("retry-after", value)]
    assert retry_after(response(headers)) == seconds


@pytest.mark.parametrize(
    ("kind", "body", "found"),
    [
        ("application/json; charset=utf-8", b'{"a": 1}', {"a": 1}), ("application/problem+json", b"[]", []),
        ("text/html; charset=iso-8859-1", b"caf\xe9", "café"), ("image/svg+xml", b"<svg/>", "<svg/>"),
        ("text/plain; charset=nonsense", "é".encode(), "é"), ("", b"plain", "plain"), ("application/json", b"", None),
        ("text/csv", b"\xef\xbb\xbfa", "a"),
    ],
)  # fmt: skip
async def test_bodies_by_media_type(kind, body, found) -> None:
    async with LoopbackServer({"/x": (200, {"Content-Type": kind}, body)}) as server:
        result = await send(server)
    assert result.output is not None
    assert result.output["body"] == found


async def test_bodies_that_are_files_or_not_what_they_say() -> None:
    answers = {
        "/png": (200, {"Content-Type": "image/png"}, b"\x89PNG"),
        "/raw": (200, {"Content-Type": ""}, b"a\x00b"),
        "/bad": (200, {"Content-Type": "application/json"}, "<html>"),
        "/deep": (200, {"Content-Type": "application/json"}, "[" * 300 + "]" * 300),
        "/bytes": (200, {"Content-Type": "text/plain"}, b"\xff\xfe\xfd"),
    }
    async with LoopbackServer(answers) as server:
        png, raw = await send(server, path="/png"), await send(server, path="/raw")
        bad, deep, text = [await send(server, path=path) for path in ("/bad", "/deep", "/bytes")]
        as_text = await send(server, path="/bad", response="text")
        as_file = await send(server, path="/bad", response="file")
    assert png.output is not None
    assert (png.output["body"].name, png.output["body"].media_type) == ("png", "image/png")
    assert raw.output is not None
    assert raw.output["body"].size == 3
    assert [result.error.code for result in (bad, deep, text)] == ["http.bad_json", "http.json_depth", "http.bad_text"]
    assert as_text.output is not None
    assert as_text.output["body"] == "<html>"
    assert as_file.output is not None
    assert as_file.output["body"].size == 6


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="a b.txt"', "a b.txt"),
        ("attachment; filename*=UTF-8''%e2%82%ac%20rates.pdf", "€ rates.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"), ('attachment; filename="C:\\\\x\\\\y.txt"', "y.txt"),
        ('attachment; filename="..."', "download"), ("inline", "name.txt"), ("", "name.txt"),
        ('attachment; filename="a\x00b"', "ab"),
    ],
)  # fmt: skip
def test_file_names_are_plain(disposition, name) -> None:
    assert file_name({"content-disposition": disposition}, "http://h/p/name.txt?q") == name


async def test_a_credential_goes_with_the_request() -> None:
    async with LoopbackServer({"/x": (200, {}, "")}) as server:
        with NodeTester(Request) as tester:
            credential = {"token": "s3cret", "hosts": [f"127.0.0.1:{server.port}"]}
            allow = [f"127.0.0.1:{server.port}"]
            sent = await tester.run({"url": server.url + "/x"}, credential=credential, allow_hosts=allow)
            other = {**credential, "hosts": ["api.example.org"]}
            refused = await tester.run({"url": server.url + "/x"}, credential=other, allow_hosts=allow)
        assert sent.error is None
        assert [request.headers["authorization"] for request in server.requests] == ["Bearer s3cret"]
    assert refused.error is not None
    assert refused.error.code == "net.credential_host"


async def test_a_value_that_cannot_be_written(fails) -> None:
    await fails("http.bad_value", Request, url="http://x/", params={"a": {"b": 1}})
