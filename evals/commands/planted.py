"""`whydown eval planted`."""

from __future__ import annotations

from typing import Annotated

import typer


def planted(
    models: Annotated[
        list[str] | None, typer.Option("--model", help="a scripted model, or configured (repeatable)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the outcomes as JSON")] = False,
) -> None:
    """Look for causes that only a model which reads a diff can find, in the bundled recordings."""
    import json
    import tempfile
    from dataclasses import asdict
    from pathlib import Path

    from evals.planted.evaluate import evaluate_planted
    from tools.config import load_settings

    with tempfile.TemporaryDirectory(prefix="whydown-planted-") as place:
        outcomes = list(evaluate_planted(models or ["honest"], load_settings(), Path(place)))
    if as_json:
        typer.echo(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
        return
    typer.echo(f"{'recording':22}{'model':14}{'first':16}{'kind':20}{'found':>6}")
    for one in outcomes:
        typer.echo(f"{one.recording:22}{one.model:14}{one.first:16}{one.kind:20}{'yes' if one.found else 'no':>6}")
