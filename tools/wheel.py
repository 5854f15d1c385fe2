"""Puts the built interface into a wheel; an editable installation has it in ``web/dist`` and builds it by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class InterfaceHook(BuildHookInterface[Any]):
    """Hatchling's hook: builds the interface, and includes it as ``studio/interface``."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, where a wheel for others is made.

        Raises:
            CalledProcessError: The interface cannot be built.
        """
        if version != "standard":
            return
        root = Path(self.root)
        if (root / "web" / "package.json").is_file():
            subprocess.run([sys.executable, str(root / "tools" / "interface.py"), "build"], check=True)
        build_data["force_include"][str(root / "web" / "dist")] = "studio/interface"
