"""Writing to the terminal: JSON for programs, tables and a little emphasis for people."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import Any, TextIO, cast

# Controls of the terminal, and those that turn the direction of what follows: what a file or a service has said could
# repaint the screen with them, or hide what it is. Our own emphasis is let through.
_CONTROL = re.compile("(\x1b\\[(?:0|1|1;31)m)|[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """The text with control characters written out, as ``\\u001b``; JSON stays the same JSON."""
    return _CONTROL.sub(lambda found: found[1] or f"\\u{ord(found[0]):04x}", text)


def write(text: str) -> None:
    """To stdout, for people: what controls the terminal is written out."""
    sys.stdout.write(harmless(text))


def write_as_it_is(text: str) -> None:
    """To stdout, every character: a value, or a document."""
    sys.stdout.write(text)


def write_line(text: str) -> None:
    """One line to stdout, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def write_json(value: Any, *, pretty: bool = False) -> None:
    """One JSON document and a line end to stdout."""
    sys.stdout.write(json_text(value, pretty=pretty) + "\n")


def write_line_json(value: Any) -> None:
    """One line of JSON to stdout, at once."""
    sys.stdout.write(json_text(value) + "\n")
    sys.stdout.flush()


def write_error(text: str) -> None:
    """To stderr, at once: what controls the terminal is written out."""
    sys.stderr.write(harmless(text))
    sys.stderr.flush()


def write_error_json(value: Any) -> None:
    """One line of JSON to stderr."""
    write_error(json_text(value) + "\n")


def json_text(value: Any, *, pretty: bool = False) -> str:
    """JSON text; structs become objects, what is no plain value its text."""
    import orjson

    options = orjson.OPT_INDENT_2 if pretty else 0
    options |= orjson.OPT_NON_STR_KEYS
    try:
        return orjson.dumps(value, default=_plain, option=options).decode()
    except TypeError:
        # A path may hold bytes that are no UTF-8, which a text keeps as surrogates. They are written as stderr writes
        # them, because JSON has no place for them.
        return orjson.dumps(_speakable(value), option=options).decode()


def _speakable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_speakable(key): _speakable(inner) for key, inner in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_speakable(inner) for inner in cast("list[Any]", value)]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _speakable(_plain(value))


def _plain(value: Any) -> Any:
    import msgspec

    if isinstance(value, msgspec.Struct):
        return msgspec.structs.asdict(value)
    return str(value)


def colours(stream: TextIO | None = None) -> bool:
    """Whether to emphasise: a terminal, and ``NO_COLOR`` not set."""
    return (stream or sys.stderr).isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def bold(text: str) -> str:
    """Bold on a terminal's stderr."""
    return f"\x1b[1m{text}\x1b[0m" if colours() else text


def error_style(text: str) -> str:
    """Red on a terminal's stderr."""
    return f"\x1b[1;31m{text}\x1b[0m" if colours() else text


def table(rows: Sequence[Sequence[str]], head: Sequence[str]) -> str:
    """Columns as wide as they need to be, the last one unbounded."""
    all_rows = [head, *rows]
    widths = [max(len(row[column]) for row in all_rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in all_rows]
    return "\n".join(lines) + "\n"


def shown_seconds(seconds: float) -> str:
    """A duration for people: ``340 µs``, ``12 ms``, ``3.4 s``, ``2 m 05 s``, ``1 h 02 m``."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} m {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} m"


def shown_time(microseconds: int | None) -> str:
    """Local date and time of microseconds since 1970; empty for None."""
    if microseconds is None:
        return ""
    from datetime import datetime

    return datetime.fromtimestamp(microseconds / 1e6).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def shorten(text: str, width: int) -> str:
    """Text cut to ``width`` with an ellipsis."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
