"""`whydown testbed overhead`."""

from __future__ import annotations

from typing import Annotated

import typer


def overhead(
    pairs: Annotated[int, typer.Option(min=1, help="stretches that are compared")] = 12,
    seconds: Annotated[float, typer.Option(min=10, help="length of each stretch")] = 20.0,
    seed: Annotated[int, typer.Option(help="seed of what customers do")] = 1,
) -> None:
    """Measure what collecting telemetry adds to the shop's 95th percentile, side by side."""
    from evals.testbed.report.overhead import describe, measure
    from evals.testbed.report.progress import reporting

    with reporting("overhead") as progress:
        found = measure(pairs, seconds, seed, progress.tell)
    typer.echo(describe(found))
