"""`whydown testbed play`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def play(
    fault: Annotated[str, typer.Argument(help="name of a fault, see `whydown testbed faults`")],
    severity: Annotated[float | None, typer.Option(help="how strong the fault is")] = None,
    seed: Annotated[int, typer.Option(help="seed of what customers do")] = 1,
    full: Annotated[bool, typer.Option("--report", help="print the whole report too")] = False,
    config: Annotated[Path | None, typer.Option(help="configuration file")] = None,
) -> None:
    """Start, break, detect, investigate, compare with the answer, repair: the whole story, live."""
    from agent.render import open_console, print_view, report_view
    from evals.testbed.report.story import story_view
    from evals.testbed.session.play import play as run
    from tools.clock import now
    from tools.config import load_settings

    console = open_console()
    story = run(
        fault,
        severity,
        seed,
        load_settings(config),
        lambda line: console.print(f"{now():%H:%M:%S}  {line}", markup=False, highlight=False),
    )
    if full:
        print_view(console, report_view(story.report, console.width))
    console.print()
    print_view(console, story_view(story))
