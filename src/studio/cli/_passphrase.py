"""The passphrase of a key file: from a file, the environment, or asked for."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from studio.cli._say import Voice
from studio.domain.errors import UserError
from studio.domain.reasons import os_reason

VARIABLE = "STUDIO_PASSPHRASE"


def passphrase(file: Path | None, voice: Voice, *, twice: bool) -> str:
    """The passphrase.

    Raises:
        UserError: There is nobody to ask, the file cannot be read, or the two differ.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\n")
        except OSError as error:
            raise UserError(
                "cli.file_unreadable", "{path} cannot be read: {reason}.", path=str(file), reason=os_reason(error)
            ) from error
    given = os.environ.get(VARIABLE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise UserError("cli.no_passphrase", "Give a passphrase by --passphrase-file or {variable}.", variable=VARIABLE)
    first = getpass.getpass(voice.say("cli.passphrase"))
    if twice and getpass.getpass(voice.say("cli.passphrase_again")) != first:
        raise UserError("cli.passphrases_differ", "The two passphrases differ.")
    return first
