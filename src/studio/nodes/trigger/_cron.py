"""The form of cron expressions."""

from __future__ import annotations

import re

from studio.sdk import Phrase, Refusal

_NAMES = {
    3: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    4: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
}
_FIELDS = (
    (Phrase("trigger.minute", "minute"), 0, 59),
    (Phrase("trigger.hour", "hour"), 0, 23),
    (Phrase("trigger.day", "day"), 1, 31),
    (Phrase("trigger.month", "month"), 1, 12),
    (Phrase("trigger.weekday", "weekday"), 0, 7),
)
_WORDS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_PART = re.compile(r"(?:\*|([a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?)(?:/(\d{1,3}))?\Z", re.ASCII)
_SPECIAL = {
    2: re.compile(r"l\Z|lw\Z|(?:[1-9]|[12]\d|3[01])w\Z", re.ASCII),
    4: re.compile(r"(?:[0-7]|[a-z]{3})(?:#[1-5]|l)\Z"),
}


def check_cron(text: str) -> str:
    """Return ``text`` if it is a cron expression: five fields, or a word such as ``@daily``.

    Lists, ranges, steps and names are allowed; ``L``, ``15W`` and ``LW`` for days, ``5L`` and ``mon#1`` for weekdays.

    Raises:
        ValueError: It is none; names the field, what was expected and what came.
    """
    written = text.strip().lower()
    if written in _WORDS:
        return text
    fields = written.split()
    if len(fields) != len(_FIELDS):
        raise Refusal(
            "trigger.cron_fields",
            "a cron expression has five fields (minute, hour, day, month, weekday), got {count}: {text}",
            count=len(fields),
            text=repr(text[:60]),
        )
    for place, field in enumerate(fields):
        for part in field.split(","):
            if not _fits(place, part):
                name, low, high = _FIELDS[place]
                raise Refusal(
                    "trigger.cron_field",
                    "the {name} of a cron expression is {low} to {high}, a range or *, got {found}",
                    name=name,
                    low=low,
                    high=high,
                    found=repr(part[:40]),
                )
    return text


def _fits(place: int, part: str) -> bool:
    special = _SPECIAL.get(place)
    if special is not None and special.match(part):
        return not part[:3].isalpha() or len(part) < 3 or part[:3] in _NAMES.get(place, ())
    match = _PART.match(part)
    if match is None:
        return False
    ends = [_number(place, word) for word in match.groups()[:2] if word is not None]
    _name, low, high = _FIELDS[place]
    if any(end is None or not low <= end <= high for end in ends):
        return False
    step = match[3]
    in_order = len(ends) < 2 or (ends[0] or 0) <= (ends[1] or 0)
    return in_order and (step is None or 1 <= int(step) <= high)


def _number(place: int, word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    names = _NAMES.get(place, [])
    return names.index(word) + (1 if place == 3 else 0) if word in names else None
