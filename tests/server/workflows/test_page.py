"""The requests of the documentation page run, and give what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

from studio.domain.access import Role
from tests.server.kit import Api

PAGE = Path(__file__).parents[3] / "docs/api-workflows.md"
_BLOCK = re.compile(r"^```http\n(\w+) (\S+)\n((?:[\w-]+: .*\n)*)(\{.*\}\n)?\n(\d{3})\n(\{.*\})\n```$", re.MULTILINE)


def holds(given: Any, wanted: Any) -> bool:
    """Whether an answer says all that the page says."""
    if isinstance(wanted, dict):
        fields = cast("dict[str, Any]", wanted)
        return all(name in given and holds(given[name], value) for name, value in fields.items())
    if isinstance(wanted, list):
        items = cast("list[Any]", wanted)
        return len(given) == len(items) and all(map(holds, given, items))
    return given == wanted


async def test_the_requests_of_the_page_run(api: Api) -> None:
    text = PAGE.read_text()
    blocks = list(_BLOCK.finditer(text))
    assert len(blocks) == text.count("```http") > 10
    editor = await api.signed_in(Role.EDITOR)
    for block in blocks:
        method, path, headers, body, status, wanted = block.groups()
        named = dict(line.split(": ", 1) for line in headers.splitlines())
        answer = await editor.request(method, path, headers=named, json=json.loads(body) if body else None)
        assert answer.status_code == int(status), (path, answer.text)
        assert holds(answer.json(), json.loads(wanted)), (path, answer.text)
