"""The command group `whydown testbed`, assembled from one module a topic."""

from __future__ import annotations

import typer

from evals.testbed.commands.faults import faults
from evals.testbed.commands.overhead import overhead
from evals.testbed.commands.play import play
from evals.testbed.commands.record import record
from evals.testbed.commands.score import score
from evals.testbed.commands.standing import down, heal, inject, load, status, up
from evals.testbed.commands.suite import suite

app = typer.Typer(help="Run, break and record the demo system.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Run, break and record the demo system: a small shop of real processes."""


for command in (up, down, status, load, inject, heal, faults, record, score, play, suite, overhead):
    app.command()(command)
