"""Failures as one readable block on stderr: what happened, where, and what to do next.

``--json`` makes it one line of JSON. A traceback is shown with ``--debug`` only.
"""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from studio.cli._commands import COMMANDS, split_command
from studio.cli._hints import hint_for
from studio.cli._say import Voice
from studio.cli._terminal import bold, error_style, write_error, write_error_json, write_json
from studio.cli._usage import usage_message
from studio.domain.errors import StudioError, UserError, WorkflowInvalid
from studio.domain.reasons import os_reason

if TYPE_CHECKING:
    from studio.bootstrap import Document, Problem

EXIT_FAILED = 1
EXIT_INVALID = 2
EXIT_INTERRUPTED = 130
ONE_OBJECT = frozenset({"run", "executions replay", "executions fork"})
"""Commands that print exactly one object with ``--json``, whatever happens."""
_MISUSE = frozenset({"i18n.unknown_language", "replay.inputs", "replay.overrides"})
_OUTPUT_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF})


@dataclass(frozen=True, slots=True)
class Flags:
    """What must be known even where the options could not be read."""

    json: bool
    debug: bool
    lang: str | None


def flags_of(argv: Sequence[str]) -> Flags:
    """Look for the flags that concern messages, without understanding the rest."""
    before = list(argv[: argv.index("--")] if "--" in argv else argv)
    lang = next((one.removeprefix("--lang=") for one in before if one.startswith("--lang=")), None)
    if "--lang" in before[:-1]:
        lang = before[before.index("--lang") + 1]
    return Flags("--json" in before, "--debug" in before, lang)


def not_on_a_server(name: str) -> StudioError:
    """The error for a command that knows this machine only."""
    return UserError(
        "cli.not_on_a_server",
        "studio {command} works on this machine alone. Leave --server out, or run it on the server's own machine.",
        command=name,
    )


def report(error: BaseException, argv: Sequence[str]) -> int:
    """Show any failure; returns the exit code that belongs to it."""
    flags = flags_of(argv)
    voice = _voice(flags.lang)
    error = _only(error)
    if flags.debug:
        traceback.print_exception(error)
    words = split_command(list(argv))[1]
    one_object = flags.json and " ".join(words) in ONE_OBJECT
    if isinstance(error, StudioError) and one_object:
        return show_refused(error, voice)
    if isinstance(error, WorkflowInvalid):
        show_invalid(error, voice, as_json=flags.json)
        return EXIT_INVALID
    if isinstance(error, StudioError):
        show_error(error, voice, as_json=flags.json)
        return EXIT_INVALID if is_misuse(error) else EXIT_FAILED
    if isinstance(error, KeyboardInterrupt):
        _block(voice.say("cli.interrupted"), [], None, "cli.interrupted", voice, as_json=flags.json)
        return EXIT_INTERRUPTED
    usage = usage_message(error, voice)
    if usage is not None:
        hint = voice.say("cli.hint.usage", command=" ".join(["studio", *words]))
        if one_object:
            write_json(refused_json("cli.usage", usage))
        _block(usage, [], hint, "cli.usage", voice, as_json=flags.json)
        return EXIT_INVALID
    refused = _refused_by_system(error, voice)
    if refused is not None:
        _block(refused, [], None, "cli.os_error", voice, as_json=flags.json)
        return EXIT_FAILED
    what = voice.say("cli.unexpected", kind=type(error).__name__, reason=str(error) or "-")
    _block(what, [], voice.say("cli.hint.unexpected"), "cli.unexpected", voice, as_json=flags.json)
    return EXIT_FAILED


def is_misuse(error: StudioError) -> bool:
    """Whether the command itself was wrong: an option's value, a name that it does not know."""
    return error.code.startswith(("cli.", "request.")) or error.code in _MISUSE


def refused_json(code: str, message: str, node: str | None = None, param: str | None = None) -> dict[str, Any]:
    """The one object of ``--json`` for what was not accepted because something is wrong with what was given."""
    error = {"code": code, "message": message, "node": node, "param": param}
    place = {"severity": "error", "file": None, "line": None, "column": None, "suggestion": None}
    return {
        "execution_id": None,
        "status": "invalid",
        "output": None,
        "error": error,
        "seconds": 0.0,
        "nodes": {},
        "problems": [{**error, **place}],
    }


def show_refused(error: StudioError, voice: Voice) -> int:
    """The one object of ``--json`` for what was not accepted; returns the exit code."""
    shown = refused_json(error.code, voice.error(error), error.node, error.param)
    if isinstance(error, WorkflowInvalid):
        shown["problems"] = [problem_json(path, one, voice) for path, one in located_problems(error)]
    elif not is_misuse(error):
        shown["status"] = "failed"
        del shown["problems"]
    write_json(shown)
    return EXIT_FAILED if shown["status"] == "failed" else EXIT_INVALID


def _refused_by_system(error: BaseException, voice: Voice) -> str | None:
    """What the operating system refused: a file that was named to us, or to take our output."""
    if not isinstance(error, OSError):
        return None
    reason = os_reason(error)
    if error.filename is not None:
        return voice.say("cli.path_unusable", path=str(error.filename), reason=reason)
    return voice.say("cli.output_unwritable", reason=reason) if error.errno in _OUTPUT_ERRORS else None


