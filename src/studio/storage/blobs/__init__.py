"""Blobs in the data folder, behind ``studio.contracts.BlobStore``, and what the ones in Postgres share with them."""

from studio.storage.blobs._temporary import refused
from studio.storage.blobs.files import FileBlobs

__all__ = ["FileBlobs", "refused"]
