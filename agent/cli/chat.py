"""`whydown chat`."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.options import Config, Set


def chat(
    target: Annotated[
        str,
        typer.Argument(help="incident folder, or run: its id, the beginning of one, or last", metavar="[FOLDER|RUN]"),
    ] = "",
    sets: Set = None,
    config: Config = None,
) -> None:
    """Work on an incident in the terminal: ranking, evidence, what is behind it, questions and answers."""
    from agent.chat.session import Session
    from agent.tui.app import ChatApp
    from tools.config import as_flags, load_settings

    ChatApp(Session.open(target, load_settings(config, **as_flags(sets or [])))).run()
