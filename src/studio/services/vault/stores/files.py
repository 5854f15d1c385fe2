"""Secrets in files below a folder, as container platforms mount them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from studio.domain.errors import ProviderError
from studio.domain.reasons import os_reason
from studio.services.vault.stores._values import no_secret, value_in

_LARGEST = 1024 * 1024


class FileStore:
    """Reads files below a folder, links followed only within it. Implements ``SecretStore``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def read(self, path: str, key: str) -> str:
        """The file ``path``, without the line break at its end."""
        return await asyncio.to_thread(self._read, path, key)

    def _read(self, path: str, key: str) -> str:
        parts = path.split("/")
        if any(part in ("", ".", "..") or "\0" in part or "\\" in part for part in parts):
            raise no_secret(path, key)
        try:
            folder = self._folder.resolve(strict=True)
            # A mounted secret is a link to a link beside it: what counts is where it leads.
            file = folder.joinpath(*parts).resolve(strict=True)
            if not file.is_relative_to(folder) or not file.is_file():
                raise no_secret(path, key)
            with file.open("rb") as opened:
                content = opened.read(_LARGEST + 1)
        except FileNotFoundError as error:
            raise no_secret(path, key) from error
        except (OSError, RuntimeError) as error:
            reason = os_reason(error) if isinstance(error, OSError) else "-"
            raise ProviderError(
                "secret.file", "The secret {path} cannot be read: {reason}.", path=path, reason=reason
            ) from error
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise no_secret(path, key) from error
        if len(content) > _LARGEST:
            raise no_secret(path, key)
        return value_in(text.removesuffix("\n").removesuffix("\r"), path, key)

    async def close(self) -> None:
        """Nothing is held."""
