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
    web: Annotated[bool, typer.Option("--web", help="serve it in a browser instead")] = False,
    host: Annotated[str, typer.Option(help="with --web: address to listen on", metavar="ADDRESS")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="with --web: port to listen on", min=1, max=65535)] = 8090,
    sets: Set = None,
    config: Config = None,
) -> None:
    """Work on an incident in the terminal: ranking, evidence, what is behind it, questions and answers."""
    from agent.chat.session import Session
    from tools.config import as_flags, load_settings

    settings = load_settings(config, **as_flags(sets or []))
    Session.check(target, settings)
    if web:
        from agent.tui.web import serve

        given = [word for value in sets or [] for word in ("--set", value)]
        serve([*([target] if target else []), *given, *(["--config", str(config)] if config else [])], host, port)
    else:
        from agent.tui.app import ChatApp

        ChatApp(Session(settings), lambda: Session.open(target, settings)).run()
