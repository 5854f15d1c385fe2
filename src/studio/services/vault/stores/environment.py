"""Secrets in environment variables of the server."""

from __future__ import annotations

import os

from studio.services.vault.stores._values import no_secret, value_in


class EnvironmentStore:
    """Reads variables whose names begin with a prefix, and no others. Implements ``SecretStore``."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    async def read(self, path: str, key: str) -> str:
        """The variable ``path``."""
        text = os.environ.get(path) if path.startswith(self._prefix) else None
        if not text:
            raise no_secret(path, key)
        return value_in(text, path, key)

    async def close(self) -> None:
        """Nothing is held."""
