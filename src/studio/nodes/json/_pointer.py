"""JSON Pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterable

from studio.sdk import Refusal


def write_pointer(steps: Iterable[str | int]) -> str:
    """A pointer such as ``/lines/0/price``."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def read_pointer(pointer: str) -> list[str]:
    """The steps of a pointer.

    Raises:
        ValueError: It does not begin with ``/``.
    """
    if pointer == "":
        return []
    if not pointer.startswith("/"):
        raise Refusal(
            "json.bad_pointer",
            "{pointer} is not a JSON Pointer; write for example /lines/0/price",
            pointer=repr(pointer[:80]),
        )
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
