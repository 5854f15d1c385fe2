"""Where a Studio lives and what it may reach."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where this Studio lives and what it may reach.

    Args:
        data: Data folder.
        db: Database URL; None for SQLite in the data folder.
        lang: Language of messages.
        allow_paths: Folders and files beside a workflow's own folder and the working folder.
        allow_hosts: Hosts that may be reached although they are private.
    """

    data: Path
    db: str | None = None
    lang: str = "en"
    allow_paths: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
