"""The Python client, written from the API's own description: ``python tools/client.py --write`` or ``--check``.

Every schema becomes a ``TypedDict`` in ``studio.client.models``, every operation an async method in
``studio.client.api``. Answers stay plain data, so a newer server may add fields without breaking an older client.
"""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "src" / "studio" / "client"
_NOTE = "Written by ``tools/client.py`` from the API's description; do not edit."
_METHODS = ("get", "post", "put", "patch", "delete")
_JSON = "application/json"
_PREFIX = "/api/v1"

Schema = Mapping[str, Any]


def main(argv: list[str]) -> int:
    """Write or check; returns an exit code."""
    wanted = files(description())
    if argv == ["--write"]:
        for path, text in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for path in _stray(wanted):
            path.unlink()
        return 0
    wrong = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    wrong += _stray(wanted)
    for path in wrong:
        print(f"{path.relative_to(ROOT)} is not what the API says; run: make generate", file=sys.stderr)
    return 1 if wrong else 0


def description() -> dict[str, Any]:
    """The API's description."""
    from studio.server.app import create_api

    return create_api().openapi()


def files(document: Schema) -> dict[Path, str]:
    """Path and text of every generated file, formatted."""
    by_tag: dict[str, list[str]] = {}
    for operation in _operations(document):
        methods = by_tag.setdefault(operation["tags"][0], [])
        methods.append(_method(operation))
        methods += _iterator(operation, document["components"]["schemas"])
    out = {FOLDER / "models.py": _models(document["components"]["schemas"])}
    for tag, methods in by_tag.items():
        out[FOLDER / "parts" / f"{_snake(tag)}.py"] = _part(tag, methods)
    out[FOLDER / "parts" / "__init__.py"] = f'"""The parts of the API, one module each. {_NOTE}"""\n'
    out[FOLDER / "api.py"] = _api(sorted(by_tag))
    return {path: _formatted(text, path) for path, text in out.items()}


def _stray(wanted: Mapping[Path, str]) -> list[Path]:
    return [path for path in sorted((FOLDER / "parts").glob("*.py")) if path not in wanted]