def _only(error: BaseException) -> BaseException:
    """What a group of one holds."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    group = cast("BaseExceptionGroup[BaseException]", error)
    return _only(group.exceptions[0]) if len(group.exceptions) == 1 else group


def _voice(lang: str | None) -> Voice:
    """The language asked for; English where it is not known, which is then the failure to report."""
    try:
        return Voice(lang)
    except StudioError:
        return Voice("en")


def unknown_command(name: str, argv: Sequence[str]) -> int:
    """Say that there is no such command, and which was probably meant."""
    import difflib

    flags = flags_of(argv)
    voice = _voice(flags.lang)
    near = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
    hint = voice.say("cli.hint.near_command", command=f"studio {near[0]}") if near else None
    hint = hint or voice.say("cli.hint.usage", command="studio")
    _block(voice.say("cli.no_command", name=name), [], hint, "cli.no_command", voice, as_json=flags.json)
    return EXIT_INVALID


def show_error(error: StudioError, voice: Voice, *, as_json: bool, execution_id: str | None = None) -> None:
    """One error with its place and what to do next."""
    show_failure(
        voice.error(error), error.code, error.node, error.param, voice, as_json=as_json, execution_id=execution_id,
        kind=type(error).__name__,
    )  # fmt: skip


def show_failure(
    message: str,
    code: str,
    node: str | None,
    param: str | None,
    voice: Voice,
    *,
    as_json: bool,
    execution_id: str | None = None,
    kind: str = "NodeError",
) -> None:
    """A failure whose sentence is rendered already."""
    place = ", ".join(_places(node, param, voice))
    _block(
        message,
        [place] if place else [],
        hint_for(code, kind, voice, execution_id=execution_id, node=node),
        code,
        voice,
        as_json=as_json,
        node=node,
        param=param,
    )


def show_stopped(voice: Voice, *, as_json: bool) -> None:
    """Say that what was being driven goes on another time."""
    message = voice.say("cli.resume_stopped")
    if as_json:
        _block(message, [], None, "cli.resume_stopped", voice, as_json=True)
    else:
        write_error(message + "\n")


def show_invalid(error: WorkflowInvalid, voice: Voice, *, as_json: bool) -> None:
    """Every problem of a workflow, with file, line and column."""
    located = list(located_problems(error))
    if as_json:
        write_error_json({"problems": [problem_json(path, one, voice) for path, one in located]})
        return
    lines = [line for path, one in located for line in problem_lines(path, one, voice)]
    message = voice.say("cli.invalid", count=sum(1 for _, one in located if one.severity == "error"))
    _block(message, lines, voice.say("cli.hint.invalid"), error.code, voice, as_json=False)


def located_problems(error: WorkflowInvalid) -> list[tuple[str, Problem]]:
    """Problems with the file they stand in."""
    document: Document | None = getattr(error, "document", None)
    if document is None:
        files: list[str] = getattr(error, "files", None) or [""] * len(error.problems)
        return list(zip(files, error.problems, strict=True))
    return [(shown_path(one), problem) for one in document.all() for problem in one.problems]


def shown_path(document: Document) -> str:
    """The path as a person would type it here."""
    from pathlib import Path

    here = Path.cwd()
    return str(document.path.relative_to(here) if document.path.is_relative_to(here) else document.path)


def problem_lines(path: str, problem: Problem, voice: Voice) -> list[str]:
    """A problem as lines: its place, and its sentence."""
    where = ":".join(str(part) for part in (path, problem.line, problem.column) if part)
    place = ", ".join([*([where] if where else []), *_places(problem.node, problem.param, voice)])
    mark = "" if problem.severity == "error" else f"{voice.say('cli.warning')}: "
    return [place or problem.code, f"  {mark}{problem.text(voice.sentence)}"]


def problem_json(path: str, problem: Problem, voice: Voice) -> dict[str, Any]:
    """A problem for programs."""
    return {
        "code": problem.code,
        "message": problem.text(voice.sentence),
        "severity": problem.severity,
        "file": path or None,
        "line": problem.line,
        "column": problem.column,
        "node": problem.node,
        "param": problem.param,
        "suggestion": problem.suggestion,
    }


def _places(node: str | None, param: str | None, voice: Voice) -> list[str]:
    """Node and param, as far as they are known."""
    named = (("cli.place.node", node), ("cli.place.param", param))
    return [voice.say(key, name=name) for key, name in named if name]


def _block(
    message: str,
    places: Sequence[str],
    hint: str | None,
    code: str,
    voice: Voice,
    *,
    as_json: bool,
    node: str | None = None,
    param: str | None = None,
) -> None:
    if as_json:
        facts = {"code": code, "message": message, "node": node, "param": param, "hint": hint}
        write_error_json({"error": facts})
        return
    sys.stdout.flush()
    lines = [f"{error_style(voice.say('cli.error'))}{voice.say('cli.colon')} {bold(message)}"]
    lines += [f"  {place}" for place in places]
    if hint:
        lines.append(f"  → {hint}")
    write_error("\n".join(lines) + "\n")
