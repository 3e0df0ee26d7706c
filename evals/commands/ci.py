"""`whydown eval ci`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def ci(
    path: Annotated[Path, typer.Argument(help="Parquet file, or folder of them: id repo language log line_start …")],
    as_json: Annotated[bool, typer.Option("--json", help="print the numbers as JSON")] = False,
    as_shipped: Annotated[
        bool, typer.Option(help="judge all logs by the shipped model, even those it was fitted on")
    ] = False,
    fit: Annotated[Path | None, typer.Option(help="fit the model on all these logs and write it to this file")] = None,
) -> None:
    """Compare the decisive lines found in CI logs with those that people marked."""
    import json

    from evals.ci.progress import reporting

    with reporting() as progress:
        if fit is not None:
            from evals.ci.ship import write_model

            typer.echo(write_model(path, fit, progress))
            return
        from evals.ci.evaluate import evaluate

        result = evaluate(path, progress, as_shipped)
    if as_json:
        typer.echo(json.dumps({"methods": result.methods, "languages": result.languages}, indent=1))
        return
    from rich.console import Console

    from evals.ci.summary import table

    console = Console()
    console.print(table("method", result.methods))
    console.print(table("language", result.languages))
    console.print(result.how, markup=False)
