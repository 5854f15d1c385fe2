"""Text to tokens, with positions in the text.

A token is a tuple (tag, value, start, end). The tag of operators, brackets and keywords is themselves; others are
``name``, ``num``, ``str``, ``fstr`` (its value is a list of literal parts and of (tokens, format) pairs) and ``end``.
Names are compared code point by code point: nothing is normalised, so no two spellings mean one name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from studio.domain.errors import ExpressionError
from studio.domain.phrases import Phrase
from studio.expressions._habits import DOLLARS, OPERATORS
from studio.expressions._literals import (
    BODIES,
    ESCAPE,
    MAX_NESTING,
    MAX_SOURCE,
    Token,
    open_string,
    read_number,
    unescape,
)

_TOKEN = re.compile(
    r"""
    [ \t\r\n\f\xa0]*+
    (?:
      ([rRfFbBuU]{0,2}(?:'''|\"""|'|"))
    | ([^\W\d]\w*+)
    | (0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+
       |(?:[0-9](?:_?[0-9])*+(?:\.(?:[0-9](?:_?[0-9])*+)?+)?+|\.[0-9](?:_?[0-9])*+)(?:[eE][+-]?[0-9]++)?+)
    | (===|!==|\.\.\.|->|=>|:=|&&|\|\||\?\.|\?\?|[?$`;\#\\@:]|[!=](?!=))
    | (\*\*|//|>>|<<|<=|>=|==|!=|[-+*/%&|^~<>,.])
    | ([()\[\]{}])
    | ([\s\S])
    | \Z
    )
    """,
    re.VERBOSE,
)
_STRING, _WORD, _NUMBER, _SPECIAL, _OPERATOR, _BRACKET, _OTHER = range(1, 8)
_KEYWORDS = {
    word: word
    for word in (
        "and", "or", "not", "in", "is", "if", "else", "for", "lambda", "true", "false", "null", "True", "False", "None",
    )
}  # fmt: skip
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_FORMAT = re.compile(r"[^{}\n]{0,64}")


def _scanner(text: str, start: int, end: int) -> Callable[[], re.Match[str] | None]:
    """A function that gives one match after another."""
    pattern: Any = _TOKEN  # typeshed does not know Pattern.scanner
    return pattern.scanner(text, start, end).match


def lex(text: str, start: int, stop: str | None, depth: int = 0) -> tuple[list[Token], int]:
    """Tokens of one expression from ``start`` on, and where the closing part begins.

    Args:
        text: The whole text.
        start: Where the expression begins.
        stop: None: it goes to the end of the text. ``}}``: up to those braces outside of brackets and strings.
            ``}``: the same for an expression in an f-string, which also ends at ``:``, ``!`` and ``=``.
        depth: How many f-strings it lies in.

    Raises:
        ExpressionError: Something is no token, is not closed, or is too long or too deep.
    """
    tokens: list[Token] = []
    add = tokens.append
    open_: list[tuple[str, int]] = []
    limit = min(len(text), start + MAX_SOURCE)
    scan = _scanner(text, start, limit)
    word = _KEYWORDS.get
    while True:
        found = scan()
        kind = found.lastindex if found else None
        if found is None or kind is None:
            break
        value = found[kind]
        pos, end = found.span(kind)
        if kind == _WORD:
            add((word(value, "name"), value, pos, end))
        elif kind == _OPERATOR:
            add((value, value, pos, end))
        elif kind == _BRACKET:
            if value in "([{":
                if len(open_) + depth >= MAX_NESTING:
                    raise too_deep(pos, end)
                open_.append((value, pos))
            elif open_:
                opener, opened = open_.pop()
                if opener != _CLOSERS[value]:
                    raise _not_closed(opener, opened)
            elif stop is not None and text.startswith(stop, pos):
                add(("end", "", pos, pos))
                return tokens, pos
            else:
                raise _closes_nothing(value, pos)
            add((value, value, pos, end))
        elif kind == _NUMBER:
            add(("num", read_number(value, text, pos, end), pos, end))
        elif kind == _STRING:
            token = _string(text, pos, value, depth)
            add(token)
            scan = _scanner(text, token[3], limit)
        elif stop == "}" and not open_ and value in ":!=":
            add(("end", "", pos, pos))
            return tokens, pos
        elif value == ":" or value == "=":
            add((value, value, pos, end))
        elif kind == _OTHER:
            raise _unexpected(text, pos)
        else:
            raise _dollar(text, pos) if value == "$" else foreign(value, OPERATORS[value], pos, end)
    return _at_end(text, start, limit, stop, open_, tokens)


def _at_end(
    text: str, start: int, limit: int, stop: str | None, open_: list[tuple[str, int]], tokens: list[Token]
) -> tuple[list[Token], int]:
    """What follows from reaching the end of the text, or of what an expression may be long."""
    if limit < len(text):
        raise ExpressionError(
            "expression.too_long",
            "An expression has {limit} characters at most. Split it over several nodes.",
            start=start,
            end=limit,
            limit=MAX_SOURCE,
        )
    if open_:
        raise _not_closed(*open_[-1])
    if stop is not None:
        raise ExpressionError(
            "expression.no_end", "The expression is not closed by '{stop}'.", start=start, end=limit, stop=stop
        )
    tokens.append(("end", "", limit, limit))
    return tokens, limit


def _closes_nothing(bracket: str, pos: int) -> ExpressionError:
    return ExpressionError(
        "expression.unbalanced", "'{bracket}' closes nothing.", start=pos, end=pos + 1, bracket=bracket
    )


def too_deep(start: int, end: int) -> ExpressionError:
    """The error for more levels than ``MAX_NESTING``."""
    return ExpressionError(
        "expression.too_deep",
        "The expression is nested more than {limit} levels deep.",
        start=start,
        end=end,
        limit=MAX_NESTING,
    )


def foreign(wrote: str, instead: str, start: int, end: int) -> ExpressionError:
    """The error for what other languages write differently."""
    return ExpressionError(
        "expression.foreign",
        "'{wrote}' is not written so here. Write: {instead}",
        start=start,
        end=end,
        wrote=wrote,
        instead=instead,
    )


def _unexpected(text: str, pos: int) -> ExpressionError:
    return ExpressionError(
        "expression.character",
        "The character {character} (U+{point}) means nothing here.",
        start=pos,
        end=pos + 1,
        character=ascii(text[pos]),
        point=f"{ord(text[pos]):04X}",
    )


def _not_closed(bracket: str, pos: int) -> ExpressionError:
    return ExpressionError(
        "expression.not_closed", "'{bracket}' is not closed.", start=pos, end=pos + 1, bracket=bracket
    )


def _dollar(text: str, pos: int) -> ExpressionError:
    word = re.compile(r"\$\w*").match(text, pos)
    end = word.end() if word else pos + 1
    wrote = text[pos:end]
    if wrote == "$" and text.startswith("{", end):
        return foreign("${...}", "f'...{name}...'", pos, end + 1)
    return foreign(wrote, DOLLARS.get(wrote, Phrase("expression.instead.dollar", "the name without $")), pos, end)


def _string(text: str, start: int, opening: str, depth: int) -> Token:
    quote = opening.lstrip("rRfFbBuU")
    prefix = opening[: len(opening) - len(quote)].lower()
    body = start + len(opening)
    if "b" in prefix:
        raise ExpressionError("expression.bytes", "There are no bytes here; write a text.", start=start, end=body)
    if "f" in prefix:
        return _fstring(text, start, body, quote, "r" in prefix, depth)
    found = BODIES[quote].match(text, body, min(len(text), start + MAX_SOURCE))
    if found is None:
        raise open_string(start, body)
    end = found.end()
    value = text[body : end - len(quote)]
    if "\\" in value and "r" not in prefix:
        value = unescape(value, body)
    return ("str", value, start, end)


_FSTRING_STOP = {
    quote: re.compile(rf"[^{quote[0]}\\{{}}{'' if len(quote) == 3 else chr(10)}]*+")
    for quote in ("'", '"', "'''", '"""')
}


def _fstring(text: str, start: int, body: int, quote: str, raw: bool, depth: int) -> Token:
    """An f-string: the expressions in it are taken apart by ``lex`` itself, so their positions are exact."""
    if depth >= 8:
        raise too_deep(start, body)
    parts: list[Any] = []
    literal: list[str] = []
    plain = _FSTRING_STOP[quote]
    pos = body
    limit = min(len(text), start + MAX_SOURCE)
    while pos < limit:
        found = plain.match(text, pos)
        run = found.end() if found else pos
        if run > pos:
            literal.append(text[pos:run])
            pos = run
            continue
        if text.startswith(quote, pos):
            if literal:
                parts.append("".join(literal))
            return ("fstr", parts, start, pos + len(quote))
        char = text[pos]
        if char in "{}":
            if text.startswith(char * 2, pos):
                literal.append(char)
                pos += 2
                continue
            if char == "}":
                raise _closes_nothing(char, pos)
            if literal:
                parts.append("".join(literal))
                literal = []
            part, pos = _replacement(text, pos + 1, depth)
            parts.append(part)
        elif char == "\\" and not raw:
            escape = ESCAPE.match(text, pos)
            if escape is None:
                break
            literal.append(unescape(escape.group(), pos))
            pos = escape.end()
        else:
            literal.append(char)
            pos += 1
    raise open_string(start, body)


def _replacement(text: str, pos: int, depth: int) -> tuple[tuple[list[Token], str], int]:
    tokens, end = lex(text, pos, "}", depth + 1)
    spec = ""
    if text[end] in "!=":
        raise ExpressionError(
            "expression.conversion",
            "'{wrote}' is not used in f-strings here; write the value alone.",
            start=end,
            end=end + 1,
            wrote=text[end],
        )
    if text[end] == ":":
        found = _FORMAT.match(text, end + 1)
        spec = found.group() if found else ""
        end += 1 + len(spec)
    if not text.startswith("}", end):
        raise ExpressionError(
            "expression.format",
            "This is no format for a value in an f-string; write for example {x:.2f} or {x:>10}.",
            start=pos,
            end=end,
        )
    return (tokens, spec), end + 1
