"""Logs of the server and of workers: to stderr, for people or as JSON, and never a secret in them.

Every part logs by the standard library under ``studio``; facts go in ``extra``. What reaches a line is bounded here, so
that nobody who logs has to think of it: a fixed set of facts, no local variables of tracebacks, nothing that looks like
a key, and no value of a setting that is secret. structlog is loaded with the first line, not with the start.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO, cast

from studio.domain.settings import ServerSettings, secret_settings

if TYPE_CHECKING:
    from structlog.typing import Processor

MASK = "•••"

_PATTERNS = (
    re.compile(r"\b(sk|ss|su)_[A-Za-z0-9_\-]{8,}"),
    re.compile(r"(?i)(?<=bearer )[A-Za-z0-9._~+/=\-]{6,}"),
    re.compile(r"(?i)(?<=basic )[A-Za-z0-9+/=]{6,}"),
    re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"),
    re.compile(r"(?i)\b(?<=password=)[^\s&;,]+|(?<=secret=)[^\s&;,]+|(?<=token=)[^\s&;,]+"),
    re.compile(r"(?<=/setup#)\S+"),
)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Masking:
    """Takes out of a text what looks like a secret, and what is one."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        # Of one that is a part of another the longer goes first.
        self._secrets = sorted({one for one in secrets if len(one) >= 4}, key=len, reverse=True)
        self.more: Callable[[str], str] | None = None
        """Masks what is found out later: the secrets of the vault."""

    def text(self, text: str) -> str:
        """The text without them."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        for pattern in _PATTERNS:
            text = pattern.sub(MASK, text)
        return self.more(text) if self.more is not None else text

    def value(self, value: Any) -> Any:
        """A fact of a line: texts masked, plain values as they are, all else as text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.text(value if isinstance(value, str) else str(value))[:4000]


class Lines(logging.Handler):
    """Writes each record as one line.

    Args:
        form: ``text`` or ``json``.
        masking: What never stands in a line.
        stream: Where to; stderr by default.
    """

    def __init__(self, form: str, masking: Masking, stream: TextIO | None = None) -> None:
        super().__init__()
        self._form = form
        self.masking = masking
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        try:
            stream = self._stream or sys.stderr
            stream.write(self.line(record) + "\n")
            stream.flush()
        except OSError:
            pass  # whoever read our log is gone, and that is no reason to stop
        except Exception:  # noqa: BLE001 - as every handler of the standard library does
            self.handleError(record)

    def line(self, record: logging.LogRecord) -> str:
        """A record as it is written."""
        facts = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            facts["exc_info"] = record.exc_info
        event: Any = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name, **facts}
        event["at"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        for process in self._processors:
            event = process(None, record.levelname, event)
        return cast("str", event)

    @cached_property
    def _processors(self) -> list[Processor]:
        import structlog

        return [
            structlog.contextvars.merge_contextvars,
            structlog.processors.format_exc_info,
            self._mask,
            structlog.processors.JSONRenderer(ensure_ascii=False) if self._form == "json" else _for_people,
        ]

    def _mask(self, _logger: Any, _name: str, event: Any) -> Any:
        return {name: self.masking.value(value) for name, value in event.items() if value is not None}


def _for_people(_logger: Any, _name: str, event: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in event.items() if name not in ("at", "level", "event", "logger", "exception")}
    facts = " ".join(f"{name}={_plain(value)}" for name, value in rest.items())
    head = f"{event['at'][:-6]}Z {event['level']:<7} {_one_line(event['event'])}"
    # Every line of a traceback is set in: what an error says looks like no line of the log.
    trace = "".join(f"\n    {_one_line(line)}" for line in str(event.get("exception", "")).splitlines())
    return f"{head}  {facts}".rstrip() + trace


def _plain(value: Any) -> str:
    text = str(value)
    return text if re.fullmatch(r"[\w.:/@•+\-{}\[\]]+", text) else json.dumps(text, ensure_ascii=False)


def _one_line(text: str) -> str:
    """Nobody makes up a line of the log by a line break in what is logged."""
    return text if text.isprintable() else json.dumps(text, ensure_ascii=False)[1:-1]


def begin_logs(settings: ServerSettings, stream: TextIO | None = None) -> Lines:
    """Send what Studio and its libraries log where it belongs; returns the handler."""
    lines = Lines(settings.log_format, Masking([getattr(settings, name) for name in secret_settings()]), stream)
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, Lines):
            root.removeHandler(handler)
    root.addHandler(lines)
    root.setLevel(logging.WARNING)
    logging.getLogger("studio").setLevel(settings.log_level.upper())
    # Its own lines about requests and sockets repeat ours; what goes wrong in it is told.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    return lines
