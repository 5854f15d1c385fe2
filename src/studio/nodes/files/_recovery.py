"""What was recorded before an effect, and what of a text is still missing at the end of a file."""

from __future__ import annotations

from typing import Any, cast

from studio.sdk import NodeContext


def recorded(ctx: NodeContext, name: str) -> int | None:
    """A number that was recorded with the intent, None where there is none."""
    intent: object = ctx.intent
    value: Any = cast("dict[str, Any]", intent).get(name) if isinstance(intent, dict) else None
    return value if isinstance(value, int) else None


def missing_part(tail: bytes, content: bytes) -> bytes:
    """The part of ``content`` to append, given what stands in the file behind the length recorded beforehand.

    Empty where the text stands there in full. A text of whole lines only counts where a line begins, so that ``1`` is
    not taken for found in ``11``. Where the tail ends with a beginning of the text, that is a write cut off by a crash:
    the rest is missing.
    """
    whole_lines = content.endswith(b"\n")
    start = tail.find(content)
    while start >= 0:
        if not whole_lines or start == 0 or tail[start - 1 : start] == b"\n":
            return b""
        start = tail.find(content, start + 1)
    return content[_overlap(tail, content, whole_lines) :]


def _overlap(tail: bytes, content: bytes, whole_lines: bool) -> int:
    """Length of the longest beginning of ``content`` that ends ``tail``.

    Source: the failure function of Knuth, Morris and Pratt (1977).
    """
    window = tail[-len(content) :]
    joined = content + window
    border = [0] * len(joined)
    for place in range(1, len(joined)):
        length = border[place - 1]
        while length and (joined[place] != joined[length] or length == len(content)):
            length = border[length - 1]
        border[place] = length + (joined[place] == joined[length])
    found = border[-1] if window else 0
    while found and whole_lines and not _begins_line(tail, len(tail) - found):
        found = border[found - 1]
    return found if found < len(content) else 0


def _begins_line(tail: bytes, start: int) -> bool:
    return start == 0 or tail[start - 1 : start] == b"\n"
