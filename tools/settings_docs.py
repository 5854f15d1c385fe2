"""The settings' reference: ``python tools/settings_docs.py --write`` makes docs/settings.md, ``--check`` compares."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import Any

import msgspec

from studio.cli._typer import build
from studio.domain.settings import ServerSettings, secret_settings

TARGET = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
HEAD = """# Settings of the server

`studio up`, `studio server` and `studio worker` take each setting from the first of these that has it: the flag, the
environment variable, the file `studio.toml` in the data folder, the default. This page is generated: `make generate`.

```toml
# studio.toml
port = 8400
public_url = "https://studio.example.org"
trusted_proxies = ["10.0.0.2"]
log_format = "json"
```

Lists are separated by commas or spaces in the environment. A setting that is unknown, or whose value does not fit, ends
the start with a sentence that names where it stands. Settings marked *secret* are never shown or logged; a
`studio.toml` that holds one must be readable by its owner alone (`chmod 600`). What every command takes from the
environment (`STUDIO_DATA`, `STUDIO_DB`, `STUDIO_MASTER_KEY` and others) stands in [the command line's page](cli.md).
How to run the server: [operating.md](operating.md).

| setting | variable | flag | default | meaning |
|---|---|---|---|---|
"""


def main(argv: list[str]) -> int:
    """Write or check; returns an exit code."""
    text = reference()
    if argv == ["--write"]:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print("docs/settings.md is not what the program says: run make generate", file=sys.stderr)
    return 1


def reference() -> str:
    """The whole page."""
    meanings = _meanings()
    flags = _flags()
    secret = secret_settings()
    rows: list[str] = []
    for field in msgspec.structs.fields(ServerSettings):
        name = field.name
        words = [meanings[name], *(["*Secret.*"] if name in secret else []), *_bounds(field.type)]
        shown = f"`{flags[name]}`" if name in flags else ""
        rows.append(f"| `{name}` | `STUDIO_{name.upper()}` | {shown} | {_default(field.default)} | {' '.join(words)} |")
    return HEAD + "\n".join(rows) + "\n"


def _meanings() -> dict[str, str]:
    """What the docstring says of each; a setting without a meaning is an error here."""
    text = inspect.cleandoc(ServerSettings.__doc__ or "").partition("Args:")[2]
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        match = re.match(r"    (\w+): (.+)\Z", line)
        if match:
            name = match[1]
            found[name] = match[2]
        elif line.strip() and name:
            found[name] += " " + line.strip()
    missing = set(ServerSettings.__struct_fields__) ^ set(found)
    if missing:
        raise SystemExit(f"settings and their meanings differ: {', '.join(sorted(missing))}")
    return found


def _flags() -> dict[str, str]:
    commands: list[Any] = [build(name, f"studio.cli.{name}") for name in ("up", "worker")]
    params = [param for command in commands for param in command.params]
    return {param.name: param.opts[0] for param in params if param.name in ServerSettings.__struct_fields__}


def _bounds(kind: Any) -> list[str]:
    meta = next((one for one in getattr(kind, "__metadata__", ()) if isinstance(one, msgspec.Meta)), None)
    if meta is None or meta.ge is None:
        return []
    return [f"At least {meta.ge}{f', at most {meta.le}' if meta.le is not None else ''}."]


def _default(value: Any) -> str:
    if value in ("", ()):
        return ""
    return f"`{value}`"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
