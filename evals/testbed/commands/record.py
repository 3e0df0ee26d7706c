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
    normal: Annotated[float, typer.Option(min=30, help="seconds before the fault")] = 100.0,
    fault_seconds: Annotated[float, typer.Option(min=20, help="seconds with the fault")] = 80.0,
    severity: Annotated[float | None, typer.Option(help="how strong the fault is")] = None,
    rate: Annotated[float, typer.Option(min=0.5, help="customers' requests per second")] = 6.0,
) -> None:
    """Record incidents with real faults, and their answers apart."""
    from evals.testbed.recording.record import RecordingPlan
    from evals.testbed.recording.record import record as record_one
    from evals.testbed.recording.record_set import record_set
    from evals.testbed.report.progress import reporting
    from tools.errors import InputError

    if every == bool(fault):
        raise InputError("say what to record", "give --fault NAME or --all")
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
    with reporting(fault or "all") as tell:
        if every:
            record_set(plan, tell)
        else:
            record_one(plan, tell)
    typer.echo(str(into) if every else f"{into}\n{plan.answer}")
