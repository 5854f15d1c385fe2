"""Credential types of the pack."""

from __future__ import annotations

from studio.sdk import CredentialField, CredentialType

CREDENTIALS = (
    CredentialType(
        "crypto.secret",
        "Key or shared secret",
        (CredentialField("secret", "Secret", secret=True, help="A password, a key in hex or base64, or a PEM text"),),
        # It is used in this process only; the reserved name matches no host.
        hosts=("nowhere.invalid",),
        description="Key for signing, encrypting and one-time codes",
    ),
)
