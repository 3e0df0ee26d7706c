"""The command group `whydown eval`, assembled from one module a subcommand."""

from __future__ import annotations

import typer

from evals.commands.ablation import ablation
from evals.commands.ci import ci
from evals.commands.compare import compare
from evals.commands.fit import fit
from evals.commands.kb import kb
from evals.commands.memory import memory
from evals.commands.planted import planted
from evals.commands.rca import rca

app = typer.Typer(help="Measure how good the answers are.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Measure how good the answers are."""


for command in (rca, planted, ci, kb, memory, compare, ablation, fit):
    app.command(command.__name__)(command)
