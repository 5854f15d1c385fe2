"""What the system says where a file cannot grow."""

from __future__ import annotations

import errno

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: OSError) -> bool:
    """Whether the disk, the quota or the allowed file size is used up."""
    return error.errno in NO_SPACE
