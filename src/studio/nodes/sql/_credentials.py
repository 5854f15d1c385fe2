"""Credential types of the pack."""

from __future__ import annotations

from studio.sdk import CredentialField, CredentialType

CREDENTIALS = (
    CredentialType(
        "sql.postgres",
        "Postgres",
        (
            CredentialField("host", "Host"),
            CredentialField("port", "Port", kind="number", required=False),
            CredentialField("database", "Database"),
            CredentialField("user", "User"),
            CredentialField("password", "Password", secret=True, required=False),
            CredentialField("tls", "TLS", required=False, help="verify, require, off, or auto"),
        ),
        host_field="host",
        description="A Postgres database",
    ),
)
