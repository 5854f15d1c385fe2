"""Which error codes each operation of the API can answer with: ``python tools/error_codes.py --write`` or ``--check``.

The codes are found by following the calls of each route (``tools/call_flow.py``), so nobody keeps a list. What any
operation can answer with (the edge, limits, signing in, the database) is said once. The API's description has both as
``x-error-codes``, by status. A code may be missing where the code does not say what is called.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from call_flow import Class, Ends, Flow
from fastapi.routing import APIRoute

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "src" / "studio" / "server" / "error_codes.json"
_WITHOUT = ("nodes", "cli", "client", "testing")
_EVERYWHERE = (
    ("studio.server._asking", "permitted"),
    ("studio.server._idempotency", "IdempotentRoute._once"),
    ("studio.server._problem", "install"),
    ("studio.server.middleware.edge", "Edge.__call__"),
    ("studio.server.middleware.edge", "Edge._bounded"),
    ("studio.server.middleware.limits", "Limits.__call__"),
)
"""What stands around every operation."""
_ELSEWHERE = frozenset({"request.no_route", "request.method", "record.taken"})
"""Codes of answers that belong to no operation, or that each says in words of its own."""
_SAID = {
    "request.failed": "500", "request.refused": "400", "request.host": "421", "request.origin": "403",
    "request.headers_too_large": "431",
}  # fmt: skip
"""Statuses that are said beside the error, not by its class."""

Codes = dict[str, list[str]]


def main(argv: list[str]) -> int:
    """Write or check; returns an exit code."""
    wanted = json.dumps(codes(), indent=1, sort_keys=True) + "\n"
    if argv == ["--write"]:
        FILE.write_text(wanted, "utf-8")
        return 0
    if FILE.exists() and FILE.read_text("utf-8") == wanted:
        return 0
    print(f"{FILE.relative_to(ROOT)} is not what the code says; run: make generate", file=sys.stderr)
    return 1


def codes() -> dict[str, Any]:
    """Codes by status: those of every operation, and what each has beside them."""
    flow = Flow(ROOT / "src" / "studio", "studio", _WITHOUT)
    statuses = _Statuses(flow)
    own = [(one, flow.ends(flow.function(one.endpoint.__module__, one.endpoint.__qualname__))) for one in _routes()]
    common: Ends = {end for _, ends in own for end in ends if statuses.is_storage(end[1])}
    for module, name in _EVERYWHERE:
        around = flow.function(module, name)
        common |= flow.ends(around).union(*(flow.ends(one) for one in around.inner.values()))
    common = {end for end in common if end[0] not in _ELSEWHERE | {"record.changed"}}
    known = {code for code, _ in common}
    return {
        "common": statuses.sorted(common),
        "operations": {
            route.operation_id: statuses.sorted(
                {end for end in ends if end[0] not in known | _ELSEWHERE | _unlikely(route)}, _conditions(route)
            )
            for route, ends in own
        },
    }  # fmt: skip


def _routes() -> Iterator[APIRoute]:
    from studio.server.resources import ROUTERS

    for router in ROUTERS:
        yield from (route for route in router.routes if isinstance(route, APIRoute))


def _unlikely(route: APIRoute) -> set[str]:
    """Whoever only looks is in nobody's way: what is written on the way there is written again."""
    return {"record.changed"} if route.methods == {"GET"} else set()


def _conditions(route: APIRoute) -> Codes:
    """A change under If-Match is compared in the database, beyond what can be followed."""
    named = {param.alias for param in route.dependant.header_params}
    return {"412": ["record.changed"]} if "if-match" in {name.lower() for name in named} else {}


class _Statuses:
    """Which status an error is answered with."""

    def __init__(self, flow: Flow) -> None:
        from studio.server._problem import _STATUS  # pyright: ignore[reportPrivateUsage] - the table itself

        self._flow = flow
        self._table = [(kind.__name__, str(status)) for kind, status in _STATUS]

    def is_storage(self, cls: Class) -> bool:
        """Whether it is the database that fails."""
        return "StorageError" in self._flow.line(cls)

    def sorted(self, ends: Ends, more: Mapping[str, list[str]] | None = None) -> Codes:
        """Codes by status."""
        found: dict[str, set[str]] = {status: set(codes) for status, codes in (more or {}).items()}
        for code, cls in ends:
            line = self._flow.line(cls)
            if "RunFailed" in line:
                continue  # the code is that of an execution
            status = _SAID.get(code) or next((status for name, status in self._table if name in line), "400")
            found.setdefault(status, set()).add(code)
        return {status: sorted(codes) for status, codes in sorted(found.items())}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
