"""`whydown import …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(name="import", no_args_is_help=True, help="Bring telemetry into an incident folder.")


@app.callback()
def _group() -> None:
    """Bring telemetry into an incident folder."""


@app.command()
def otlp(
    files: Annotated[list[Path], typer.Argument(help="OTLP JSON lines or protobuf, also gzip or zstd")],
    into: Annotated[Path, typer.Option(help="incident folder; made when missing")],
    as_json: Annotated[bool, typer.Option("--json", help="print the counts as JSON")] = False,
) -> None:
    """Import files as the OpenTelemetry collector's file exporter writes them.

    Importing a file again adds nothing.
    """
    import json

    from rich.progress import Progress

    from agent.render.console import open_console
    from tools.otlp import import_files, summary

    console = open_console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        total = sum(path.stat().st_size for path in files if path.is_file())
        task = bar.add_task("importing", total=total)
        report = import_files(files, into, lambda count: bar.advance(task, count))
    if as_json:
        typer.echo(json.dumps(summary.imported_json(report), indent=1))
        return
    for line in summary.imported(report):
        typer.echo(line)
