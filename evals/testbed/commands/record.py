"""`whydown testbed record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def record(
    into: Annotated[Path, typer.Option(help="folder for the incident, or for the whole set with --all")],
    fault: Annotated[str, typer.Option(help="name of a fault, or healthy")] = "",
    every: Annotated[bool, typer.Option("--all", help="record every fault, in the layout of eval rca")] = False,
    answer: Annotated[Path | None, typer.Option(help="file for the answer; default INTO.answer.json")] = None,
    seed: Annotated[int, typer.Option(help="seed of customers and routine changes")] = 1,
    baseline: Annotated[float, typer.Option(min=30, help="seconds of the baseline shared by --all")] = 180.0,
    normal: Annotated[float | None, typer.Option(min=15, help="seconds before it; 100, or 20 with --all")] = None,
    fault_seconds: Annotated[float, typer.Option(min=20, help="seconds with the fault")] = 60.0,
    severity: Annotated[float | None, typer.Option(help="how strong the fault is")] = None,
    rate: Annotated[float | None, typer.Option(min=0.5, help="requests per second; default by seed")] = None,
) -> None:
    """Record incidents with real faults, and their answers apart."""
    from evals.testbed.load.mix import Mix
    from evals.testbed.recording.plan import RecordingPlan
    from evals.testbed.recording.record import record as record_one
    from evals.testbed.recording.record_set import SetPlan, record_set
    from evals.testbed.report.progress import reporting
    from tools.errors import InputError

    if every == bool(fault):
        raise InputError("say what to record", "give --fault NAME or --all")
    if every:
        whole = SetPlan(into, seed, baseline, normal or 20.0, fault_seconds, rate)
        with reporting("all") as progress:
            missing = record_set(whole, progress.tell, progress.note)
        typer.echo("\n".join([str(into), *(f"left out: {name}: {reason}" for name, reason in missing.items())]))
        raise typer.Exit(1 if missing else 0)
    target = answer or into.with_name(f"{into.name}.answer.json")
    plan = RecordingPlan(fault, into, target, seed, normal or 100.0, fault_seconds, severity)
    mix = Mix.of_seed(seed)
    with reporting(fault) as progress:
        record_one(plan, mix if rate is None else mix.model_copy(update={"rate": rate}), progress.tell)
    typer.echo(f"{into}\n{target}")
