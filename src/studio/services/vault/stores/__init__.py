"""External secret stores: which a workspace has, and reading what credentials refer to."""

from studio.services.vault.stores._read import SecretSender, Stores

__all__ = ["SecretSender", "Stores"]
