"""`whydown investigate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def investigate(
    folder: Annotated[Path | None, typer.Argument(help="incident folder")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
    symptom: Annotated[str, typer.Option(help="what was seen")] = "",
    service: Annotated[str, typer.Option(help="where it was seen")] = "",
    incident: Annotated[str, typer.Option(help="incident window FROM..TO")] = "",
    baseline: Annotated[str, typer.Option(help="baseline window FROM..TO")] = "",
    resume: Annotated[str, typer.Option(help="go on with a run: its id, or last")] = "",
    config: Annotated[Path | None, typer.Option(help="configuration file")] = None,
) -> None:
    """Rank the likely causes of an incident."""
    from agent import investigation
    from agent.schema import Incident
    from tools.config import load_settings
    from tools.errors import FolderError
    from tools.window import TimeWindow

    settings = load_settings(config)
    if resume:
        report = investigation.resume(resume, settings)
    elif folder is None:
        raise FolderError("no incident folder given", "whydown investigate FOLDER")
    else:
        asked = Incident(
            folder=folder,
            symptom=symptom,
            service=service,
            incident_window=TimeWindow.parse(incident) if incident else None,
            baseline_window=TimeWindow.parse(baseline) if baseline else None,
        )
        report = investigation.investigate(asked, settings)
    typer.echo(report.model_dump_json(indent=1) if as_json else report.summary)
