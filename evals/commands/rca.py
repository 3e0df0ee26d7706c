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
    without: Annotated[list[str] | None, typer.Option(help="switch this analyser off (repeatable)")] = None,
    methods: Annotated[str, typer.Option(help="whydown, baro, zscore, pagerank, random")] = "whydown",
    healthy: Annotated[bool, typer.Option(help="also judge healthy windows; not with --only")] = True,
    models: Annotated[
        list[str] | None,
        typer.Option("--model", help="also with this language model: configured, or a scripted one (repeatable)"),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="keep the answers that --out holds already")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the numbers as JSON")] = False,
    out: Annotated[Path | None, typer.Option(help="where reports and rows go")] = None,
    workers: Annotated[int, typer.Option(min=1, help="processes at a time")] = 2,
    timeout: Annotated[float, typer.Option(min=1, help="seconds for one case")] = 300.0,
    config: Annotated[Path | None, typer.Option(help="configuration file")] = None,
) -> None:
    """Investigate cases with a known cause and measure how often it comes first."""
    import json

    from agent.render import open_console
    from evals.rca.ablation import without_analysers
    from evals.rca.case import ViewOptions
    from evals.rca.evaluate import Plan, evaluate
    from evals.rca.print import print_results
    from evals.rca.progress import reporting
    from evals.rca.summary import summarise
    from tools.clock import now
    from tools.config import load_settings

    plan = Plan(
        root=path,
        out=out or Path(".whydown/evals") / f"rca-{now():%Y%m%dT%H%M%S}",
        settings=without_analysers(load_settings(config), without or ()),
        sets=sets or (),
        only=only or (),
        methods=[name.strip() for name in methods.split(",")],
        options=ViewOptions(frozenset(drop or ()), keep_graph, own_baseline),
        healthy=healthy and not only,
        models=models or (),
        resume=resume,
        workers=workers,
        timeout=timeout,
    )
    with reporting() as progress:
        rows = evaluate(plan, progress)
    if as_json:
        typer.echo(json.dumps(summarise(rows), indent=1))
    else:
        print_results(open_console(), rows, plan.out)
