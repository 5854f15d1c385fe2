"""Bounds on the texts that nodes make."""

from __future__ import annotations

from studio.sdk import UserError

LONGEST = 64 * 1024 * 1024
"""Characters of a text that a node makes out of others."""


def check_length(length: int) -> None:
    """Refuse a text that would be longer than ``LONGEST``, before it is made.

    Raises:
        UserError: It would be (``text.too_long``).
    """
    if length > LONGEST:
        raise UserError(
            "text.too_long",
            "The text would have {length} characters; {limit} is the most.",
            length=length,
            limit=LONGEST,
        )
