"""``studio doctor``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from studio.cli._hints import hint_for
from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json

if TYPE_CHECKING:
    from studio.bootstrap import Finding

_MARKS = {"ok": "✔", "warning": "!", "problem": "✘"}


def command(
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Check the installation, the data folder and the database, and say what to do about what is wrong.

    Exit code: 0 no problem (warnings are printed), 1 a problem.
    """
    from studio.bootstrap import Studio

    voice = Voice(lang)

    async def examine() -> list[Finding]:
        async with Studio(settings_from(data=data, db=db, lang=voice.lang)) as studio:
            return [finding async for finding in studio.examine()]

    found = asyncio.run(examine())
    if json:
        write_json({"healthy": _healthy(found), "checks": [_facts(one, voice) for one in found]})
    else:
        for one in found:
            write(f"{_MARKS[one.level]} {_sentence(one, voice)}\n")
            hint = _advice(one, voice)
            if hint:
                write(f"    → {hint}\n")
    return 0 if _healthy(found) else 1


def _healthy(found: list[Finding]) -> bool:
    return all(one.level != "problem" for one in found)


def _sentence(finding: Finding, voice: Voice) -> str:
    if finding.error is not None:
        return voice.error(finding.error)
    return voice.say(f"doctor.{finding.check}", **finding.facts)


def _advice(finding: Finding, voice: Voice) -> str | None:
    if finding.error is not None:
        return hint_for(finding.error.code, type(finding.error).__name__, voice)
    if finding.level == "ok":
        return None
    return voice.say(f"doctor.advice.{finding.check}", **finding.facts)


def _facts(finding: Finding, voice: Voice) -> dict[str, object]:
    return {
        "check": finding.check,
        "level": finding.level,
        "message": _sentence(finding, voice),
        "advice": _advice(finding, voice),
        "facts": finding.facts,
    }
