"""Every command as static facts, so that help needs no command's module.

A command ``executions list`` lives in the module ``studio.cli.executions_list``, in a function called ``command``.
"""

from __future__ import annotations

COMMANDS: dict[str, str] = {
    "up": "Start the server and an embedded worker, and print the address",
    "server": "Start the server alone; workers run executions",
    "worker": "Start a worker, which runs executions until it is told to stop",
    "login": "Log in on a server",
    "logout": "Log out of a server",
    "run": "Validate a workflow, run it and print its output",
    "resume": "Take up every unfinished execution whose owner is gone and run it to its end",
    "validate": "Check workflow files and print every problem",
    "diff": "Show what differs between two versions of a workflow",
    "graph": "Draw a workflow as text or as an SVG picture",
    "eval": "Evaluate an expression",
    "executions list": "List executions, newest first",
    "executions show": "Show one execution: its nodes as a waterfall, its output, why it waits",
    "executions replay": "Run an execution again, from the start or from a node, on the same or the latest version",
    "executions fork": "Start a new execution that copies the history up to a node",
    "executions cancel": "Cancel an execution",
    "executions pause": "Let an execution stand still",
    "executions resume": "Let a paused execution go on",
    "executions signal": "Send a signal to an execution, or answer an approval",
    "executions export": "Write everything known about an execution as JSON",
    "executions decide": "Settle an effect that is in doubt",
    "workflows list": "List the workflows of a server",
    "workflows show": "Show a workflow of a server",
    "workflows import": "Make workflows of files on a server",
    "workflows export": "Write workflows of a server as files",
    "workflows publish": "Freeze a draft as the version that runs",
    "workflows versions": "List the versions of a workflow",
    "workflows restore": "Make a version the draft again",
    "workflows delete": "Delete a workflow of a server",
    "variables list": "List the variables of a workspace",
    "variables set": "Make a variable, or change one",
    "variables delete": "Delete a variable",
    "tables list": "List the data tables of a workspace",
    "tables show": "Show a data table: its columns, how many rows it has",
    "tables create": "Make a data table",
    "tables rows": "Show rows of a data table",
    "tables export": "Write a data table as CSV",
    "tables import": "Add the rows of a CSV file to a data table",
    "credentials list": "List the credentials of a server",
    "credentials set": "Make a credential on a server, or change one",
    "api-keys list": "List your API keys on a server",
    "api-keys make": "Make an API key, and print its token once",
    "api-keys revoke": "Make an API key void",
    "nodes list": "List node types",
    "nodes show": "Show a node type: its params, outputs, ports and examples",
    "nodes check": "Run the examples of node types",
    "bench": "Run benchmarks",
    "backup": "Write a consistent backup while work goes on",
    "restore": "Restore a backup into an empty data folder or database",
    "keys rotate": "Make new keys for what is written from now on",
    "keys export": "Write the keys to a file protected by a passphrase",
    "keys import": "Put exported keys into a new data folder",
    "db upgrade": "Bring the database to the newest revision",
    "db downgrade": "Take the database back to an older revision",
    "db check": "Tell whether the database fits this version of Studio",
    "audit verify": "Check that the audit logs are what was written",
    "audit export": "Write the audit log of a server",
    "upgrade check": "Say what stands in the way of running this version of Studio here",
    "support-bundle": "Write what whoever helps you needs to know, without secrets",
    "doctor": "Check the installation, the data folder and the database, and say what to do",
}

GROUPS: dict[str, str] = {
    "executions": "Look at executions and act on them",
    "workflows": "Workflows of a server",
    "variables": "Variables of a workspace, which expressions see as `vars`",
    "tables": "Data tables of a workspace",
    "credentials": "Credentials of a server",
    "api-keys": "API keys, with which programs call a server",
    "nodes": "The node types that are installed",
    "keys": "The keys that everything stored is encrypted with",
    "db": "The database's schema",
    "audit": "Who did what",
    "upgrade": "From one version of Studio to the next",
}

GLOBAL_OPTIONS: dict[str, bool] = {
    "--data": True,
    "--db": True,
    "--lang": True,
    "--server": True,
    "--allow-path": True,
    "--allow-host": True,
    "--json": False,
    "--debug": False,
}
"""Options that may also stand before the command; whether they take a value."""


OWN_MEANING: dict[str, frozenset[str]] = {"eval": frozenset({"--data"})}
"""Options that mean something else after these commands; before them they keep the common meaning."""


def split_command(args: list[str]) -> tuple[list[list[str]], list[str], list[str]]:
    """Global options that stand before the command or between its two words, the command's words, and the rest.

    ``--data d executions --json list x`` gives ``[["--data", "d"], ["--json"]]``, ``["executions", "list"]`` and
    ``["x"]``.
    """
    before: list[list[str]] = []
    words: list[str] = []
    rest = list(args)
    while rest and len(words) < (2 if words and words[0] in GROUPS else 1):
        option = rest[0].split("=", 1)[0]
        if option in GLOBAL_OPTIONS:
            size = 2 if GLOBAL_OPTIONS[option] and "=" not in rest[0] else 1
            before.append(rest[:size])
            rest = rest[size:]
        elif words and rest[0].startswith("-"):
            break
        else:
            words.append(rest.pop(0))
    return before, words, rest


def module_of(name: str) -> str:
    """The module that holds a command."""
    return f"studio.cli.{name.replace(' ', '_').replace('-', '_')}"
