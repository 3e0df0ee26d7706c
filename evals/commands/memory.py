"""`whydown eval memory`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def memory(
    path: Annotated[Path, typer.Argument(help="data folder with ground_truth/SET")],
    reports: Annotated[Path, typer.Argument(help="what `whydown eval rca PATH --out` wrote")],
    name: Annotated[str, typer.Option("--set", help="which set")] = "nezha",
    as_json: Annotated[bool, typer.Option("--json", help="print the numbers as JSON")] = False,
    config: Annotated[Path | None, typer.Option(help="configuration file")] = None,
) -> None:
    """Measure what recalled incidents change, also when they mislead."""
    import json
    from dataclasses import asdict

    from evals.kb.lift import measure_lift, read_cases
    from knowledge.embedding import choose_embedder
    from tools.config import load_settings

    rows = measure_lift(read_cases(reports, path, name), choose_embedder(load_settings(config).knowledge))
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=1))
        return
    typer.echo(f"{'memory':26}{'n':>4}{'top-1':>8}{'kind':>8}{'recalled':>10}{'changed':>9}")
    for row in rows:
        typer.echo(f"{row.memory:26}{row.n:>4}{row.top1:8.3f}{row.kind:8.3f}{row.recalled:10.3f}{row.changed:9.3f}")
