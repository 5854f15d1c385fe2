"""Passwords and the secrets in links, keys and sessions.

A password is hashed with argon2id (RFC 9106, second recommended option: 64 MiB, three passes). A random secret needs no
slow hash: SHA-256 of 32 random bytes cannot be guessed back.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_AT_ONCE = 2
"""How many passwords are hashed at the same time: each takes 64 MiB and a core."""

SECRET_BYTES = 32
KEY_PREFIX = "sk_"
"""How the tokens of API keys begin, by which they are told from those of sessions."""


class Passwords:
    """Hashes and checks passwords in threads, a few at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The hash to store."""
        async with self._turn:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the password. Without a stored hash it takes as long, and is not."""
        if self._nobody is None:
            # Made at the first password of all, so that its time does not tell a first one of nobody from others.
            self._nobody = await self.hash(secrets.token_urlsafe())
        right = await self._check(stored or self._nobody, password)
        return right and stored is not None

    async def _check(self, stored: str, password: str) -> bool:
        async with self._turn:
            return await asyncio.to_thread(_matches, stored, password)

    @staticmethod
    def outdated(stored: str) -> bool:
        """Whether the hash was made with weaker settings than today's, so that a login should make it anew."""
        return _HASHER.check_needs_rehash(stored)


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def new_secret() -> str:
    """A random secret for a link, key or session: 256 bits less a tiny part of one, safe in addresses.

    It begins with a letter or a digit, so that no command takes it for an option, and never as an API key does: as the
    token of a session it would be taken for one, and refused.
    """
    while True:
        secret = secrets.token_urlsafe(SECRET_BYTES)
        if secret[0].isalnum() and not secret.startswith(KEY_PREFIX):
            return secret


def secret_digest(secret: str) -> str:
    """What is stored of a random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same_secret(digest: str, secret: str) -> bool:
    """Whether it is the secret of this digest, in constant time."""
    return hmac.compare_digest(digest, secret_digest(secret))
