"""Text in files: encodings by name, errors that name the place."""

from __future__ import annotations

import codecs

from studio.sdk import UserError


def checked_encoding(name: str) -> str:
    """The codec's own name.

    Raises:
        UserError: There is no text encoding of that name.
    """
    try:
        found = codecs.lookup(name)
        "".encode(found.name)  # codecs such as base64 are found too, but are not for text
    except (LookupError, UnicodeError, ValueError):
        raise UserError(
            "files.unknown_encoding", "{encoding} is no text encoding; use for example utf-8.", encoding=name[:60]
        ) from None
    return "utf-8-sig" if found.name == "utf-8" else found.name


def decode(data: bytes, encoding: str, path: str) -> str:
    """Bytes as text; a byte order mark is dropped.

    Raises:
        UserError: The encoding is unknown or the bytes do not fit it; names the position.
    """
    try:
        return data.decode(checked_encoding(encoding))
    except UnicodeDecodeError as error:
        raise not_text(path, encoding, error.start) from error


def not_text(path: str, encoding: str, position: int) -> UserError:
    """The error for bytes that do not fit the encoding."""
    return UserError(
        "files.not_text",
        "{path} is not {encoding} text: byte {position} does not fit.",
        path=path,
        encoding=encoding,
        position=position,
    )


def encode(text: str, encoding: str) -> bytes:
    """Text as bytes, without a byte order mark.

    Raises:
        UserError: The encoding is unknown or lacks a character; names it.
    """
    name = checked_encoding(encoding)
    try:
        return text.encode("utf-8" if name == "utf-8-sig" else name)
    except UnicodeEncodeError as error:
        raise UserError(
            "files.not_encodable",
            "The encoding {encoding} has no character {character} (position {position}).",
            encoding=encoding,
            character=repr(text[error.start]),
            position=error.start,
        ) from error
