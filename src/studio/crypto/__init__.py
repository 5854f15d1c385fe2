"""Keys and sealed bytes: a master key wraps a data key per workspace, and every record's key derives from that.

    master key ──wraps──▶ data key of a workspace ──HKDF──▶ key of one execution, blob or record ──▶ sealed bytes

Nothing here does I/O beyond the key file. The database keeps the wrapped data keys; the master key is never in it.
"""

from studio.crypto._envelope import OVERHEAD, Cipher, SealBroken, key_id_of, place
from studio.crypto._export import ExportedKeys, export_keys, import_keys
from studio.crypto._master import (
    KEY_FILE,
    KEY_VARIABLE,
    Master,
    MasterKey,
    find_master,
    finish_rotation,
    stage_rotation,
)
from studio.crypto._ring import DataKey, KeyMissing, KeyRing, WrappedKey

__all__ = [
    "KEY_FILE",
    "KEY_VARIABLE",
    "OVERHEAD",
    "Cipher",
    "DataKey",
    "ExportedKeys",
    "KeyMissing",
    "KeyRing",
    "Master",
    "MasterKey",
    "SealBroken",
    "WrappedKey",
    "export_keys",
    "find_master",
    "finish_rotation",
    "import_keys",
    "key_id_of",
    "place",
    "stage_rotation",
]
