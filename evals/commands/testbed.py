"""The command group `whydown testbed`: the demo system, its faults and recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="run, break and record the demo system", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Run, break and record the demo system."""


@app.command()
def record(
    fault: Annotated[str, typer.Option(help="name of a fault, or healthy")],
    into: Annotated[Path, typer.Option(help="folder for the incident; must be new or empty")],
    answer: Annotated[Path | None, typer.Option(help="file for the answer; default INTO.answer.json")] = None,
    seed: Annotated[int, typer.Option(help="seed of customers and routine changes")] = 1,
    normal: Annotated[float, typer.Option(min=30, help="seconds before the fault")] = 120.0,
    fault_seconds: Annotated[float, typer.Option(min=20, help="seconds with the fault")] = 90.0,
    severity: Annotated[float | None, typer.Option(help="how strong the fault is")] = None,
    rate: Annotated[float, typer.Option(min=0.5, help="customers' requests per second")] = 6.0,
) -> None:
    """Record an incident folder with a real fault, and its answer apart."""
    from evals.testbed.recording.record import RecordingPlan
    from evals.testbed.recording.record import record as run
    from evals.testbed.report.progress import reporting

    plan = RecordingPlan(
        fault=fault,
        into=into,
        answer=answer or into.with_name(f"{into.name}.answer.json"),
        seed=seed,
        normal_seconds=normal,
        fault_seconds=fault_seconds,
        severity=severity,
        rate=rate,
    )
    with reporting(fault) as tell:
        run(plan, tell)
    typer.echo(f"{into}\n{plan.answer}")
