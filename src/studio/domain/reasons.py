"""What libraries and the operating system say of a failure, as parts of sentences that are translated.

They speak English only. What they say commonly is known here; the rest is passed on as it is.
"""

from __future__ import annotations

import errno
import re

from studio.domain.phrases import Phrase

_OAUTH = re.compile(r"[a-z][a-z_]{2,39}")


def oauth_reason(error: object, otherwise: object) -> str:
    """The error code of a provider (RFC 6749, 5.2), or what else is said of its answer.

    What is no code is not passed on: it may be the token or the secret that the provider was sent.
    """
    return error if isinstance(error, str) and _OAUTH.fullmatch(error) else str(otherwise)


_OS: dict[int, Phrase] = {
    errno.ENOENT: Phrase("reason.os_no_file", "No such file or directory"),
    errno.EACCES: Phrase("reason.os_denied", "Permission denied"),
    errno.EPERM: Phrase("reason.os_not_permitted", "Operation not permitted"),
    errno.EISDIR: Phrase("reason.os_folder", "Is a directory"),
    errno.ENOTDIR: Phrase("reason.os_no_folder", "Not a directory"),
    errno.EEXIST: Phrase("reason.os_exists", "File exists"),
    errno.ENOTEMPTY: Phrase("reason.os_not_empty", "Directory not empty"),
    errno.ENOSPC: Phrase("reason.os_full", "No space left on device"),
    errno.EDQUOT: Phrase("reason.os_quota", "Disk quota exceeded"),
    errno.EFBIG: Phrase("reason.os_too_big", "File too large"),
    errno.EROFS: Phrase("reason.os_read_only", "Read-only file system"),
    errno.ENAMETOOLONG: Phrase("reason.os_long_name", "File name too long"),
    errno.ELOOP: Phrase("reason.os_links", "Too many levels of symbolic links"),
    errno.EMFILE: Phrase("reason.os_too_many", "Too many open files"),
    errno.ENFILE: Phrase("reason.os_too_many_all", "Too many open files in system"),
    errno.EBUSY: Phrase("reason.os_busy", "Device or resource busy"),
    errno.EIO: Phrase("reason.os_io", "Input/output error"),
    errno.EINVAL: Phrase("reason.os_invalid", "Invalid argument"),
    errno.EBADF: Phrase("reason.os_closed", "Bad file descriptor"),
    errno.EPIPE: Phrase("reason.os_pipe", "Broken pipe"),
    errno.ENOMEM: Phrase("reason.os_memory", "Cannot allocate memory"),
    errno.ECONNREFUSED: Phrase("reason.os_refused", "Connection refused"),
    errno.ECONNRESET: Phrase("reason.os_reset", "Connection reset by peer"),
    errno.ETIMEDOUT: Phrase("reason.os_timed_out", "Connection timed out"),
    errno.EHOSTUNREACH: Phrase("reason.os_no_route", "No route to host"),
    errno.ENETUNREACH: Phrase("reason.os_no_network", "Network is unreachable"),
}

_JSON: dict[str, Phrase] = {
    "Input is a zero-length, empty document": Phrase("reason.json_empty", "it is empty"),
    "input data is empty": Phrase("reason.json_empty", "it is empty"),
    "unexpected end of data": Phrase("reason.json_end", "unexpected end of data"),
    "unexpected content after document": Phrase("reason.json_more", "unexpected content after document"),
    "trailing comma is not allowed": Phrase("reason.json_comma", "trailing comma is not allowed"),
    "number with leading zero is not allowed": Phrase("reason.json_zero", "number with leading zero is not allowed"),
    "no digit after sign": Phrase("reason.json_sign", "no digit after sign"),
    "number is infinity when parsed as double": Phrase("reason.json_infinite", "the number is too large"),
    "invalid escaped sequence in string": Phrase("reason.json_escape", "invalid escaped sequence in string"),
    "no low surrogate in string": Phrase("reason.json_surrogate", "half of a surrogate pair in string"),
    "invalid high surrogate in string": Phrase("reason.json_surrogate", "half of a surrogate pair in string"),
    "unexpected control character in string": Phrase("reason.json_control", "unexpected control character in string"),
    "unexpected character, expected a string key": Phrase(
        "reason.json_key", "unexpected character, expected a string key"
    ),
    "unexpected character, expected a JSON value": Phrase(
        "reason.json_value", "unexpected character, expected a JSON value"
    ),
    "unexpected character, expected ',' or ']'": Phrase(
        "reason.json_list", "unexpected character, expected ',' or ']'"
    ),
    "unexpected character, expected ',' or '}'": Phrase(
        "reason.json_object", "unexpected character, expected ',' or '}'"
    ),
    "invalid literal, expected 'null'": Phrase("reason.json_word", "unexpected word, expected null, true or false"),
    "invalid literal, expected 'true'": Phrase("reason.json_word", "unexpected word, expected null, true or false"),
    "invalid literal, expected 'false'": Phrase("reason.json_word", "unexpected word, expected null, true or false"),
    "depth limit exceeded": Phrase("reason.json_deep", "it is nested too deep"),
    "UTF-8 byte order mark (BOM) is not supported": Phrase("reason.json_bom", "it begins with a byte order mark"),
    "str is not valid UTF-8: surrogates not allowed": Phrase("reason.json_not_utf8", "it is not UTF-8"),
}

_REGEX: dict[str, Phrase] = {
    "no argument for repetition operator": Phrase("reason.regex_nothing", "nothing stands before the repetition"),
    "bad repetition operator": Phrase("reason.regex_twice", "bad repetition operator"),
    "invalid repetition size": Phrase("reason.regex_size", "invalid repetition size"),
    "missing )": Phrase("reason.regex_open_group", "missing )"),
    "unexpected )": Phrase("reason.regex_close_group", "unexpected )"),
    "missing ]": Phrase("reason.regex_open_set", "missing ]"),
    "invalid perl operator": Phrase("reason.regex_perl", "look-around and the like do not exist here"),
    "invalid escape sequence": Phrase("reason.regex_escape", "invalid escape sequence"),
    "invalid character class range": Phrase("reason.regex_range", "invalid character class range"),
    "invalid named capture group": Phrase("reason.regex_name", "invalid named capture group"),
    "trailing \\": Phrase("reason.regex_backslash", "trailing \\"),
    "pattern too large - compile failed": Phrase("reason.regex_large", "the pattern is too large"),
}


def os_reason(error: OSError) -> str:
    """What the operating system refused, without the path."""
    return _OS.get(error.errno or 0) or error.strerror or type(error).__name__


def json_reason(error: ValueError) -> str:
    """What is wrong with a text that orjson could not read, and where."""
    said = json_fault(error)
    line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
    if line is None or column is None:
        return said
    return Phrase("reason.json_place", "{reason} (line {line}, column {column})", reason=said, line=line, column=column)


def json_fault(error: ValueError) -> str:
    """What is wrong with a text that orjson could not read."""
    said = str(getattr(error, "msg", error))
    return _JSON.get(said, said)


def regex_reason(error: Exception) -> str:
    """What is wrong with a pattern that RE2 could not compile, and the part that is wrong."""
    said = error.args[0] if error.args else str(error)
    said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    what, colon, part = said.partition(": ")
    known = _REGEX.get(what)
    if known is None:
        return said[:200]
    return Phrase("reason.regex_part", "{reason}: {part}", reason=known, part=part[:200]) if colon else known
