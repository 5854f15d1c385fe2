"""The command line's entry: finds the command, runs it, and turns every failure into one readable block.

``studio --help`` imports nothing but this module and the table of commands; a command's module is imported when it is
invoked.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence

from studio.cli._commands import COMMANDS, GLOBAL_OPTIONS, GROUPS, module_of

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


def _dispatch(given: list[str]) -> int:
    moved, args = _global_options_first(given)
    if not args or args[0] in ("--help", "-h", "help"):
        sys.stdout.write(_overview(""))
        return 0 if args else EXIT_INVALID
    if args[0] == "--version":
        from importlib.metadata import version

        sys.stdout.write(f"studio {version('studio-workflows')}\n")
        return 0
    words = 2 if " ".join(args[:2]) in COMMANDS else 1
    name = " ".join(args[:words])
    if name in COMMANDS:
        return _invoke(name, [*moved, *args[words:]])
    if args[0] in GROUPS and (len(args) == 1 or args[1] in ("--help", "-h")):
        sys.stdout.write(_overview(args[0]))
        return 0 if len(args) > 1 else EXIT_INVALID
    from studio.cli._errors import unknown_command

    return unknown_command(" ".join(args[:2]) if args[0] in GROUPS else args[0], given)


def _global_options_first(args: list[str]) -> tuple[list[str], list[str]]:
    """Split off options that stand before the command: ``--data d run f`` means ``run --data d f``."""
    place = 0
    while place < len(args):
        option = args[place].split("=", 1)[0]
        if option not in GLOBAL_OPTIONS:
            break
        place += 2 if GLOBAL_OPTIONS[option] and "=" not in args[place] else 1
    return args[:place], args[place:]


def _invoke(name: str, args: list[str]) -> int:
    from studio.cli._typer import build

    result = build(name, module_of(name)).main(args=args, prog_name=f"studio {name}", standalone_mode=False)
    return result if isinstance(result, int) else 0


def _overview(group: str) -> str:
    shown = {name: text for name, text in COMMANDS.items() if name.startswith(f"{group} ") or not group}
    about = GROUPS[group] if group else "Run durable, typed workflows"
    usage = f"studio {group} COMMAND" if group else "studio COMMAND"
    width = max(map(len, shown))
    lines = [f"Usage: {usage} [OPTIONS] [ARGS]...", "", f"  {about}.", "", "Commands:"]
    lines += [f"  {name:<{width}}  {text}" for name, text in shown.items()]
    lines += ["", f"{usage} --help tells more about a command.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
