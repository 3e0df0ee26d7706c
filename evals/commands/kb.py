"""`whydown eval kb`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def kb(
    path: Annotated[Path, typer.Argument(help="postmortems: Markdown or JSON lines, a file or a folder")],
    queries: Annotated[
        Path | None, typer.Option(help='lines of {"query", "target"}; target null for a novel incident')
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the numbers as JSON")] = False,
    fit: Annotated[bool, typer.Option("--fit", help="also fit the numbers of the threshold, queries included")] = False,
    cache: Annotated[Path, typer.Option(help="file that keeps vectors between evaluations")] = Path(
        ".whydown/cache/vectors.sqlite"
    ),
    config: Annotated[Path | None, typer.Option(help="configuration file")] = None,
) -> None:
    """Measure how well postmortems are found by their symptoms, and how seldom where there is none."""
    import json

    from evals.kb.evaluate import evaluate
    from evals.kb.summary import summary_json, tables
    from tools.config import load_settings

    settings = load_settings(config).knowledge
    measures = evaluate(path, queries, settings, cache)
    if fit:
        from evals.kb.fit import fit as fit_strength

        every = measures if queries is None else [*evaluate(path, None, settings, cache), *measures]
        typer.echo(fit_strength(every), err=True)
    if as_json:
        typer.echo(json.dumps(summary_json(measures), indent=1))
        return
    from rich.console import Console

    console = Console()
    for part in tables(measures):
        console.print(part)
