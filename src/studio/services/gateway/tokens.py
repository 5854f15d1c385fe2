"""The tokens of API keys: ``sk_<workspace>_<id>_<secret>``. Everything before the secret may be shown."""

from __future__ import annotations

import re
import secrets
from typing import NamedTuple

from studio.crypto.passwords import KEY_PREFIX

PREFIX = KEY_PREFIX
# A token is found anywhere in a text by its shape, so that it is noticed where it must not stand.
_SHAPE = r"sk_([A-Za-z0-9][A-Za-z0-9_-]{0,63})_([0-9a-hjkmnp-tv-z]{26})_([0-9a-f]{64})"
_TOKEN = re.compile(_SHAPE)
_HINT = 4


class Token(NamedTuple):
    """The parts of a token."""

    workspace: str
    id: str
    secret: str

    @property
    def text(self) -> str:
        """The token as callers give it."""
        return f"{PREFIX}{self.workspace}_{self.id}_{self.secret}"

    @property
    def hint(self) -> str:
        """Its last characters."""
        return self.secret[-_HINT:]


def new_token(workspace: str, id: str) -> Token:
    """A token with a secret of 256 random bits."""
    return Token(workspace, id, secrets.token_hex(32))


def parse_token(text: str) -> Token | None:
    """The parts of a token; None where it is none."""
    found = _TOKEN.fullmatch(text)
    return None if found is None else Token(found[1], found[2], found[3])


def holds_token(text: str) -> bool:
    """Whether a token stands anywhere in a text."""
    return PREFIX in text and _TOKEN.search(text) is not None
