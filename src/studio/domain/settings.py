"""Settings of the server. Each comes from a flag, an environment variable or the settings file, in that order.

``ServerSettings`` is the one list of them: the loader and the generated page (docs/settings.md) read it.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

_SECRET = {"secret": True}

Secret: TypeAlias = Annotated[str, msgspec.Meta(extra=_SECRET)]
"""A setting that is shown to nobody; the settings file that holds one is for its owner alone."""

SmtpSecurity: TypeAlias = Literal["starttls", "tls", "none"]


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the server runs.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes any that is free.
        public_url: What people type to reach Studio, where a proxy stands in front; "" for `http(s)://host:port`.
        tls_cert: File with the certificate chain (PEM); "" for plain HTTP.
        tls_key: File with its key (PEM).
        trusted_proxies: Addresses or networks whose `X-Forwarded-*` headers are believed.
        body_limit: Largest request body, bytes.
        open_workspaces: Whether anybody who has signed in may make workspaces, and not just operators.
        shared_credentials: Credentials out of the environment (`STUDIO_CREDENTIAL_…`) that everybody who may use
            credentials in the default workspace may use, by name, `*` for all. The others are for its Admins.
        requests_per_minute: Requests a minute that one session, key or address may make; 0 for no limit.
        requests_in_flight: Requests that may be worked on at once; more are answered with 503. 0 for no limit.
        open_per_caller: Requests and live connections that one session, key or address may have open at once; more are
            answered with 429. 0 for no limit.
        stop_delay: Seconds between a signal to stop and closing the address. Meanwhile `/readyz` says draining, so that
            a proxy in front sends nobody here any more, and nothing more is started.
        stop_grace: Seconds that requests under way have to end after a signal to stop.
        worker_host: Address at which a worker apart (`studio worker`) answers `/healthz`, `/readyz` and `/metrics`.
        worker_port: Port for it; 0 takes any that is free, -1 answers nowhere.
        log_level: Least important lines that are logged: debug, info, warning or error.
        log_format: `text` for people, `json` for programs.
        metrics_token: Who sends `Authorization: Bearer` with it may read `/metrics` from elsewhere; "" for nobody but
            operators.
        otlp_endpoint: Where traces of executions go by OTLP over HTTP, such as `http://localhost:4318`; "" for none.
        otlp_headers: Headers sent along, as `name=value` separated by commas.
        smtp_host: Mail server that mail is sent through; "" sends none.
        smtp_port: Its port.
        smtp_security: `starttls`, `tls` or `none`.
        smtp_ca: File with the certificates (PEM) that its certificate is checked against; "" for those that the system
            trusts, and for none where it stands on this machine.
        smtp_user: Name to sign in to it with; "" for none.
        smtp_password: Password to sign in to it with.
        smtp_from: Address that mail comes from.
        backup_every: Hours between backups that the server makes by itself; 0 for none.
        backup_keep: How many of them are kept.
        backup_folder: Where they go; "" for `backups` in the data folder.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8400
    public_url: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    trusted_proxies: tuple[str, ...] = ()
    body_limit: Annotated[int, msgspec.Meta(ge=1024)] = 16 * 1024 * 1024
    open_workspaces: bool = False
    shared_credentials: tuple[str, ...] = ()
    requests_per_minute: Annotated[int, msgspec.Meta(ge=0)] = 1200
    requests_in_flight: Annotated[int, msgspec.Meta(ge=0)] = 1000
    open_per_caller: Annotated[int, msgspec.Meta(ge=0)] = 500
    stop_delay: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 0
    stop_grace: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 20
    worker_host: str = "127.0.0.1"
    worker_port: Annotated[int, msgspec.Meta(ge=-1, le=65_535)] = -1
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    metrics_token: Secret = ""
    otlp_endpoint: str = ""
    otlp_headers: Secret = ""
    smtp_host: str = ""
    smtp_port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 587
    smtp_security: SmtpSecurity = "starttls"
    smtp_ca: str = ""
    smtp_user: str = ""
    smtp_password: Secret = ""
    smtp_from: str = ""
    backup_every: Annotated[float, msgspec.Meta(ge=0)] = 0
    backup_keep: Annotated[int, msgspec.Meta(ge=1)] = 7
    backup_folder: str = ""


def secret_settings() -> frozenset[str]:
    """The settings that are secrets."""
    return frozenset(field.name for field in msgspec.structs.fields(ServerSettings) if field.type == Secret)
