"""Finding a node type by a few words, or by a type id with a typing error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from studio.catalog._facts import NodeFacts

_WORD = re.compile(r"\w+")


def nearest(type_id: str, known: Iterable[str]) -> str | None:
    """The known type closest to ``type_id``, None where none is close.

    Right in the second part counts as much as right in the whole: ``slugify`` and ``txt.slugify`` are
    ``text.slugify``.
    """
    from difflib import SequenceMatcher, get_close_matches  # needed only where something was mistyped

    wanted = type_id.strip().lower().replace("-", "_")
    types = sorted(known)
    plain = wanted.rpartition(".")[2]
    same = [one for one in types if one.partition(".")[2] == plain]
    if same:
        return max(same, key=lambda one: SequenceMatcher(None, one, wanted).ratio())
    close = get_close_matches(wanted, types, n=1, cutoff=0.72)
    if close:
        return close[0]
    by_name = {one.partition(".")[2]: one for one in reversed(types)}
    close = get_close_matches(plain, by_name, n=1, cutoff=0.8)
    return by_name[close[0]] if close else None


def ranked(nodes: Sequence[NodeFacts], text: str) -> list[NodeFacts]:
    """The nodes that fit all words of ``text``, best first; all of them for an empty text."""
    words = _WORD.findall(text.lower().replace("_", " "))
    scored = [(score, node) for node in nodes if (score := _score(node, words)) is not None]
    scored.sort(key=lambda pair: (-pair[0], pair[1].type))
    return [node for _, node in scored]


def _score(node: NodeFacts, words: Sequence[str]) -> float | None:
    total = 0.0
    fields = (
        (4.0, _words(node.title) + _words(node.type)),
        (3.0, _words(" ".join(node.keywords))),
        (1.5, _words(node.category)),
        (1.0, _words(node.description)),
    )
    for word in words:
        best = max(weight * _fit(word, terms) for weight, terms in fields)
        if best < 0.5:
            return None
        total += best
    return total


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("_", " "))


def _fit(word: str, terms: Sequence[str]) -> float:
    """How well a word fits the best of some terms: 1 for equal, less for a beginning, a part, one typing error."""
    best = 0.0
    for term in terms:
        if term == word:
            return 1.0
        if term.startswith(word):
            best = max(best, 0.8)
        elif len(word) > 2 and word in term:
            best = max(best, 0.5)
        elif best < 0.4 and len(word) > 3 and _one_edit(word, term):
            best = 0.4
    return best


def _one_edit(first: str, second: str) -> bool:
    """Whether one letter inserted, left out, replaced or swapped with its neighbour makes them equal."""
    if abs(len(first) - len(second)) > 1:
        return False
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    a, b = first[start:], second[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
