"""The command line's reference: ``python tools/cli_docs.py --write`` makes docs/cli.md, ``--check`` compares it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.cli._commands import COMMANDS, GROUPS, module_of
from studio.cli._typer import build

TARGET = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
HEAD = """# Command line

`studio` and `studio-cli` are the same program. This page is generated from the program: `make generate`.

## For every command

- **Exit codes**: 0 done, 1 failed, 2 invalid (the workflow, its inputs, or the command itself), 3 waiting for a signal
  or a timer; 130 left by Ctrl-C, 143 stopped by SIGTERM. Commands that differ say so.
- **Output** goes to stdout, progress and errors to stderr. `--json` prints one JSON document; an error is then one line
  `{"error": {"code", "message", "node", "param", "hint"}}` on stderr. `run`, `replay` and `fork` print the same object
  whatever happens: `{"execution_id", "status", "output", "error", "seconds", "nodes"}`, with `problems` where the
  status is `invalid`; why an execution waits is said on stderr. Node runs inside items and turns are listed up to a
  thousand.
- `--data`, `--db`, `--allow-path`, `--allow-host`, `--server`, `--lang`, `--json` and `--debug` may also stand before
  the command.
- **Errors** are one block: what happened, where, and what to do next. A traceback is shown with `--debug` only.
- `ID` may be the beginning of an execution's id, or `last`.

## On a server

`studio --server URL login` once, then `--server URL` or `STUDIO_SERVER` lets commands act there, in your name, with
the same options, output and exit codes. Workflows are named by key or id, a version of one as `KEY@3`, `KEY@draft` or
`KEY@published`. An option that means something on this machine only says so; a command that does ignores
`STUDIO_SERVER` and refuses `--server`. `STUDIO_SERVER= studio …` acts here all the same. Secrets are never arguments:
they are asked for, or read from stdin.

```console
$ studio --server https://studio.example.org login
$ export STUDIO_SERVER=https://studio.example.org
$ studio workflows import flows/ --publish
$ studio run quakes -i min_magnitude=6
$ studio executions replay last --failed
$ studio api-keys make Shop --workflow quakes --permission workflow.execute
```

A run is followed by live events; a lost connection is taken up again where it was. Ctrl-C cancels the execution at the
server; SIGTERM leaves it be. A key that is to run a workflow like this needs `workflow.view`, `workflow.execute` and
`execution.view`; one with `workflow.execute` alone is for [`/run`](api-keys.md#running-a-workflow).

## Environment

| variable | meaning |
|---|---|
| `STUDIO_DATA` | data folder, instead of `~/.local/share/studio` |
| `STUDIO_DB` | database URL, instead of SQLite in the data folder |
| `STUDIO_ALLOW_PATHS` | folders and files that nodes may reach too, separated by colons |
| `STUDIO_ALLOW_HOSTS` | private hosts (`HOST[:PORT]` or CIDR) that nodes may reach, separated by commas or spaces |
| `STUDIO_SERVER` | the server that commands act on, instead of this machine |
| `STUDIO_TOKEN` | a session's token or an API key, instead of the one of `studio login` |
| `STUDIO_LANG` | language of messages: `en`, `fr` or `ar`; else `LC_ALL`, `LC_MESSAGES`, `LANG` |
| `STUDIO_MASTER_KEY` | the master key (base64), instead of the file `master.key` in the data folder |
| `STUDIO_PASSPHRASE` | the passphrase of a key file |
| `STUDIO_CACHE` | folder of the index of node types, instead of `~/.cache/studio` |
| `NO_COLOR` | plain lines instead of a live list |
"""


def main(argv: list[str]) -> int:
    """Write or check; returns an exit code."""
    text = reference()
    if argv == ["--write"]:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print("docs/cli.md is not what the program says: run make generate", file=sys.stderr)
    return 1


def reference() -> str:
    """The whole page."""
    parts = [HEAD]
    group = ""
    for name in COMMANDS:
        first = name.split()[0]
        if first in GROUPS and first != group:
            parts.append(f"## studio {first}\n\n{GROUPS[first]}.\n")
        group = first
        parts.append("\n".join(_command(name)))
    return "\n".join(parts)


def _command(name: str) -> Iterator[str]:
    command: Any = build(name, module_of(name))
    level = "###" if " " in name else "##"
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option" and "--help" not in param.opts]
    usage = " ".join(["studio", name, *(_argument(param) for param in arguments), "[OPTIONS]" if options else ""])
    yield f"{level} studio {name}\n"
    yield f"```\n{usage.rstrip()}\n```\n"
    yield inspect.cleandoc(command.help or "") + "\n"
    rows = [(f"`{_argument(param)}`", param.help or "") for param in arguments]
    rows += [(f"`{_option(param)}`", param.help or "") for param in options]
    if rows:
        yield "| | |\n|---|---|"
        for left, right in rows:
            yield f"| {left.replace('|', chr(92) + '|')} | {right.replace('|', chr(92) + '|')} |"
        yield ""


def _argument(param: Any) -> str:
    name = param.metavar or (param.name or "").upper()
    if name.startswith("[") or param.required:
        return name + ("..." if param.nargs == -1 and not name.endswith("...") else "")
    return f"[{name}]"


def _option(param: Any) -> str:
    names = ", ".join(param.opts)
    if param.is_flag:
        return names
    default = f" (default {param.default})" if isinstance(param.default, int) else ""
    return f"{names} {param.metavar or 'VALUE'}{default}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
