"""Functions that encode and hash texts."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac as hmac_
import html
import re
import zlib
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from studio.domain.errors import ExpressionError
from studio.expressions._limits import Meter
from studio.expressions._registry import function
from studio.expressions._values import text

_URL_ALPHABET = bytes.maketrans(b"-_", b"+/")
_SPACE = b" \t\n\r\x0b\x0c"
_ENTITY = re.compile(r"&(?:#[0-9]{1,1000};?|#[xX][0-9a-fA-F]{1,1000};?|[^\t\n\f <&#;]{1,32};?)")
_HASHES = ("md5", "sha1", "sha256", "sha384", "sha512", "blake2b")


def _bytes(meter: Meter, x: str, factor: int = 1) -> bytes:
    """UTF-8, charged with what is made of it: ``factor`` characters per byte."""
    size = len(x) if x.isascii() else 4 * len(x)
    meter.chars(size * factor)
    meter.steps(size >> 6)
    return x.encode("utf-8", "surrogatepass")


@function("encoding", "text", [("base64_encode('Hé')", "SMOp"), ("base64_encode('??>', url=true)", "Pz8-")])
def base64_encode(meter: Meter, x: str, url: bool = False) -> str:
    """The text's UTF-8 in base64, if wanted in the alphabet for addresses."""
    data = _bytes(meter, x, 2)
    return (base64.urlsafe_b64encode(data) if url else base64.b64encode(data)).decode()


@function("encoding", "text", [("base64_decode('SMOp')", "Hé"), ("base64_decode('Pz8-')", "??>")])
def base64_decode(meter: Meter, x: str) -> str:
    """The text whose UTF-8 is given in base64, either alphabet, with or without padding."""
    meter.chars(2 * len(x))
    try:
        compact = x.encode("ascii").translate(_URL_ALPHABET, _SPACE).rstrip(b"=")
        return base64.b64decode(compact + b"=" * (-len(compact) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        raise ExpressionError("expression.base64", "This is no base64 of a text.") from None


@function("encoding", "text", [("hex_encode('Az')", "417a")])
def hex_encode(meter: Meter, x: str) -> str:
    """The text's UTF-8 in hexadecimal digits."""
    return _bytes(meter, x, 2).hex()


@function("encoding", "text", [("hex_decode('417a')", "Az")])
def hex_decode(meter: Meter, x: str) -> str:
    """The text whose UTF-8 is given in hexadecimal digits."""
    meter.chars(len(x))
    try:
        return bytes.fromhex(x).decode()
    except ValueError:
        raise ExpressionError("expression.hex", "These are no hexadecimal digits of a text.") from None


@function("encoding", "text", [("url_encode('a b&c/d')", "a%20b%26c%2Fd"), ("url_encode('a/b', safe='/')", "a/b")])
def url_encode(meter: Meter, x: Any, safe: str = "") -> str:
    """The value as a part of an address; what is safe stays as it is."""
    written = text(meter, x)
    _bytes(meter, written, 3)
    if not safe.isascii() or len(safe) > 50:
        raise ExpressionError("expression.url_safe", "What is safe are at most 50 ASCII characters.")
    return quote(written, safe=safe)


@function("encoding", "text", [("url_decode('a%20b')", "a b")])
def url_decode(meter: Meter, x: str) -> str:
    """The text that a part of an address stands for."""
    _bytes(meter, x)
    escapes = x.count("%")
    meter.alloc(160 * escapes)
    meter.steps(4 * escapes)
    return unquote(x)


@function("encoding", "text", [("query_string({'q': 'a b', 'page': 2})", "q=a+b&page=2")])
def query_string(meter: Meter, x: dict[str, Any]) -> str:
    """The object as the query of an address; null is left out, lists repeat their key."""
    pairs: list[tuple[str, str]] = []
    for key, value in x.items():
        for each in value if type(value) is list else [value]:
            meter.steps(8)
            if each is not None:
                written = text(meter, each)
                _bytes(meter, key + written, 3)
                pairs.append((str(key), written))
    return urlencode(pairs)


@function(
    "encoding",
    "dict[any]",
    [
        ("parse_url('https://x.org:81/a?b=1&b=2#c').query", {"b": ["1", "2"]}),
        ("parse_url('https://x.org/a').host", "x.org"),
    ],
)
def parse_url(meter: Meter, x: str) -> dict[str, Any]:
    """The parts of an address: scheme, host, port, path, query (an object of lists), fragment."""
    if len(x) > 10_000:
        raise ExpressionError("expression.url_length", "An address has at most 10000 characters.")
    meter.steps(len(x))
    meter.alloc(100 * len(x))
    try:
        parts = urlsplit(x)
        port = parts.port
    except ValueError:
        raise ExpressionError("expression.url", "This is no address.") from None
    query: dict[str, list[str]] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=None):
        query.setdefault(key, []).append(value)
    return {
        "scheme": parts.scheme,
        "host": parts.hostname or "",
        "port": port,
        "path": parts.path,
        "query": query,
        "fragment": parts.fragment,
    }


@function("encoding", "text", [("html_escape('<b>')", "&lt;b&gt;")])
def html_escape(meter: Meter, x: str) -> str:
    """The text with what means something in HTML escaped."""
    _bytes(meter, x, 6)
    return html.escape(x)


@function("encoding", "text", [("html_unescape('&lt;b&gt;')", "<b>")])
def html_unescape(meter: Meter, x: str) -> str:
    """The text with entities of HTML replaced by what they stand for."""
    _bytes(meter, x, 2)

    def one(found: re.Match[str]) -> str:
        meter.steps(20)
        meter.alloc(120)
        return html.unescape(found.group())

    return _ENTITY.sub(one, x)


@function(
    "encoding",
    "text",
    [
        ("hash('a')", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
        ("hash('a', 'md5')", "0cc175b9c0f1b6a831c399e269772661"),
    ],
)
def hash_(meter: Meter, x: str, algorithm: str = "sha256") -> str:
    """The digest of the text's UTF-8 in hexadecimal: sha256, sha1, sha384, sha512, blake2b or md5."""
    if algorithm not in _HASHES:
        raise ExpressionError("expression.hash", "The algorithms are {known}.", known=", ".join(_HASHES))
    data = _bytes(meter, x)
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


@function("encoding", "text", [("sha256('a')[:8]", "ca978112")])
def sha256(meter: Meter, x: str) -> str:
    """The SHA-256 digest of the text's UTF-8 in hexadecimal."""
    return hashlib.sha256(_bytes(meter, x)).hexdigest()


@function("encoding", "text", [("hmac('key', 'text')[:8]", "6afa9046")])
def hmac(meter: Meter, key: str, x: str, algorithm: str = "sha256") -> str:
    """The keyed digest (HMAC) of the text in hexadecimal."""
    if algorithm not in ("sha1", "sha256", "sha384", "sha512"):
        raise ExpressionError("expression.hash", "The algorithms are {known}.", known="sha1, sha256, sha384, sha512")
    return hmac_.new(_bytes(meter, key), _bytes(meter, x), algorithm).hexdigest()


@function("encoding", "int", [("crc32('a')", 3904355907)])
def crc32(meter: Meter, x: str) -> int:
    """The CRC-32 checksum of the text's UTF-8."""
    return zlib.crc32(_bytes(meter, x))
