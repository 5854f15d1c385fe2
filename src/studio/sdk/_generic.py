"""Credential types that fit any service; the user says to which hosts they may go."""

from __future__ import annotations

from studio.sdk._aws import AwsScheme
from studio.sdk._credential import CredentialField, CredentialType
from studio.sdk._oauth import OAuth2Scheme
from studio.sdk._schemes import BasicScheme, BodyScheme, HeaderScheme, QueryScheme

_HOSTS = CredentialField("hosts", "Hosts", kind="hosts", help="Where it may be sent, such as api.example.org")
_NAME = CredentialField("name", "Name", help="Name of the header, parameter or key")
_VALUE = CredentialField("value", "Value", secret=True)
_CLIENT = (
    CredentialField("client_id", "Client id"),
    CredentialField("client_secret", "Client secret", secret=True, required=False),
    CredentialField("token_url", "Token address"),
    CredentialField("scopes", "Scopes", required=False, help="Rights to ask for, with spaces between"),
    CredentialField("access_token", "Access token", secret=True, required=False),
    CredentialField("expires_at", "End of the token", kind="number", required=False),
)

GENERIC_CREDENTIALS: dict[str, CredentialType] = {
    one.id: one
    for one in (
        CredentialType(
            "http.bearer",
            "Bearer token",
            (CredentialField("token", "Token", secret=True), _HOSTS),
            HeaderScheme(prefix="Bearer "),
        ),
        CredentialType(
            "http.header", "Header", (_NAME, _VALUE, _HOSTS), HeaderScheme(field="value", name_field="name")
        ),
        CredentialType(
            "http.query", "URL parameter", (_NAME, _VALUE, _HOSTS), QueryScheme(field="value", name_field="name")
        ),
        CredentialType(
            "http.body", "Key in the body", (_NAME, _VALUE, _HOSTS), BodyScheme(field="value", name_field="name")
        ),
        CredentialType(
            "http.basic",
            "User and password",
            (
                CredentialField("user", "User"),
                CredentialField("password", "Password", secret=True, required=False),
                _HOSTS,
            ),
            BasicScheme(),
        ),
        CredentialType(
            "http.oauth2",
            "OAuth 2, signed in by a user",
            (
                *_CLIENT,
                CredentialField("authorize_url", "Sign-in address"),
                CredentialField("refresh_token", "Refresh token", secret=True, required=False),
                _HOSTS,
            ),
            OAuth2Scheme(),
        ),
        CredentialType(
            "http.oauth2_client",
            "OAuth 2, between machines",
            (*_CLIENT, _HOSTS),
            OAuth2Scheme(grant="client_credentials"),
        ),
        CredentialType(
            "http.aws",
            "AWS signature",
            (
                CredentialField("access_key", "Access key id"),
                CredentialField("secret_key", "Secret access key", secret=True),
                CredentialField("session_token", "Session token", secret=True, required=False),
                CredentialField("region", "Region", required=False),
                CredentialField("service", "Service", required=False),
                _HOSTS,
            ),
            AwsScheme(),
        ),
    )
}
"""Types that fit any service; the user says to which hosts they may go."""
