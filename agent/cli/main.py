"""Assemble the commands and turn expected failures into one line and an exit code."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import typer

from agent.cli import investigate, runs
from tools.errors import WhydownError

PLUGINS = "whydown.commands"
"""Entry point group by which other rooms add commands: name → a typer.Typer."""


def build_app() -> typer.Typer:
    """Return the application with its own commands and those of entry points."""
    app = typer.Typer(
        name="whydown",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    app.command()(investigate.investigate)
    app.command()(runs.report)
    for plugin in sorted(entry_points(group=PLUGINS), key=lambda entry: entry.name):
        app.add_typer(plugin.load(), name=plugin.name)
    return app


def _root() -> None:
    """Find what broke a distributed system: ranked hypotheses with evidence anyone can check."""


def main() -> None:
    """Run the command line; the process's exit code tells what happened."""
    try:
        build_app()()
    except WhydownError as error:
        print(f"whydown: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("whydown: interrupted; go on with `whydown investigate --resume last`", file=sys.stderr)
        sys.exit(130)
