"""Credential types of the pack."""

from studio.sdk import CredentialField, CredentialType, HeaderScheme

CREDENTIALS = (
    CredentialType(
        id="shop.key",
        title="Shop key",
        fields=(CredentialField("key", "Key", secret=True), CredentialField("hosts", "Hosts", kind="hosts")),
        scheme=HeaderScheme(name="X-Key", field="key"),
    ),
)
