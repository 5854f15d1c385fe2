"""Password hashes: Argon2id in PHC form, with the parameters that OWASP recommends."""

from __future__ import annotations

import os
import re

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from studio.sdk import UserError

_MEMORY_KIB, _ITERATIONS, _LANES = 19_456, 2, 1
_FORM = re.compile(
    r"\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,172}\Z"
)
_MOST_KIB, _MOST_WORK = 1024 * 1024, 8 * 1024 * 1024


def hash_password(password: str) -> str:
    """The hash of a password, with a random salt."""
    maker = Argon2id(
        salt=os.urandom(16), length=32, iterations=_ITERATIONS, lanes=_LANES, memory_cost=_MEMORY_KIB
    )  # fmt: skip
    return maker.derive_phc_encoded(password.encode())


def fits(password: str, stored: str) -> bool:
    """Whether a password belongs to a hash.

    Raises:
        UserError: It is no such hash, or asks for more memory or work than allowed.
    """
    match = _FORM.match(stored)
    if match is None or int(match[1]) > _MOST_KIB or int(match[1]) * int(match[2]) > _MOST_WORK:
        raise UserError("crypto.not_a_hash", "That is no Argon2id hash of bearable cost.")
    try:
        Argon2id.verify_phc_encoded(password.encode(), stored)
    except InvalidKey:
        return False
    except ValueError as error:
        raise UserError("crypto.not_a_hash", "That is no Argon2id hash of bearable cost.") from error
    return True
