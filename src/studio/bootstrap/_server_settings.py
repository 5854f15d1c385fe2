"""The server's settings, from flags, the environment and the settings file of the data folder."""

from __future__ import annotations

import ipaddress
import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from studio.domain.errors import UserError
from studio.domain.settings import ServerSettings, secret_settings

FILE = "studio.toml"


def server_settings(data: Path, flags: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> ServerSettings:
    """The settings: a flag goes before ``STUDIO_NAME``, that before ``studio.toml`` in the data folder.

    Raises:
        UserError: A setting is unknown, its value does not fit, files it names are not there, or others can read the
            secrets in the file; names where it stands.
    """
    environ = os.environ if environ is None else environ
    names = ServerSettings.__struct_fields__
    path = data / FILE
    found: dict[str, tuple[Any, str]] = {name: (value, FILE) for name, value in _file(path).items()}
    _check_private(path, found)
    for name in names:
        variable = f"STUDIO_{name.upper()}"
        if variable in environ:
            found[name] = (environ[variable], variable)
        if flags.get(name) is not None:
            found[name] = (flags[name], "--" + name.replace("_", "-"))
    kinds = {field.name: field.type for field in msgspec.structs.fields(ServerSettings)}
    values = {name: _value(kinds.get(name), name, value, source) for name, (value, source) in found.items()}
    settings = ServerSettings(**values)
    _check_meaning(settings, {name: source for name, (_, source) in found.items()})
    return settings


def unknown_settings(data: Path) -> list[str]:
    """Names in the settings file that this version does not know."""
    return sorted(set(_file(data / FILE)) - set(ServerSettings.__struct_fields__))


def _value(kind: Any, name: str, value: Any, source: str) -> Any:
    if kind is None:
        raise UserError(
            "settings.unknown", "{source}: there is no setting {name}. There are: {known}.",
            source=source, name=name, known=", ".join(ServerSettings.__struct_fields__),
        )  # fmt: skip
    if isinstance(value, str) and kind == tuple[str, ...]:
        value = [part for part in value.replace(",", " ").split() if part]
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        shown = "•••" if name in secret_settings() else str(value)[:100]
        raise _invalid(source, shown, name) from error


def _invalid(source: str, value: str, name: str) -> UserError:
    return UserError(
        "settings.invalid", "{source}: {value} is no value for {name}.", source=source, value=value, name=name
    )


def _check_private(path: Path, found: Mapping[str, Any]) -> None:
    """Secrets in a file that others can read are none."""
    secrets = sorted(name for name in secret_settings() if found.get(name, ("",))[0])
    if not secrets:
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise UserError(
            "settings.readable", "{path} holds {name}, and others can read it (mode {mode}): chmod 600 {path}",
            path=str(path), name=secrets[0], mode=f"{mode:03o}",
        )  # fmt: skip


def _check_meaning(settings: ServerSettings, sources: Mapping[str, str]) -> None:
    """What no single value's type says."""
    for network in settings.trusted_proxies:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            raise _invalid(sources["trusted_proxies"], network, "trusted_proxies") from error
    for name in ("public_url", "otlp_endpoint"):
        value: str = getattr(settings, name)
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise _invalid(sources[name], value, name)
    for name, other in (("tls_cert", "tls_key"), ("tls_key", "tls_cert"), ("smtp_host", "smtp_from")):
        if getattr(settings, name) and not getattr(settings, other):
            raise UserError(
                "settings.needs", "{source}: {name} needs {other} too.", source=sources[name], name=name, other=other
            )
    if settings.tls_cert:
        _check_tls(settings)
    if settings.smtp_ca:
        _check_authorities(sources["smtp_ca"], settings.smtp_ca)


def _check_tls(settings: ServerSettings) -> None:
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key)
    except OSError as error:
        raise UserError(
            "settings.tls", "The certificate {cert} and the key {key} cannot be used: {reason}",
            cert=settings.tls_cert, key=settings.tls_key, reason=str(error),
        ) from error  # fmt: skip


def _check_authorities(source: str, path: str) -> None:
    import ssl

    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        raise _invalid(source, path, "smtp_ca") from error


def crosses_in_clear(settings: ServerSettings) -> bool:
    """Whether passwords and keys can be read on their way: others reach the server, and nothing encrypts."""
    if settings.tls_cert or urlsplit(settings.public_url).scheme == "https":
        return False
    try:
        return not ipaddress.ip_address(settings.host.strip("[]")).is_loopback
    except ValueError:
        return settings.host.lower() != "localhost"


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            "settings.not_toml", "{path} is not TOML: {reason}", path=str(path), reason=str(error)
        ) from error
