"""The server's settings, from flags, the environment and the settings file of the data folder."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from studio.domain.errors import UserError
from studio.domain.settings import ServerSettings

FILE = "studio.toml"


def server_settings(data: Path, flags: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> ServerSettings:
    """The settings: a flag goes before ``STUDIO_NAME``, that before ``studio.toml`` in the data folder.

    Raises:
        UserError: A setting is unknown, or its value does not fit; names where it stands.
    """
    environ = os.environ if environ is None else environ
    names = ServerSettings.__struct_fields__
    found: dict[str, tuple[Any, str]] = {name: (value, FILE) for name, value in _file(data / FILE).items()}
    for name in names:
        variable = f"STUDIO_{name.upper()}"
        if variable in environ:
            found[name] = (environ[variable], variable)
        if flags.get(name) is not None:
            found[name] = (flags[name], "--" + name.replace("_", "-"))
    values: dict[str, Any] = {}
    kinds = {field.name: field.type for field in msgspec.structs.fields(ServerSettings)}
    for name, (value, source) in found.items():
        if name not in names:
            raise UserError(
                "settings.unknown", "{source}: there is no setting {name}. There are: {known}.",
                source=source, name=name, known=", ".join(names),
            )  # fmt: skip
        if isinstance(value, str) and kinds[name] == tuple[str, ...]:
            value = [part for part in value.replace(",", " ").split() if part]
        try:
            values[name] = msgspec.convert(value, kinds[name], strict=False)
        except msgspec.ValidationError as error:
            raise UserError(
                "settings.invalid", "{source}: {value} is no value for {name}.", source=source, value=str(value)[:100],
                name=name,
            ) from error  # fmt: skip
    return ServerSettings(**values)


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            "settings.not_toml", "{path} is not TOML: {reason}", path=str(path), reason=str(error)
        ) from error
