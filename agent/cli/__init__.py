"""The command line. Each command is a thin front door in a module of its own."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `whydown`. Nothing is imported before, so that Ctrl-C ends it quietly from the first moment on."""
    try:
        from agent.cli.app import run

        run()
    except KeyboardInterrupt:
        sys.exit(130)
