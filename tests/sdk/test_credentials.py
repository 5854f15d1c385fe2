"""Credential types: what they accept, and how they get onto a request."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from studio.domain.errors import AuthenticationFailed, ProviderError, UserError
from studio.sdk import (
    GENERIC_CREDENTIALS,
    BodyScheme,
    CredentialField,
    CredentialType,
    HeaderScheme,
    HttpRequest,
    HttpResponse,
    NodeDefinitionError,
    OAuth2Scheme,
    QueryScheme,
)
from studio.sdk._aws import _path, sign

SECRET = CredentialField("token", "Token", secret=True)
HOSTS = CredentialField("hosts", "Hosts", kind="hosts")


def request(**fields) -> HttpRequest:
    return HttpRequest(**{"method": "GET", "url": "https://api.example.org/a", **fields})


def apply(kind: str, data: dict, **fields) -> HttpRequest:
    before = request(**fields)
    copy = request(**fields)
    after = GENERIC_CREDENTIALS[kind].apply(before, {**data, "hosts": ["api.example.org"]})
    assert before == copy
    assert after is not before
    return after


def test_bearer_and_header_replace_what_stands_there():
    after = apply("http.bearer", {"token": "abc"}, headers=[("authorization", "old"), ("Accept", "*/*")])
    assert after.headers == [("Accept", "*/*"), ("Authorization", "Bearer abc")]
    assert apply("http.header", {"name": "X-Key", "value": "k"}).headers == [("X-Key", "k")]


@pytest.mark.parametrize("bad", ["a\r\nX-Other: 1", "a\nb", "a\x00", "\x7f"])
def test_no_header_can_be_smuggled_in(bad):
    with pytest.raises(UserError) as caught:
        apply("http.bearer", {"token": bad})
    assert caught.value.code == "credential.control_character"


@pytest.mark.parametrize("name", ["X Key", "X:Key", "X\r\n", "é", "-"])
def test_names_of_headers(name):
    with pytest.raises(UserError) as caught:
        apply("http.header", {"name": name, "value": "k"})
    assert caught.value.code == "credential.header_name"


def test_query():
    after = apply("http.query", {"name": "key", "value": "s"}, params=[("a", "1"), ("key", "old")])
    assert after.params == [("a", "1"), ("key", "s")]
    assert QueryScheme().apply(request(), {"key": "k"}).params == [("api_key", "k")]


def test_body():
    form = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
    after = apply("http.body", {"name": "key", "value": "é&"}, headers=form, body=b"a=1&key=old&b=")
    assert after.body == b"a=1&b=&key=%C3%A9%26"
    after = apply(
        "http.body", {"name": "key", "value": "s"}, headers=[("content-type", "application/json")], body=b'{"a": 1}'
    )
    assert json.loads(after.body or b"") == {"a": 1, "key": "s"}
    after = BodyScheme().apply(request(), {"key": "s"})
    assert json.loads(after.body or b"") == {"api_key": "s"}
    assert after.headers == [("Content-Type", "application/json")]
    for body in (b"[1]", b"text"):
        with pytest.raises(UserError) as caught:
            apply("http.body", {"name": "key", "value": "s"}, body=body)
        assert caught.value.code == "credential.body_kind"


def test_basic():
    after = apply("http.basic", {"user": "Aladdin", "password": "open sesame"})
    assert after.headers == [("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")]
    assert apply("http.basic", {"user": "é"}).headers == [
        ("Authorization", "Basic " + base64.b64encode("é:".encode()).decode())
    ]
    with pytest.raises(UserError) as caught:
        apply("http.basic", {"user": "a:b", "password": "c"})
    assert caught.value.code == "credential.user_colon"


def test_an_empty_field_is_named():
    for data in ({}, {"token": ""}, {"token": 3}):
        with pytest.raises(UserError) as caught:
            apply("http.bearer", data)
        assert caught.value.arguments == {"field": "token"}


KEYS = {"access_key": "AKIDEXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
AT = datetime(2015, 8, 30, 12, 36, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "signature"),
    [
        ("GET", "/", [], None, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("GET", "/?Param2=value2&Param1=value1", [], None,
         "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        ("GET", "/ሴ", [], None, "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        ("GET", "/example/..", [], None, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "/", [], None, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ("POST", "/", [("Content-Type", "application/x-www-form-urlencoded")], b"Param1=value1",
         "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ],
)  # fmt: skip
def test_aws_signatures_of_the_published_test_suite(method, target, headers, body, signature):
    unsigned = HttpRequest(method=method, url=f"https://example.amazonaws.com{target}", headers=headers, body=body)
    signed = sign(unsigned, {**KEYS, "service": "service", "region": "us-east-1"}, AT)
    authorization = dict(signed.headers)["Authorization"]
    assert authorization.startswith(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="
    )
    assert authorization.endswith(f"Signature={signature}")


def test_aws_details():
    plain = HttpRequest(method="GET", url="https://sqs.eu-west-1.amazonaws.com/1/q?x=1", params=[("a b", "é")])
    signed = sign(plain, {**KEYS, "session_token": "tok"}, AT)
    assert signed.url == "https://sqs.eu-west-1.amazonaws.com/1/q?x=1&a%20b=%C3%A9"
    assert signed.params == []
    headers = dict(signed.headers)
    assert headers["X-Amz-Security-Token"] == "tok"
    assert "/20150830/eu-west-1/sqs/" in headers["Authorization"]
    bucket = HttpRequest(method="GET", url="https://bucket.s3.eu-west-1.amazonaws.com/a%20b/..c")
    assert "X-Amz-Content-Sha256" in dict(sign(bucket, KEYS, AT).headers)
    assert (
        "/us-east-1/iam/"
        in dict(sign(HttpRequest(method="GET", url="https://iam.amazonaws.com/"), KEYS, AT).headers)["Authorization"]
    )
    assert _path("/a%20b/", plain=True) == "/a%20b/"
    assert _path("/a%20b//c/./d/", plain=False) == "/a%2520b/c/d/"
    assert _path("", plain=True) == "/"
    after = apply("http.aws", {**KEYS, "service": "s", "region": "r"})
    assert any(name == "Authorization" for name, _ in after.headers)


CLIENT = {"client_id": "id", "client_secret": "s&", "token_url": "https://login.example.org/token"}


def test_oauth_tokens_and_their_end():
    scheme = OAuth2Scheme()
    assert scheme.apply(request(), {"access_token": "t"}).headers == [("Authorization", "Bearer t")]
    assert scheme.needs_refresh({}, 1000)
    assert scheme.needs_refresh({"access_token": "t", "expires_at": 1059}, 1000)
    assert not scheme.needs_refresh({"access_token": "t", "expires_at": 1061}, 1000)
    assert not scheme.needs_refresh({"access_token": "t"}, 1000)


def test_oauth_refresh_requests():
    sent = OAuth2Scheme(scopes=("a", "b")).refresh_request({**CLIENT, "refresh_token": "r"})
    assert (sent.method, sent.url, sent.follow_redirects) == ("POST", CLIENT["token_url"], False)
    assert sent.body == b"grant_type=refresh_token&refresh_token=r&scope=a+b"
    assert dict(sent.headers)["Authorization"] == "Basic " + base64.b64encode(b"id:s%26").decode()
    with pytest.raises(UserError) as caught:
        OAuth2Scheme().refresh_request(CLIENT)
    assert caught.value.code == "credential.sign_in"
    assert OAuth2Scheme(grant="client_credentials").refresh_request(CLIENT).body == b"grant_type=client_credentials"
    own = OAuth2Scheme(token_url="https://t.example.org", grant="client_credentials", client_in_body=True)
    sent = own.refresh_request({"client_id": "id", "scopes": "x"})
    assert sent.url == "https://t.example.org"
    assert sent.body == b"grant_type=client_credentials&scope=x&client_id=id"
    assert "Authorization" not in dict(sent.headers)
    public = OAuth2Scheme().refresh_request({**CLIENT, "client_secret": "", "refresh_token": "r"})
    assert public.body == b"grant_type=refresh_token&refresh_token=r&client_id=id"
    assert "Authorization" not in dict(public.headers)


def answer(status: int, body: object) -> HttpResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpResponse(status=status, url="https://t", headers=[], body=data)


def test_oauth_answers():
    scheme = OAuth2Scheme()
    new = scheme.refreshed({"refresh_token": "old", "x": 1}, answer(200, {"access_token": "t", "expires_in": 60}), 1000)
    assert new == {"refresh_token": "old", "x": 1, "access_token": "t", "expires_at": 1060}
    new = scheme.refreshed({}, answer(200, {"access_token": "t", "refresh_token": "new"}), 1000)
    assert new == {"access_token": "t", "refresh_token": "new", "expires_at": None}
    for given, ends in (("60", 1060), ("x", None), (True, None), (-1, None), ("inf", None), ([], None), (0, 1000)):
        new = scheme.refreshed({}, answer(200, {"access_token": "t", "expires_in": given}), 1000)
        assert new["expires_at"] == ends, given
    with pytest.raises(AuthenticationFailed):
        scheme.refreshed({}, answer(200, {"error": "bad_refresh_token"}), 0)
    with pytest.raises(AuthenticationFailed) as refused:
        scheme.refreshed({}, answer(400, {"error": "invalid_grant"}), 0)
    assert refused.value.arguments == {"reason": "invalid_grant", "status": 401}
    # What is no code may be the token that the service was sent.
    for said in ("tok-3a2b1c0d", "The token tok is void", "x" * 41, "A", "", 7, {"token": "tok"}, None):
        with pytest.raises(AuthenticationFailed) as refused:
            scheme.refreshed({}, answer(401, {"error": said, "error_description": "tok-3a2b1c0d"}), 0)
        assert refused.value.arguments == {"reason": "401", "status": 401}, said
    for status, body in (
        (500, b"oops"),
        (200, b"oops"),
        (200, {}),
        (429, {}),
        (200, [1]),
        (204, {"access_token": "t"}),
    ):
        with pytest.raises(ProviderError) as failed:
            scheme.refreshed({}, answer(status, body), 0)
        assert failed.value.code == "credential.refresh_failed"


def made(**changes) -> CredentialType:
    fields = {
        "id": "shop.key",
        "title": "Key",
        "fields": (SECRET,),
        "scheme": HeaderScheme(),
        "hosts": ("a.example.org",),
    }
    return CredentialType(**{**fields, **changes})


def test_hosts():
    assert made().hosts_for({}) == ("a.example.org",)
    own = made(hosts=(), fields=(SECRET, HOSTS))
    assert own.hosts_for({"hosts": "A.example.org, *.b.org  c.org:8080 bad_host!"}) == [
        "a.example.org", "*.b.org", "c.org:8080",
    ]  # fmt: skip
    assert own.hosts_for({"hosts": ["a.org", 3]}) == ["a.org", "3"]
    assert own.hosts_for({}) == []
    server = made(hosts=(), host_field="server", fields=(SECRET, CredentialField("server", "Server")))
    assert server.hosts_for({"server": "db.example.org"}) == ["db.example.org"]
    assert server.hosts_for({"server": "*"}) == []


def test_forms():
    kind = made(
        hosts=(), fields=(SECRET, HOSTS, CredentialField("port", "Port", required=False, kind="number", help="Its"))
    )
    kind.check({"token": "t", "hosts": ["a.org"], "port": 80})
    assert kind.secrets({"token": "t", "hosts": []}) == ["t"]
    assert kind.secrets({}) == []
    schema = kind.schema()
    assert schema["required"] == ["token", "hosts"]
    assert schema["properties"]["token"] == {"type": "string", "title": "Token", "x-secret": True}
    assert schema["properties"]["port"]["description"] == "Its"
    for data, code in [
        ({"token": "t", "hosts": ["a.org"], "pin": 1}, "credential.field_unknown"),
        ({"hosts": ["a.org"]}, "credential.field_missing"),
        ({"token": "t", "hosts": []}, "credential.field_missing"),
        ({"token": 3, "hosts": ["a.org"]}, "credential.field_kind"),
        ({"token": "t", "hosts": ["!"]}, "credential.no_host"),
    ]:
        with pytest.raises(UserError) as caught:
            kind.check(data)
        assert caught.value.code == code


def test_a_type_for_another_protocol():
    with pytest.raises(UserError) as caught:
        made(scheme=None).apply(request(), {"token": "t"})
    assert caught.value.code == "credential.not_http"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "key"}, "the id must be"),
        ({"fields": ()}, "fields must be given"),
        ({"fields": (SECRET, SECRET)}, "a name of its own"),
        ({"fields": (CredentialField("user", "User"),)}, "no field is marked secret"),
        ({"hosts": ("*",)}, "is not a host"),
        ({"hosts": ("https://a.org",)}, "is not a host"),
        ({"host_field": "server"}, "there is no field 'server'"),
        ({"hosts": ()}, "nothing says to which hosts"),
    ],
)
def test_types_that_are_refused(changes, reason):
    with pytest.raises(NodeDefinitionError) as caught:
        made(**changes)
    assert reason in str(caught.value)
