"""The requests of the documentation page run, and give what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from studio.domain.access import Role
from tests.server.kit import Api
from tests.server.workflows.test_page import holds

PAGE = Path(__file__).parents[3] / "docs/data-tables.md"
_BLOCK = re.compile(r"^```http\n(\w+) (\S+)\n((?:[\w-]+: .*\n)*)(\{.*\}\n)?\n(\d{3})\n(\{.*\})\n```$", re.MULTILINE)


async def test_the_requests_of_the_page_run(api: Api) -> None:
    text = PAGE.read_text()
    blocks = list(_BLOCK.finditer(text))
    assert len(blocks) == text.count("```http") >= 8
    editor = await api.signed_in(Role.EDITOR)
    for block in blocks:
        method, path, headers, body, status, wanted = block.groups()
        named = dict(line.split(": ", 1) for line in headers.splitlines())
        answer = await editor.request(method, path, headers=named, json=json.loads(body) if body else None)
        assert answer.status_code == int(status), (path, answer.text)
        assert holds(answer.json(), json.loads(wanted)), (path, answer.text)
