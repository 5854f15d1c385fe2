"""Blobs in the data folder or in Postgres, behind ``studio.contracts.BlobStore``."""

from studio.storage.blobs.files import FileBlobs

__all__ = ["FileBlobs"]
