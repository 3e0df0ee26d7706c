"""`whydown show`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import AsJson, Config


def show(
    folder: Annotated[Path, typer.Argument(help="incident folder, or settings file with live backends")],
    signal: Annotated[
        str, typer.Argument(help="traces, logs, metrics, topology or changes; none gives an overview")
    ] = "",
    table: Annotated[str, typer.Option(help="which table; a wrong name lists those there are", metavar="NAME")] = "",
    incident: Annotated[str, typer.Option(help="window to show; default all", metavar="FROM..TO")] = "",
    baseline: Annotated[
        list[str] | None, typer.Option(help="window to compare with, may be repeated", metavar="FROM..TO")
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="use the windows that investigate would")] = False,
    service: Annotated[str, typer.Option(help="rows of this service or caller", metavar="NAME")] = "",
    operation: Annotated[str, typer.Option(help="rows of this operation", metavar="NAME")] = "",
    peer: Annotated[str, typer.Option(help="rows with this callee", metavar="NAME")] = "",
    pod: Annotated[str, typer.Option(help="rows of this pod", metavar="NAME")] = "",
    name: Annotated[str, typer.Option(help="metric, log template, call, attribute or change", metavar="NAME")] = "",
    trace: Annotated[str, typer.Option(help="one trace as a tree", metavar="ID")] = "",
    search: Annotated[str, typer.Option(help="log lines that contain this", metavar="TEXT")] = "",
    limit: Annotated[int, typer.Option(help="rows shown, 0 for all", min=0)] = 20,
    sql: Annotated[bool, typer.Option("--sql", help="print SQL for a DuckDB shell, or live queries")] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Look at the telemetry of an incident folder or of live backends, as tables and plots."""
    from agent.cli.output import print_table
    from agent.show import Filters, Request
    from agent.show import show as show_table
    from agent.show import sql as show_sql
    from tools.config import load_settings
    from tools.window import TimeWindow

    request = Request(
        folder=folder,
        signal=signal,
        table=table,
        incident=TimeWindow.parse(incident) if incident else None,
        baseline=tuple(TimeWindow.parse(window) for window in baseline or []),
        compare=compare,
        filters=Filters(service, operation, peer, pod, name, trace, search, limit),
    )
    if sql:
        print(show_sql(request, load_settings(config)))
    else:
        print_table(show_table(request, load_settings(config)), as_json=as_json)
