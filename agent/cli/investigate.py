"""`whydown investigate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import AsJson, AsMarkdown, Config, Every, Set, ShowPrompts

if TYPE_CHECKING:
    from agent.schema import Incident
    from tools.window import TimeWindow

SIGNALS = ("traces", "logs", "metrics", "changes", "topology")


def investigate(
    folder: Annotated[Path | None, typer.Argument(help="incident folder")] = None,
    sources: Annotated[
        Path | None, typer.Option(help="settings file that names live backends, instead of a folder", metavar="FILE")
    ] = None,
    since: Annotated[
        str, typer.Option(help="how long ago it began, such as 30m; the incident window ends now", metavar="DURATION")
    ] = "",
    alert: Annotated[
        str, typer.Option(help="begin from an alert: alertmanager:FINGERPRINT, or a webhook payload", metavar="ALERT")
    ] = "",
    symptom: Annotated[str, typer.Option(help="what was seen", metavar="TEXT")] = "",
    service: Annotated[str, typer.Option(help="where it was seen", metavar="NAME")] = "",
    question: Annotated[str, typer.Option(help="what you want to know beyond the cause", metavar="TEXT")] = "",
    incident: Annotated[str, typer.Option(help="incident window", metavar="FROM..TO")] = "",
    baseline: Annotated[str, typer.Option(help="baseline window", metavar="FROM..TO")] = "",
    drop: Annotated[
        list[str] | None, typer.Option(help="leave a signal aside, may be repeated", metavar="SIGNAL")
    ] = None,
    resume: Annotated[str, typer.Option(help="go on with an interrupted run: its id, or last", metavar="RUN")] = "",
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    every: Every = False,
    no_model: Annotated[bool, typer.Option("--no-model", help="use no language model, even if one is set up")] = False,
    show_prompts: ShowPrompts = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="write a line for every step to stderr")] = False,
    sets: Set = None,
    config: Config = None,
) -> None:
    """Rank the likely causes of an incident, with the evidence for and against each."""
    from agent.cli.output import check_form, print_prompts, print_report
    from agent.render import investigation_progress, open_console
    from agent.runs import list_runs
    from tools.config import as_flags, load_settings

    check_form(as_json=as_json, as_markdown=as_markdown)
    settings = load_settings(config, **as_flags(sets or []))
    place, window = _place(folder, sources, alert, config), _window(incident, since)
    asked = None if resume else _asked(place, symptom, service, question, window, baseline, drop or [], no_model)
    before = {run.id for run in list_runs(settings.runs)}
    try:
        with investigation_progress(open_console(stderr=True), verbose=verbose) as progress:
            from agent import investigation

            if asked is not None and alert:
                asked = investigation.from_alert(alert, asked)
            if asked is None:
                report = investigation.resume(resume, settings, progress)
            else:
                report = investigation.investigate(asked, settings, progress)
    except KeyboardInterrupt:
        begun = [run.id for run in list_runs(settings.runs) if run.id not in before]
        _tell_interrupted(resume or next(iter(begun), ""))
        raise typer.Exit(130) from None
    if show_prompts:
        print_prompts(settings.runs, report.run_id)
    print_report(report, as_json=as_json, as_markdown=as_markdown, every=every)


def _place(folder: Path | None, sources: Path | None, alert: str, config: Path | None) -> Path | None:
    from tools.config import FILE_NAME
    from tools.errors import InputError

    if sources is None:
        return folder or ((config or Path(FILE_NAME)) if alert else None)
    if folder is not None:
        raise InputError("a folder and --sources exclude each other", "choose one")
    if sources.suffix != ".toml":
        raise InputError(f"{sources} is no settings file", "--sources takes a file such as whydown.toml")
    return sources


def _window(incident: str, since: str) -> TimeWindow | None:
    from agent.investigation.place import last
    from tools.errors import InputError
    from tools.window import TimeWindow, parse_duration

    if incident and since:
        raise InputError("--incident and --since exclude each other", "choose one")
    if since:
        return last(parse_duration(since))
    return TimeWindow.parse(incident) if incident else None


def _asked(
    folder: Path | None,
    symptom: str,
    service: str,
    question: str,
    incident: TimeWindow | None,
    baseline: str,
    drop: list[str],
    no_model: bool,
) -> Incident:
    from agent.schema import Incident
    from tools.errors import FolderError, InputError
    from tools.window import TimeWindow

    if folder is None:
        raise FolderError("no incident folder given", "whydown investigate FOLDER, or --sources whydown.toml")
    foreign = sorted(set(drop) - set(SIGNALS))
    if foreign:
        raise InputError(f"no signal {foreign[0]!r} to drop", "known: " + ", ".join(SIGNALS))
    return Incident(
        folder=folder,
        symptom=symptom,
        question=question,
        service=service,
        incident_window=incident,
        baseline_window=TimeWindow.parse(baseline) if baseline else None,
        drop=frozenset(drop),
        no_model=no_model,
    )


def _tell_interrupted(run_id: str) -> None:
    go_on = f"; go on with: whydown investigate --resume {run_id}" if run_id else " before the run began"
    print(f"whydown: interrupted{go_on}", file=sys.stderr)
