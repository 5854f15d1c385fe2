"""Audit entries as lines: JSON, CSV and syslog. What names hold can end no line and start no formula."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from studio.contracts.records import AuditEntry
from studio.services.auditing import AuditFacts

COLUMNS = (
    "seq", "id", "at", "workspace", "action", "outcome", "actor_kind", "actor_id", "actor_name", "key", "session",
    "ip", "agent", "request", "target_kind", "target_id", "target_name", "before", "after",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AUDIT_FACILITY = 13
_NOTICE, _WARNING = 5, 4
_SD = "studio@32473"
_NAME = re.compile(r"[^!-~]")


def plain(entry: AuditEntry, facts: AuditFacts) -> dict[str, Any]:
    """An entry as plain data."""
    told = msgspec.to_builtins(facts)
    return {"seq": entry.seq, "id": entry.id, "at": moment(entry.at), "workspace": entry.workspace, **told}


def moment(at: int) -> str:
    """A time as RFC 3339 in UTC, to the microsecond."""
    return datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def json_line(entry: AuditEntry, facts: AuditFacts) -> bytes:
    """One line of JSON, in ASCII: whatever reads it finds lines where they are."""
    return json.dumps(plain(entry, facts), ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def csv_head() -> bytes:
    """The first line of a CSV file."""
    return _csv(COLUMNS)


def csv_line(entry: AuditEntry, facts: AuditFacts) -> bytes:
    """A row of a CSV file. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    told = plain(entry, facts)
    cells: list[str] = []
    for name in COLUMNS:
        value = told[name]
        text = json.dumps(value) if isinstance(value, dict) else "" if value is None else str(value)
        cells.append(f"'{text}" if text.startswith(_FORMULA) else text)
    return _csv(cells)


def _csv(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


def syslog_message(entry: AuditEntry, facts: AuditFacts, host: str) -> bytes:
    """An entry as a syslog message (RFC 5424), without framing. Its text is the line of JSON."""
    severity = _NOTICE if facts.outcome == "done" else _WARNING
    name = _NAME.sub("-", facts.action)[:32] or "-"
    about = {"workspace": entry.workspace, "seq": str(entry.seq), "actor": facts.actor_id, "outcome": facts.outcome}
    said = " ".join(f'{key}="{_escaped(value)}"' for key, value in about.items())
    head = f"<{_AUDIT_FACILITY * 8 + severity}>1 {moment(entry.at)} {_NAME.sub('-', host)[:255] or '-'} studio - {name}"
    return f"{head} [{_SD} {said}] ".encode() + json_line(entry, facts).rstrip(b"\n")


def _escaped(text: str) -> str:
    """A parameter value: what would end it is escaped, and control characters are gone."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return kept.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")
