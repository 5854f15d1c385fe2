"""Title case for phrases, by the usual rules of English titles, kind to names in other languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENGLISH = "a an and as at but by for from if in into n nor of off on onto or over per the to up v via vs with"
_FOREIGN = (
    "à au aux da das de del della den der des di do dos du e el et la las le les los ou und van vom von y zu zum zur"
)
_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY DC PR"
)
_PROVINCES = "AB BC MB NB NL NS NT NU ON PE QC SK YT"
_WINDS = "N E S W NE NW SE SW NNE ENE ESE SSE SSW WSW WNW NNW"

_SMALL = frozenset(f"{_ENGLISH} {_FOREIGN}".split())
"""Articles, short prepositions and conjunctions; lower case between other words."""

_REGIONS = frozenset(f"{_STATES} {_PROVINCES}".split())
"""Postal abbreviations of states and provinces (USPS Publication 28, Canada Post)."""

_COMPASS = frozenset(_WINDS.split())
_WORD = re.compile(r"\S+")
_PART = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSTAL = re.compile(r"\d[\d-]*\W*\Z")
_ADDRESS = re.compile(r"\w[.@:]/*\w")
"""Web and mail addresses, file names and abbreviations such as ``e.g.``, which stay as they are."""


@dataclass(frozen=True, slots=True)
class _Style:
    """What the phrase as a whole tells about its spelling."""

    shouting: bool
    deliberate: bool
    spelled: dict[str, str]


def title_case(text: str, keep: frozenset[str] = frozenset()) -> str:
    """Title-case a phrase; ``keep`` holds words with the spelling they must have.

    Where some small words are small already ("NW of The Geysers"), a capital on another is deliberate and stays; where
    none is ("The Lord Of The Rings"), all become small. Runs in time linear in the text.
    """
    words = list(_WORD.finditer(text))
    style = _Style(
        shouting=text.isupper() and len(words) > 1,
        deliberate=any(word.group() in _SMALL for word in words[1:-1]),
        spelled={word.casefold(): word for word in keep},
    )
    out: list[str] = []
    end = 0
    for number, match in enumerate(words):
        out.append(text[end : match.start()])
        end = match.end()
        before = words[number - 1].group() if number else ""
        after = words[number + 1].group() if number + 1 < len(words) else ""
        word = match.group()
        if _is_region(word, before, after):
            out.append(word.upper())
        elif _ADDRESS.search(word):
            out.append(word)
        else:
            inside = bool(before and after) and not _ends_sentence(before)
            out.append(_cased(word, style, inside=inside))
    out.append(text[end:])
    return "".join(out)


def _is_region(word: str, before: str, after: str) -> bool:
    """``CA`` in ``Castaic, CA`` or ``Castaic, CA 91384``: after a comma, at the end or before a postal code."""
    if not before.endswith(",") or word.rstrip(".,;)").upper() not in _REGIONS:
        return False
    return not after or word.endswith((",", ";", ")")) or bool(_POSTAL.match(after))


def _ends_sentence(word: str) -> bool:
    return word[-1] in ":!?–—" or (word[-1] == "." and not _ADDRESS.search(word))


def _cased(word: str, style: _Style, *, inside: bool) -> str:
    """A word whose parts are joined by hyphens and the like; the inner parts of one may be small."""
    parts = list(_PART.finditer(word))
    out: list[str] = []
    end = 0
    for number, match in enumerate(parts):
        may_be_small = inside if len(parts) == 1 else 0 < number < len(parts) - 1
        out += [word[end : match.start()], _part(match.group(), style, may_be_small=may_be_small)]
        end = match.end()
    return "".join(out) + word[end:]


def _part(part: str, style: _Style, *, may_be_small: bool) -> str:
    lower = part.lower()
    if (fixed := style.spelled.get(part.casefold())) is not None:
        return fixed
    if style.shouting and part in _COMPASS:
        return part
    if may_be_small and lower in _SMALL and (style.shouting or _lowers(part, style)):
        return lower
    if part[0].isdigit():
        return lower if style.shouting else part
    if not style.shouting and part not in (lower, part.capitalize()):
        return part
    return _apostrophes(lower)


def _lowers(part: str, style: _Style) -> bool:
    """Whether a small word gives up its capitals: not where they are deliberate, nor as an acronym (``IN``)."""
    return part.islower() or (not style.deliberate and (len(part) == 1 or not part.isupper()))


def _apostrophes(lower: str) -> str:
    """``o'brien`` is O'Brien, ``l'été`` L'Été; but ``don't`` and ``it's`` keep what follows small."""
    head, mark, tail = lower.partition("’" if "’" in lower else "'")
    if mark and len(head) == 1 and len(tail) > 2:
        return head.title() + mark + tail[0].title() + tail[1:]
    return lower[0].title() + lower[1:]
