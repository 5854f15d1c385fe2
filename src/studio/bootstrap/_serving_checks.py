"""Before an upgrade, and when somebody is to help: what stands in the way, and what can be told without secrets."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
import zipfile
from collections.abc import Callable
from importlib.metadata import distributions, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import orjson

from studio.bootstrap._maintenance import Maintenance
from studio.bootstrap._settings import Settings
from studio.domain.errors import StudioError, UserError
from studio.domain.ids import INSTANCE

if TYPE_CHECKING:
    from studio.domain.settings import ServerSettings
    from studio.services.operation.upgrading import UpgradeFinding

_DAY = 86_400.0
_LINES = 500
_OURS = (
    "fastapi",
    "uvicorn",
    "msgspec",
    "pydantic",
    "apsw",
    "asyncpg",
    "cryptography",
    "httpx2",
    "orjson",
    "structlog",
)


async def check_upgrade(settings: Settings) -> list[UpgradeFinding]:
    """Every check; nothing is changed."""
    from studio.services.operation.upgrading import UpgradeFinding

    if settings.db is None and not settings.data.exists():
        return [UpgradeFinding("new", "ok", {"path": str(settings.data)})]
    found = [*_settings(settings.data), _space(settings), *_backups(settings.data)]
    try:
        before, wanted = await Maintenance(settings).revision()
    except StudioError as error:
        return [*found, UpgradeFinding("database", "blocked", {"reason": error.message})]
    if before == wanted:
        found.append(UpgradeFinding("revision", "ok", {"revision": wanted}))
    else:
        from studio.storage._schema import REVISIONS

        known = before in REVISIONS
        facts = {"before": before, "wanted": wanted}
        found.append(UpgradeFinding("migration" if known else "newer", "warning" if known else "blocked", facts))
        if before != wanted:
            return found  # what stands in it is read by the version that wrote it, or after the migration
    return [*found, *await _nodes(settings)]


async def _nodes(settings: Settings) -> list[UpgradeFinding]:
    from studio.bootstrap import Studio
    from studio.services.operation.upgrading import NodeNeeds, UpgradeFinding

    try:
        async with Studio(settings) as studio:
            await studio.open(read_only=True)
            needs = NodeNeeds(studio.opened.store, studio.opened.store.records, studio.catalog)
            return [one async for one in needs.findings()]
    except StudioError as error:
        return [UpgradeFinding("database", "blocked", {"reason": error.message})]


def _settings(data: Path) -> list[UpgradeFinding]:
    from studio.bootstrap._server_settings import server_settings, unknown_settings
    from studio.services.operation.upgrading import UpgradeFinding

    try:
        unknown = unknown_settings(data)
        if unknown:
            return [UpgradeFinding("settings_unknown", "blocked", {"names": ", ".join(unknown)})]
        server_settings(data, {})
    except StudioError as error:
        return [UpgradeFinding("settings_invalid", "blocked", {"reason": error.message})]
    return [UpgradeFinding("settings", "ok")]


def _space(settings: Settings) -> UpgradeFinding:
    from studio.services.operation.upgrading import UpgradeFinding

    database = settings.data / "studio.db"
    needed = 2 * database.stat().st_size + 512 * 1024**2 if settings.db is None and database.exists() else 512 * 1024**2
    folder = settings.data
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    facts = {"free": free // 1024**2, "needed": -(-needed // 1024**2)}
    return UpgradeFinding("space", "ok" if free >= needed else "blocked", facts)


def _backups(data: Path) -> list[UpgradeFinding]:
    from studio.bootstrap._server_settings import server_settings
    from studio.services.operation.upgrading import UpgradeFinding

    try:
        named = server_settings(data, {}).backup_folder
    except StudioError:
        named = ""
    folder = Path(named).expanduser() if named else data / "backups"
    files = sorted(folder.glob("studio-*.backup")) if folder.is_dir() else []
    if not files:
        return [UpgradeFinding("no_backup", "warning", {"path": str(folder)})]
    hours = int((time.time() - files[-1].stat().st_mtime) // 3600)
    return [
        UpgradeFinding("old_backup" if hours > 24 else "backup", "warning" if hours > 24 else "ok", {"hours": hours})
    ]


async def write_support_bundle(settings: Settings, target: Path, log: Path | None) -> None:
    """Write what helps whoever helps.

    Raises:
        UserError: The target exists, or the log cannot be read.
    """
    from studio.bootstrap._server_settings import server_settings
    from studio.bootstrap._serving_logs import Masking
    from studio.domain.settings import secret_settings

    parts: dict[str, Any] = {"versions.json": _versions(), "upgrade.json": await _upgrade(settings)}
    secrets = [value for name, value in os.environ.items() if name in ("STUDIO_MASTER_KEY", "STUDIO_PASSPHRASE")]
    try:
        chosen = server_settings(settings.data, {})
        secrets += [getattr(chosen, name) for name in secret_settings()]
        parts["settings.json"] = _plain(chosen)
    except StudioError as error:
        parts["settings.json"] = {"error": error.code}
    parts["doctor.json"] = await _doctor(settings)
    contents = {name: orjson.dumps(part, option=orjson.OPT_INDENT_2) for name, part in parts.items()}
    if log is not None:
        masking = Masking([one for one in secrets if one])
        masking.more = await _vault_masking(settings)
        contents["log.txt"] = "\n".join(masking.text(line) for line in _tail(log)).encode()
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise UserError("support.exists", "{path} exists already.", path=str(target)) from error
    with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


async def _vault_masking(settings: Settings) -> Callable[[str], str] | None:
    """Masks the secrets of every workspace's vault; None where they cannot be read."""
    from studio.bootstrap import Studio
    from studio.services.people.model import People

    try:
        async with Studio(settings) as studio:
            await studio.open()
            hiding = studio.host.lookup.hiding
            for one in await People(studio.opened.store.records).workspaces.all(INSTANCE):
                await hiding.of(one.id)
            return hiding.known
    except StudioError:
        return None


