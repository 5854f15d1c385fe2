"""What people write about themselves: addresses, names, passwords."""

from __future__ import annotations

import re
import unicodedata
from zoneinfo import available_timezones

from studio.domain.errors import UserError

MIN_PASSWORD = 12
MAX_PASSWORD = 1024
MAX_NAME = 200
_EMAIL = re.compile(r"[^\s@<>\",;:\\()\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>\",;:\\()\[\]\x00-\x1f\x7f]{1,255}")
LANGUAGES = ("en", "fr", "ar")


def check_password(password: str, *about: str) -> None:
    """Make sure that a password is worth being one.

    Raises:
        UserError: It is too short or too long, or is what stands around it.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UserError(
            "account.password_length", "A password has from {least} to {most} characters.",
            least=MIN_PASSWORD, most=MAX_PASSWORD,
        ).at(param="password")  # fmt: skip
    if len(set(password)) < 4 or password.casefold() in {text.casefold() for text in about}:
        raise UserError("account.password_weak", "This password is too easy to guess.").at(param="password")


def check_email(email: str) -> str:
    """The address without blanks around it.

    Raises:
        UserError: It is none.
    """
    email = unicodedata.normalize("NFC", email.strip())
    if not _EMAIL.fullmatch(email):
        raise UserError("account.email", "{email} is no mail address.", email=email[:80]).at(param="email")
    return email


def check_text(name: str, param: str = "name", most: int = MAX_NAME) -> str:
    """A name on one line, without blanks around it and control or direction characters in it.

    Raises:
        UserError: It is empty or too long, or has such characters.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(name) <= most or any(_hidden(one) for one in name):
        raise UserError("account.name", "A name has from 1 to 200 characters.").at(param=param)
    return name


def _hidden(letter: str) -> bool:
    # Joiners belong to names in Arabic, Persian and Indic scripts.
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in "\u200c\u200d"


def check_language(lang: str) -> str:
    """A language of the interface.

    Raises:
        UserError: Studio does not speak it.
    """
    if lang not in LANGUAGES:
        raise UserError("account.language", "Studio speaks {known}.", known=", ".join(LANGUAGES)).at(param="lang")
    return lang


def check_time_zone(name: str) -> str:
    """A time zone.

    Raises:
        UserError: There is none of that name.
    """
    if name not in available_timezones():
        raise UserError("account.time_zone", "There is no time zone {name}.", name=name[:80]).at(param="time_zone")
    return name
