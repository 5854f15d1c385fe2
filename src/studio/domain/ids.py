"""Identifiers: sortable unique ids, and the scope path that names a node run within an execution."""

from __future__ import annotations

import os
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 26


def new_id(at: float | None = None) -> str:
    """A ULID (26 characters, Crockford base 32, lower case): 48 bits of milliseconds, 80 random bits.

    Ids made later sort later, so an index on them stays dense. Source: the ULID specification.
    """
    milliseconds = int((time.time() if at is None else at) * 1000)
    return _text((milliseconds << 80) | int.from_bytes(os.urandom(10), "big"))


def first_id(milliseconds: int) -> str:
    """The lowest id that can have been made at that time: no earlier one sorts behind it, no later one before it."""
    return _text(max(0, min(milliseconds, (1 << 48) - 1)) << 80)


def moments_of(prefix: str) -> tuple[int, int] | None:
    """The first and the last millisecond in which an id that begins like this can have been made; None for no id."""
    if not prefix or any(letter not in _ALPHABET for letter in prefix) or len(prefix) > ID_LENGTH:
        return None
    bounds = [0, 0]
    for letter in prefix[:10].ljust(10, "?"):
        lowest, highest = (0, 31) if letter == "?" else (_ALPHABET.index(letter),) * 2
        bounds = [bounds[0] * 32 + lowest, bounds[1] * 32 + highest]
    return bounds[0], bounds[1]


def derived_id(id: str, digest: bytes) -> str:
    """An id with the time of another one, and ten bytes of a digest for chance."""
    return id[:10] + _text(int.from_bytes(digest[:10], "big"))[10:]


_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_SHIFTS = tuple(range(120, -1, -10))


def _text(number: int) -> str:
    # Two letters at a time: an id is made for every execution and message.
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


DEFAULT_WORKSPACE = "default"
"""The workspace that exists from the start."""

INSTANCE = "_instance"
"""The workspace of what belongs to no workspace: accounts, memberships, settings of the instance."""


WORKFLOW_TAG = "workflow:"
"""Tags of executions that begin so name the workflow they belong to, by its id. Only Studio sets them."""


def workflow_tag(workflow: str) -> str:
    """The tag of every execution of a workflow, by its id. Lists of executions filter by it."""
    return f"{WORKFLOW_TAG}{workflow}"


def item_scope(prefix: str, node: str, index: int) -> str:
    """Prefix of the scope paths inside one item or turn: ``("", "loop", 3)`` gives ``loop[3]/``."""
    return f"{prefix}{node}[{index}]/"
