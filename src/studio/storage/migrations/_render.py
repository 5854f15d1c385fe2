"""SQL from Alembic."""

from __future__ import annotations

import io

from studio.domain.errors import DatabaseVersion
from studio.storage._schema import REVISIONS

BASE = "base"
"""The revision of an empty database."""


def check_known(revision: str) -> None:
    """Make sure that the revision is one of ours.

    Raises:
        DatabaseVersion: It is not.
    """
    if revision not in (BASE, *REVISIONS):
        raise DatabaseVersion(
            "storage.unknown_revision",
            "The revision {found} is not known; this version of Studio knows {known}.",
            found=revision,
            known=", ".join((BASE, *REVISIONS)),
        )


def render(dialect: str, start: str, target: str) -> str:
    """The SQL that leads from one revision to another; empty where they are the same.

    Raises:
        DatabaseVersion: One of them is not known.
    """
    check_known(start)
    check_known(target)
    if start == target:
        return ""
    from alembic import command
    from alembic.config import Config

    buffer = io.StringIO()
    config = Config(output_buffer=buffer)
    config.set_main_option("script_location", "studio.storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["dialect"] = dialect
    order = (BASE, *REVISIONS)
    if order.index(target) > order.index(start):
        command.upgrade(config, f"{start}:{target}", sql=True)
    else:
        command.downgrade(config, f"{start}:{target}", sql=True)
    # Alembic makes its table on the way up from nothing, and leaves it behind on the way down.
    drop = "DROP TABLE IF EXISTS alembic_version;\n"
    return (drop if start == BASE else "") + buffer.getvalue() + (drop if target == BASE else "")