def _versions() -> dict[str, Any]:
    installed = {one.metadata["Name"].lower(): one.version for one in distributions()}
    return {
        "studio": version("studio-workflows"),
        "python": sys.version,
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "libraries": {name: installed.get(name) for name in _OURS},
    }


def _plain(settings: ServerSettings) -> dict[str, Any]:
    """Settings as whether they are set: an address or a user name is nobody's business either."""
    from studio.services.operation.looking import settings_shown

    shown: dict[str, Any] = {}
    for one in settings_shown(settings):
        harmless = (
            one.is_default or isinstance(one.value, bool | int | float) or one.name.startswith(("log_", "smtp_sec"))
        )
        shown[one.name] = one.value if harmless and not one.secret else "(set)" if not one.is_default else ""
    return shown


async def _doctor(settings: Settings) -> list[dict[str, Any]]:
    from studio.bootstrap import Studio

    async with Studio(settings) as studio:
        return [
            {
                "check": one.check, "level": one.level, "facts": _counts(one.facts),
                "error": one.error.code if one.error is not None else None,
            }
            async for one in studio.examine()
        ]  # fmt: skip


async def _upgrade(settings: Settings) -> list[dict[str, Any]]:
    return [
        {"check": one.check, "level": one.level, "facts": _counts(one.facts)} for one in await check_upgrade(settings)
    ]


_TELLING = frozenset({"version", "system", "database", "revision", "level", "mode", "before", "wanted", "type", "pack"})
"""Facts that are texts and tell nothing of what is kept."""


def _counts(facts: dict[str, Any]) -> dict[str, Any]:
    """Of facts the numbers, and what is known to be harmless: neither ids nor paths nor sentences."""
    return {name: value for name, value in facts.items() if name in _TELLING or _is_numbers(value)}


def _is_numbers(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_numbers(one) for one in cast("dict[str, Any]", value).values())
    return isinstance(value, bool | int | float)


def _tail(log: Path) -> list[str]:
    try:
        return log.read_text("utf-8", errors="replace").splitlines()[-_LINES:]
    except OSError as error:
        raise UserError(
            "support.log", "The log {path} cannot be read: {reason}", path=str(log), reason=error.strerror or "?"
        ) from error
