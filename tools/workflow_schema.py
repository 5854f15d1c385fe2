"""Write ``docs/workflow.schema.json``, or check that it is current: ``workflow_schema.py --check|--write``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from studio.validation import workflow_schema

TARGET = Path(__file__).resolve().parent.parent / "docs" / "workflow.schema.json"


def main(arguments: list[str]) -> int:
    """Do what is asked; 1 where the file is not current."""
    if arguments not in (["--check"], ["--write"]):
        print(__doc__)
        return 2
    text = json.dumps(workflow_schema(), indent=2, ensure_ascii=False) + "\n"
    if arguments == ["--write"]:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print(f"{TARGET.name} is not current; run: python tools/workflow_schema.py --write")
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