def _formatted(text: str, path: Path) -> str:
    ruff = [str(Path(sys.executable).parent / "ruff")]
    name = ["--stdin-filename", str(path)]
    fixed = subprocess.run(
        [*ruff, "check", "--quiet", "--fix-only", "--select", "I,F401", *name, "-"],
        input=text, capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    done = subprocess.run(
        [*ruff, "format", "--quiet", *name, "-"],
        input=fixed.stdout, capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    return done.stdout


def _operations(document: Schema) -> Iterator[dict[str, Any]]:
    for path, item in sorted(document["paths"].items()):
        if not path.startswith(_PREFIX):
            continue
        for method in _METHODS:
            if method in item:
                operation = {**item[method], "path": path.removeprefix(_PREFIX), "method": method.upper()}
                if "text/event-stream" not in str(operation["responses"]):
                    yield operation


def _models(schemas: Mapping[str, Schema]) -> str:
    lines = [
        f'"""What the API takes and gives. {_NOTE}"""', "", "from __future__ import annotations", "",
        "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict", "",
    ]  # fmt: skip
    names: list[str] = []
    for raw, schema in sorted(schemas.items()):
        name = _class(raw)
        if raw in ("HTTPValidationError", "ValidationError"):
            continue
        names.append(name)
        if "properties" not in schema:
            lines += ["", f"{name}: TypeAlias = {_quoted(_type(schema))}"]
            continue
        required = set(schema.get("required", ()))
        lines += ["", "", f"class {name}(TypedDict):", _docstring(schema.get("description") or raw)]
        for field, inner in schema["properties"].items():
            kind = _type(inner)
            if field not in required:
                kind = f"NotRequired[{kind}]"
            if field.isidentifier() and not keyword.iskeyword(field):
                lines.append(f"    {field}: {kind}")
    lines += ["", "", "__all__ = [", *(f'    "{name}",' for name in sorted(names)), "]", ""]
    return "\n".join(lines)


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return _class(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " | ".join(dict.fromkeys(_type(one) for one in schema[key]))
    if len(schema.get("allOf", ())) == 1:
        return _type(schema["allOf"][0])
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(_type({**schema, "type": one}) for one in cast("list[str]", kind))
    if kind == "array":
        return f"list[{_type(schema.get('items', {}))}]"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"dict[str, {_type(cast('Schema', inner)) if isinstance(inner, dict) else 'Any'}]"
    plain = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
    return plain.get(str(kind), "Any")


def _part(tag: str, methods: list[str]) -> str:
    return "\n".join(
        [
            f'"""The API of {tag}. {_NOTE}"""', "", "from __future__ import annotations", "",
            "from collections.abc import AsyncGenerator", "from typing import Any, Literal, cast", "",
            "from studio.client import models as m", "from studio.client.transport import Part", "", "",
            f"class {_class(tag)}Part(Part):", f'    """Operations on {tag}."""', "", *methods,
        ]
    )  # fmt: skip


def _method(operation: Mapping[str, Any]) -> str:
    where: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
    signature: list[str] = []
    optional: list[str] = []
    for param in operation.get("parameters", ()):
        if param["in"] not in where:
            continue
        name = _snake(param["name"])
        where[param["in"]][param["name"]] = name
        kind = _in_module(_type(param["schema"]))
        if param["in"] == "path":
            signature.append(f"{name}: {kind}")
        elif param.get("required"):
            optional.insert(0, f"{name}: {kind}")
        else:
            optional.append(f"{name}: {kind if 'None' in kind else kind + ' | None'} = None")
    body = _body(operation)
    if body is not None:
        signature.append(f"body: {body[1]}")
    if optional:
        signature += ["*", *optional]
    gives = _gives(operation)
    path = operation["path"]
    for raw, name in where["path"].items():
        path = path.replace("{" + raw + "}", "{self.quote(" + name + ")}")
    given = [f'"{operation["method"]}"', f'f"{path}"' if where["path"] else f'"{path}"']
    for key, argument in (("query", "query"), ("header", "headers")):
        if where[key]:
            pairs = ", ".join(f'"{raw}": {name}' for raw, name in where[key].items())
            given.append(f"{argument}={{{pairs}}}")
    if body is not None:
        given.append(f"{body[0]}=body")
    ask = f"await self.{'ask_bytes' if gives == 'bytes' else 'ask'}({', '.join(given)})"
    result = f"return {ask}" if gives in ("bytes", "Any") else f'return cast("{gives}", {ask})'
    about = _docstring(operation.get("description") or operation["operationId"], 8)
    name = _snake(operation["operationId"])
    lines = [f"    async def {name}({', '.join(['self', *signature])}) -> {gives}:", about]
    return "\n".join([*lines, f"        {ask if gives == 'None' else result}", ""])


def _iterator(operation: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Iterator[str]:
    """Beside a list that is given page by page: every item of it."""
    given = _gives(operation).removeprefix("m.")
    page: Schema = next((one for raw, one in schemas.items() if _class(raw) == given), cast("Schema", {}))
    names = {param["name"] for param in operation.get("parameters", ())}
    id = operation["operationId"]
    if "cursor" not in names or "next" not in page.get("properties", {}) or not id.startswith("list_"):
        return
    item = _in_module(_type(page["properties"]["items"]["items"]))
    params = [one for one in operation["parameters"] if one["in"] != "query" or one["name"] != "cursor"]
    method = _method({**operation, "parameters": params, "operationId": f"iter_{id.removeprefix('list_')}"})
    method = method.replace("    async def ", "    def ", 1)
    method = re.sub(r"-> [^\n]+:\n", f"-> AsyncGenerator[{item}]:\n", method, count=1)
    head, _, call = method.partition('"GET", ')
    about = f'        """Every item of ``{id}``, page by page as they are needed."""\n'
    signature = head[: head.index('        """')]
    path = call.partition(",")[0]
    query = call[call.index("query=") + 6 : call.index("}", call.index("query=")) + 1]
    yield f'{signature}{about}        return cast("AsyncGenerator[{item}]", self.paged({path}, {query}))\n'


def _body(operation: Mapping[str, Any]) -> tuple[str, str] | None:
    content = operation.get("requestBody", {}).get("content", {})
    if _JSON in content:
        return "json", _in_module(_type(content[_JSON].get("schema", {})))
    return ("content", "bytes") if content else None


def _gives(operation: Mapping[str, Any]) -> str:
    for status, response in sorted(operation["responses"].items()):
        if status.startswith("2"):
            content = response.get("content", {})
            if _JSON in content:
                return _in_module(_type(content[_JSON].get("schema", {})))
            return "bytes" if content else "None"
    return "None"


def _api(tags: list[str]) -> str:
    lines = [
        f'"""The whole API. {_NOTE}"""', "", "from __future__ import annotations", "",
        *(f"from studio.client.parts.{_snake(tag)} import {_class(tag)}Part" for tag in tags), "", "",
        f"class Api({', '.join(f'{_class(tag)}Part' for tag in tags)}):",
        '    """Every operation of a Studio server."""', "",
    ]  # fmt: skip
    return "\n".join(lines)


def _in_module(kind: str) -> str:
    """A type as seen from outside ``models``."""
    return re.sub(r"(?<!['\w])(?!None\b|Any\b|Literal\b)([A-Z]\w*)(?![\w']*')", r"m.\1", kind)


def _docstring(text: str, indent: int = 4) -> str:
    space = " " * indent
    lines = textwrap.dedent(text).strip().replace("\\", "\\\\").replace('"""', "'''").splitlines()
    out = [part for line in lines for part in (textwrap.wrap(line, 108 - indent) or [""])]
    if len(out) == 1:
        return f'{space}"""{out[0]}"""'
    return "\n".join([f'{space}"""{out[0]}', *(f"{space}{line}".rstrip() for line in out[1:]), f'{space}"""'])


def _class(raw: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", raw))


def _snake(raw: str) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", raw)).strip("_").lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def _quoted(kind: str) -> str:
    return f'"{kind}"' if "Literal" not in kind else kind


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
