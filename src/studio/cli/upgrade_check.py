"""``studio upgrade check``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json

if TYPE_CHECKING:
    from studio.bootstrap import UpgradeFinding

_MARKS = {"ok": "✔", "warning": "!", "blocked": "✘"}


def command(
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Say what stands in the way of running this version of Studio on a data folder and database, and what to do.

    Run it with the new version before `studio db upgrade`; it changes nothing. It looks at the database's revision, at
    the node types that drafts, published versions and unfinished executions need, at settings, disk space and
    backups. Exit code: 0 nothing stands in the way (warnings are printed), 1 something does.
    """
    from studio.bootstrap import check_upgrade

    voice = Voice(lang)
    found = asyncio.run(check_upgrade(settings_from(data=data, db=db, lang=voice.lang)))
    blocked = any(one.level == "blocked" for one in found)
    if json:
        write_json({"ready": not blocked, "checks": [_facts(one, voice) for one in found]})
    else:
        for one in found:
            write(f"{_MARKS[one.level]} {voice.say(f'upgrade.{one.check}', **one.facts)}\n")
            if one.level != "ok":
                write(f"    → {voice.say(f'upgrade.advice.{one.check}', **one.facts)}\n")
    return 1 if blocked else 0


def _facts(finding: UpgradeFinding, voice: Voice) -> dict[str, object]:
    advice = None if finding.level == "ok" else voice.say(f"upgrade.advice.{finding.check}", **finding.facts)
    return {
        "check": finding.check,
        "level": finding.level,
        "message": voice.say(f"upgrade.{finding.check}", **finding.facts),
        "advice": advice,
        "facts": finding.facts,
    }
