"""The command line. Each command is a thin front door in a module of its own."""

from agent.cli.main import main

__all__ = ["main"]
