"""Logs and metrics of requests and executions."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from studio.bootstrap._serving_logs import begin_logs
from studio.domain.access import Role
from studio.domain.settings import ServerSettings
from tests.server.executions.test_executions import ADD, published, settled
from tests.server.kit import PASSWORD, Api
from tests.server.operation.conftest import TOKEN

SECRET = "hunter2-planted-secret"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What is logged, as JSON lines."""
    stream = io.StringIO()
    settings = ServerSettings(log_format="json", log_level="debug", smtp_password=SECRET)
    handler = begin_logs(settings, stream)
    try:
        yield stream
    finally:
        logging.getLogger().removeHandler(handler)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    """The lines, read."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_each_request_has_a_line_with_who_and_where(operated: Api, logged: io.StringIO) -> None:
    client = await operated.signed_in(Role.EDITOR)
    answer = await client.get("/workflows/nothing-secret-here?key=hidden")
    (line,) = [one for one in lines(logged) if one["logger"] == "studio.access"]
    assert line["event"] == "GET /api/v1/workflows/{workflow}"
    assert line["request_id"] == answer.headers["x-request-id"] == answer.json()["instance"]
    assert (line["status"], line["workspace"], line["ip"]) == (404, "default", "127.0.0.1")
    assert "hidden" not in logged.getvalue()
    assert "nothing-secret-here" not in logged.getvalue()


async def test_no_secret_comes_into_the_log(operated: Api, logged: io.StringIO) -> None:
    account = await operated.account(Role.ADMIN, email="ada@example.org")
    token = await operated.token(account)
    client = operated.client(token)
    await client.post("/session", json={"email": "ada@example.org", "password": PASSWORD})
    await operated.client("sk_abcdefghijklmnop_planted").get("/workflows")
    log = logging.getLogger("studio.test")
    log.error("mail to %s failed", f"smtp://user:{SECRET}@host", extra={"token": f"Bearer {token}"})
    try:
        raise ValueError(f"password={SECRET} sk_abcdefghijklmnop")
    except ValueError:
        log.exception("it broke", extra={"execution_id": "01"})
    text = logged.getvalue()
    assert "it broke" in text
    assert "Traceback" in text
    for planted in (SECRET, token, PASSWORD, "sk_abcdefghijklmnop"):
        assert planted not in text


async def test_lines_for_people_are_one_line_each(logged: io.StringIO) -> None:
    stream = io.StringIO()
    handler = begin_logs(ServerSettings(), stream)
    try:
        logging.getLogger("studio.test").info("one\ntwo", extra={"name2": "three\n2026 error forged"})
        logging.getLogger("studio.test").debug("not at this level")
        logging.getLogger("other").info("not of a library")
        logging.getLogger("other").warning("a warning of one")
        error = ValueError("bad\n2026-01-01T00:00:00.000Z info    forged")
        logging.getLogger("studio.test").error("it broke", exc_info=error)
    finally:
        logging.getLogger().removeHandler(handler)
    written = stream.getvalue().splitlines()
    assert [line[:4] for line in written if not line.startswith("    ")] == [written[0][:4]] * 3
    assert any("forged" in line for line in written)
    assert "one\\ntwo" in written[0]
    assert " info " in written[0]
    assert "a warning of one" in written[1]


async def test_metrics_count_requests_and_executions(operated: Api) -> None:
    client = await operated.signed_in(Role.EDITOR)
    await published(client, ADD, "add")
    started = await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})
    await settled(client, started.json()["id"], "succeeded")
    await client.get("/executions/nothing")
    root = operated.url
    text = (await client.get(f"{root}/metrics", headers={"authorization": ""})).text
    assert "studio_executions_accepted_total" in text
    assert 'studio_executions_ended_total{status="succeeded"} 1.0' in text
    assert 'studio_executions{status="succeeded"} 1.0' in text
    assert "studio_accept_commit_seconds_count 1.0" in text
    assert "process_resident_memory_bytes" in text
    wanted = 'studio_http_request_seconds_count{method="GET",route="/api/v1/executions/{execution}",status="404"} 1.0'
    assert wanted in text
    assert "add" not in text.replace("address", "")


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"x-forwarded-for": "203.0.113.9"}, False),
        ({"forwarded": "for=203.0.113.9"}, False),
        ({"x-forwarded-for": "203.0.113.9", "authorization": f"Bearer {TOKEN}"}, True),
        ({"authorization": "Bearer wrong"}, False),
        ({"authorization": "Basic abc"}, False),
    ],
)
async def test_who_may_read_metrics(operated: Api, headers: dict[str, str], allowed: bool) -> None:
    async with operated.client() as client:
        answer = await client.get(f"{operated.url}/metrics", headers=headers)
    assert answer.status_code == (200 if allowed else 401)
    if not allowed:
        assert "studio_" not in answer.text


async def test_operators_read_metrics_and_others_do_not(operated: Api) -> None:
    for operator in (True, False):
        token = await operated.token(await operated.account(Role.ADMIN, operator=operator))
        headers = {"x-forwarded-for": "203.0.113.9"}
        answer = await operated.client(token, **headers).get(f"{operated.url}/metrics")
        assert answer.status_code == (200 if operator else 401)
