"""Settings of the server. Each comes from a flag, an environment variable or the settings file, in that order.

``SETTINGS`` is the one list of them: the loader, the command line's options and the generated page read it.
"""

from __future__ import annotations

import msgspec


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the server runs.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes any that is free.
        public_url: What people type to reach Studio, where a proxy stands in front; "" for ``http(s)://host:port``.
        tls_cert: File with the certificate chain (PEM); "" for plain HTTP.
        tls_key: File with its key (PEM).
        trusted_proxies: Addresses or networks whose ``X-Forwarded-*`` headers are believed.
        body_limit: Largest request body, bytes.
        requests_per_minute: Requests a minute that one session or key may make; 0 for no limit.
        log_level: debug, info, warning or error.
        log_format: ``text`` for people, ``json`` for programs.
    """

    host: str = "127.0.0.1"
    port: int = 8400
    public_url: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    trusted_proxies: tuple[str, ...] = ()
    body_limit: int = 16 * 1024 * 1024
    requests_per_minute: int = 1200
    log_level: str = "info"
    log_format: str = "text"
