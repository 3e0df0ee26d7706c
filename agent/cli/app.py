"""Assemble the commands and turn expected failures into one line and an exit code."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points, version
from typing import Annotated, NoReturn

import typer
from typer.core import TyperGroup, TyperOption
from typer.exceptions import TyperException
from typer.main import get_command

from agent.cli import chat, ci, collect, config, confirm, doctor, import_, investigate, kb, runs, show
from tools.errors import WhydownError

PLUGINS = "whydown.commands"
"""Entry point group by which other rooms add commands: name → a typer.Typer."""
_HELP = ["-h", "--help"]


def build_app(arguments: list[str]) -> typer.Typer:
    """Return the application with its own commands and those of entry points.

    Args:
        arguments: the command line; a room's commands are imported only where they are named or listed.
    """
    app = typer.Typer(
        name="whydown",
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": _HELP},
    )
    app.callback()(_root)
    own = (
        investigate.investigate,
        chat.chat,
        show.show,
        collect.collect,
        runs.runs,
        runs.report,
        runs.replay,
        runs.schema,
        config.config,
        doctor.doctor,
        confirm.confirm,
        confirm.recurrences,
    )
    for command in own:
        app.command()(command)
    app.add_typer(import_.app, name="import")
    app.add_typer(ci.app, name="ci")
    app.add_typer(kb.app, name="kb")
    if arguments[0] not in {"import", "ci", "kb", *(command.__name__ for command in own)}:
        for plugin in sorted(entry_points(group=PLUGINS), key=lambda entry: entry.name):
            app.add_typer(plugin.load(), name=plugin.name)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"whydown {version('whydown')}")
        raise typer.Exit


def _root(
    _: Annotated[bool, typer.Option("--version", help="Show the version and exit.", callback=_print_version)] = False,
) -> None:
    """Find what broke a distributed system: ranked hypotheses with evidence anyone can check."""


def _hide_flag_types(group: TyperGroup) -> None:
    """Print flags without the `<bool>` that typer puts behind them, as if they took a value."""
    for command in (group, *group.commands.values()):
        for option in command.get_params(typer.Context(command, help_option_names=_HELP)):
            if isinstance(option, TyperOption) and option.is_bool_flag:
                option.metavar = ""
        if isinstance(command, TyperGroup) and command is not group:
            _hide_flag_types(command)


def run() -> NoReturn:
    """Run the command line; the process's exit code tells what happened."""
    arguments = sys.argv[1:] or ["--help"]
    try:
        command = get_command(build_app(arguments))
        assert isinstance(command, TyperGroup)
        _hide_flag_types(command)
        code = command(arguments, prog_name="whydown", standalone_mode=False)
    except WhydownError as error:
        _fail(str(error), error.exit_code)
    except TyperException as error:
        _fail(_with_help(error), error.exit_code)
    except OSError as error:
        _fail(f"{error.filename or 'input or output'}: {error.strerror}", 1)
    sys.exit(code)


def _with_help(error: TyperException) -> str:
    """Return what is wrong with a command line, and where its options are listed."""
    problem = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)  # the class of errors that have one is not public
    if not problem or problem.endswith("?") or context is None:
        return problem
    return f"{problem}; see {context.command_path} --help"


def _fail(problem: str, code: int) -> NoReturn:
    """Tell what went wrong and end; an incomplete command has printed its help and has no message."""
    if problem:
        print(f"whydown: {problem}", file=sys.stderr)
    sys.exit(code)
