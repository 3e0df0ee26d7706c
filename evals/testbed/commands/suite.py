"""`whydown testbed suite`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def suite(
    into: Annotated[Path, typer.Option(help="folder for junit.xml, the log and the telemetry; new or empty")],
    fault: Annotated[str, typer.Option(help="name of a fault; without one the healthy shop is tested")] = "",
    severity: Annotated[float | None, typer.Option(help="how strong the fault is")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="under every fault, a table; goes on with what is there")
    ] = False,
) -> None:
    """Run the shop's integration tests, with telemetry collected beside them; exit 1 if one fails."""
    from evals.testbed.faults.catalogue import FAULTS
    from evals.testbed.suite.every import markdown, try_every
    from evals.testbed.suite.run import run_suite
    from tools.errors import InputError

    if every and (fault or severity is not None):
        raise InputError("--all takes every fault as strong as usual", "leave --fault and --severity out")
    if every:
        typer.echo(markdown(try_every(into, list(FAULTS), lambda line: typer.echo(line, err=True))))
        return
    outcome = run_suite(into, fault, severity, lambda line: typer.echo(line, err=True))
    for name in outcome.failed:
        typer.echo(name)
    raise typer.Exit(1 if outcome.failed else 0)
