"""The API against its own description: no server error, no undocumented answer, whatever is sent.

Every operation is tried with data made from its description, good and bad, by somebody who may do everything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.server.test_process import started, url_in
from tools.client import description

PASSWORD = "correct horse battery"
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
]  # fmt: skip
EXAMPLES = int(os.environ.get("STUDIO_DESCRIPTION_EXAMPLES", "6"))
"""How often each operation is tried."""
_STREAMS = "text/event-stream"

DOCUMENT = description()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [
    (path, method)
    for path, item in sorted(DOCUMENT["paths"].items())
    for method in item
    if method in ("get", "post", "put", "patch", "delete") and _STREAMS not in str(item[method]["responses"])
]


@dataclass
class Place:
    """A running server, and a token that is good at the moment."""

    url: str
    token: str = ""

    def sign_in(self) -> None:
        """Get a fresh token."""
        body = {"email": "ada@example.org", "password": PASSWORD, "client": "cli"}
        answer = httpx2.post(f"{self.url}/api/v1/session", json=body, timeout=60)
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server of its own process, set up."""
    data = tmp_path_factory.mktemp("described") / "data"
    with started(data) as (process, lines):
        assert process.stdout is not None
        secret = url_in(process.stdout.readline()).partition("#")[2]
        here = Place(url_in(lines[0]))
        body = {"secret": secret, "email": "ada@example.org", "name": "Ada", "password": PASSWORD}
        assert httpx2.post(f"{here.url}/api/v1/setup", json=body, timeout=60).status_code == 201
        here.sign_in()
        yield here


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS])
def test_answers_are_as_described(place: Place, path: str, method: str) -> None:
    operation: Any = SCHEMA[path][method.upper()]

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def attempt(case: Any) -> None:
        headers = {"Authorization": f"Bearer {place.token}"}
        response = case.call(base_url=place.url, headers=headers)
        if response.status_code == 401:
            # Something before has ended the session, as it should.
            place.sign_in()
            headers = {"Authorization": f"Bearer {place.token}"}
            response = case.call(base_url=place.url, headers=headers)
        case.validate_response(response, checks=CHECKS)

    attempt()
