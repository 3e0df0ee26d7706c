"""`whydown eval rca`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def rca(
    path: Annotated[Path, typer.Argument(help="data folder: SET/cases, SET/baseline, SET/graph, ground_truth/SET")],
    sets: Annotated[list[str] | None, typer.Option("--set", help="only this set (repeatable)")] = None,
    only: Annotated[list[str] | None, typer.Option(help="only this case (repeatable)")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="leave out traces, logs or metrics (repeatable)")] = None,
    keep_graph: Annotated[bool, typer.Option(help="keep the call graph when traces are dropped")] = False,
    own_baseline: Annotated[bool, typer.Option(help="compare with the case's own normal window only")] = False,
    methods: Annotated[str, typer.Option(help="comma-separated")] = "whydown",
    as_json: Annotated[bool, typer.Option("--json", help="print the numbers as JSON")] = False,
    out: Annotated[Path | None, typer.Option(help="where reports and rows go")] = None,
    workers: Annotated[int, typer.Option(min=1, help="processes at a time")] = 2,
    config: Annotated[Path | None, typer.Option(help="configuration file")] = None,
) -> None:
    """Investigate cases with a known cause and measure how often it comes first."""
    import json

    from rich.console import Console

    from evals.rca.evaluate import Plan, evaluate
    from evals.rca.progress import reporting
    from evals.rca.summary import summarise, tables
    from evals.rca.views import ViewOptions
    from tools.clock import now
    from tools.config import load_settings

    plan = Plan(
        root=path,
        out=out or Path(".whydown/evals") / f"rca-{now():%Y%m%dT%H%M%S}",
        settings=load_settings(config),
        sets=sets or (),
        only=only or (),
        methods=[name.strip() for name in methods.split(",")],
        options=ViewOptions(frozenset(drop or ()), keep_graph, own_baseline),
        workers=workers,
    )
    with reporting() as progress:
        rows = evaluate(plan, progress)
    summary = summarise(rows)
    if as_json:
        typer.echo(json.dumps(summary, indent=1))
        return
    console = Console()
    for table in tables(summary):
        console.print(table)
    for row in rows:
        if row.error:
            console.print(f"{row.id}: {row.error}", markup=False)
    console.print(f"rows: {plan.out / 'rows.jsonl'}", markup=False)
