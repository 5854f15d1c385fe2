"""The command line's entry: finds the command, runs it, and turns every failure into one readable block.

``studio --help`` imports nothing but this module and the table of commands; a command's module is imported when it is
invoked.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper

from studio.cli._commands import COMMANDS, GROUPS, OWN_MEANING, module_of, split_command

EXIT_INVALID = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

# Pydantic would read the metadata of every installed distribution in search of plugins, and let what it finds see all
# values that pass. Whoever wants one sets this to nothing.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")


_COLLECT_AFTER = (50_000, 20, 50)
"""Objects after which Python looks for cycles; by default it does so a hundred times while a command is imported."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (without the program's name); returns the exit code.

    Without ``argv`` it is the program: it runs what the process was given, and ends the process with it.
    """
    if argv is not None:
        return _run(list(argv))
    gc.set_threshold(*_COLLECT_AFTER)
    return _leave(_run(sys.argv[1:]))


def _leave(code: int) -> int:
    """End the process without taking the interpreter apart, which takes as long as a small command.

    A thread that still works would be cut off by that: then the code is returned, and the process ends as usual.
    """
    threading = sys.modules.get("threading")
    working = [] if threading is None else [one for one in threading.enumerate() if not one.daemon]
    if len(working) > 1:
        return code
    try:
        atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage] - who registered something relies on it
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return code
    os._exit(code)


def _run(given: list[str]) -> int:
    _prepare_streams()
    try:
        code = _dispatch(given)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has closed it. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (the last place that can make it readable)
        from studio.cli._errors import report

        return report(error, given)
    return code


def _prepare_streams() -> None:
    """Make every stream usable: one that the caller has closed leads nowhere, and any character can be written."""
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115 (open as long as the process lives)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _dispatch(given: list[str]) -> int:
    before, words, rest = split_command(given)
    name = " ".join(words)
    if name in COMMANDS:
        return _invoke(name, before, rest)
    first = rest[0] if rest else None
    if words in ([], ["help"], ["--help"], ["-h"]):
        return _show_overview("", given, asked=bool(words))
    if words == ["--version"]:
        from importlib.metadata import version

        sys.stdout.write(f"studio {version('studio-workflows')}\n")
        return 0
    if name in GROUPS and first in (None, "--help", "-h"):
        return _show_overview(name, given, asked=first is not None)
    from studio.cli._errors import unknown_command

    return unknown_command(f"{name} {first}" if name in GROUPS else name, given)


def _invoke(name: str, before: list[list[str]], rest: list[str]) -> int:
    from studio.cli._typer import build

    command = build(name, module_of(name))
    words = [word for option in before for word in option] + rest
    if ("--help" in rest or "-h" in rest) and _may_be_foreign(words):
        from studio.cli._help import language_of, translate

        translate(command, language_of(words))
    known = {option for param in command.params for option in param.opts} - OWN_MEANING.get(name, frozenset())
    # What stands before the command is said to Studio as a whole: a command that has no use for it leaves it aside.
    said = [words[0] for words in before] + (rest[: rest.index("--")] if "--" in rest else rest)
    if "--server" not in known and any(word.split("=", 1)[0] == "--server" for word in said):
        from studio.cli._errors import not_on_a_server

        raise not_on_a_server(name)
    moved = [part for words in before if words[0].split("=", 1)[0] in known for part in words]
    try:
        result = command.main(args=[*moved, *rest], prog_name=f"studio {name}", standalone_mode=False)
    except SystemExit as error:
        # Typer ends the process like this where stdout has been closed by its reader.
        raise BrokenPipeError from error
    return result if isinstance(result, int) else 0


def _show_overview(group: str, given: Sequence[str], *, asked: bool) -> int:
    """Print the commands. Who has not asked for them has left out a command: stdout is for what was asked for."""
    (sys.stdout if asked else sys.stderr).write(_overview(group, given))
    return 0 if asked else EXIT_INVALID


def _overview(group: str, given: Sequence[str]) -> str:
    known: Mapping[str, str] = {}
    if _may_be_foreign(given):
        from studio.cli._help import language_of
        from studio.i18n import help_texts

        known = help_texts(language_of(given))

    def said(english: str) -> str:
        return known.get(english, english)

    shown = {name: text for name, text in COMMANDS.items() if name.startswith(f"{group} ") or not group}
    about = GROUPS[group] if group else "Run durable, typed workflows"
    usage = f"studio {group} COMMAND" if group else "studio COMMAND"
    width = max(map(len, shown))
    lines = [f"{said('Usage:')} {usage} [OPTIONS] [ARGS]...", "", f"  {said(about)}.", "", said("Commands:")]
    lines += [f"  {name:<{width}}  {said(text)}" for name, text in shown.items()]
    lines += ["", said("{usage} --help tells more about a command.").replace("{usage}", usage), ""]
    return "\n".join(lines)


def _may_be_foreign(given: Sequence[str]) -> bool:
    """Whether another language than English may be meant; finding out which one takes as long as all the rest."""
    named = [os.environ.get(name, "") for name in ("STUDIO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")]
    return any(word.startswith("--lang") for word in given) or any(
        not name.startswith(("en", "C", "POSIX")) for name in named if name
    )


if __name__ == "__main__":
    raise SystemExit(main())
