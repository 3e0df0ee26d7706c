"""`whydown doctor`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import AsJson, Config, Set


def doctor(
    place: Annotated[
        Path | None, typer.Argument(help="incident folder, or settings file that names live backends", metavar="PLACE")
    ] = None,
    as_json: AsJson = False,
    sets: Set = None,
    config: Config = None,
) -> None:
    """Try everything that is set up, and say what to do about what does not work. Asks the model three small things."""
    from agent.cli.output import print_diagnosis
    from agent.doctor import examine
    from tools.config import as_flags, load_settings

    def tell(what: str) -> None:
        if sys.stderr.isatty():
            print(f"looking at the {what}…", file=sys.stderr)

    diagnosis = examine(place, load_settings(config, **as_flags(sets or [])), config, tell)
    print_diagnosis(diagnosis, as_json=as_json)
    if not diagnosis.ok:
        raise typer.Exit(3)
