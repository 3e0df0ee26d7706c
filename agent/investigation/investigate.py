"""The one entry point of every front door: `investigate(incident, …)` gives a `Report`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.investigation.place import open_place, with_windows
from agent.investigation.record import recording
from agent.investigation.state import Context, Progress, State, report_of
from agent.investigation.watch import Watch
from agent.journal import Recorder
from agent.runs import RunFolder, create_run, find_run
from agent.schema import Incident, Report, Steering
from tools.config import Settings
from tools.errors import RunError

if TYPE_CHECKING:
    from agent.model import ChatModel


def investigate(
    incident: Incident,
    settings: Settings,
    progress: Progress | None = None,
    watch: Watch | None = None,
    model: ChatModel | None = None,
) -> Report:
    """Investigate an incident from the beginning.

    Args:
        incident: what was seen and where the telemetry is.
        settings: configuration.
        progress: told of every finished step.
        watch: told of what is known so far, and able to stop it.
        model: a language model in place of the one that the settings name.

    Raises:
        WhydownError: the input cannot be used; see `tools.errors`.
    """
    incident = with_windows(incident)
    context = open_context(incident, settings, "", progress, watch, model)
    run = create_run(settings.runs, incident)
    return _run(run, {"timings": {}}, replace(context, run_id=run.id))


def resume(run_id: str, settings: Settings, progress: Progress | None = None, watch: Watch | None = None) -> Report:
    """Go on with a run that was interrupted; a finished one gives its report again.

    Raises:
        RunError: there is no such run.
        WhydownError: as for `investigate`.
    """
    run = find_run(settings.runs, run_id)
    return _run(run, None, open_context(run.incident(), settings, run.id, progress, watch))


def revise(
    run_id: str,
    steering: Steering,
    settings: Settings,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> Report:
    """Weigh a run again with what a person has said since; what was surveyed stays.

    Raises:
        RunError: there is no such run, or it has not got as far as a survey.
        WhydownError: as for `investigate`.
    """
    run = find_run(settings.runs, run_id)
    incident = run.incident().model_copy(update={"steering": steering})
    run.save_incident(incident)
    return _run(run, None, open_context(incident, settings, run.id, progress, watch), again=True)


def open_context(
    incident: Incident,
    settings: Settings,
    run_id: str,
    progress: Progress | None,
    watch: Watch | None = None,
    model: ChatModel | None = None,
) -> Context:
    """Open the telemetry that an incident names.

    Raises:
        FolderError: there is nothing to read.
        FormatError: a file cannot be read.
        SourceError: no live backend answers.
    """
    folder, telemetry = open_place(incident, settings)
    context = Context(incident, folder, telemetry, settings, run_id, watch=watch or Watch())
    context = replace(context, progress=progress) if progress else context
    return context if incident.no_model else with_model(context, model)


def with_model(context: Context, model: ChatModel | None) -> Context:
    """Return the context with a language model and a fresh budget; as it is when none is given or set up."""
    settings = context.settings.model
    if model is None and not settings.model:
        return context
    from agent.model import Budget, Limits, model_from

    budget = Budget(Limits.of(settings), settings.prompt_price, settings.completion_price)
    return replace(context, model=model or model_from(settings), budget=budget)


def _run(run: RunFolder, start: State | None, context: Context, *, again: bool = False) -> Report:
    from langgraph.checkpoint.sqlite import SqliteSaver

    from agent.investigation.graph import BEFORE_HEARING, build_graph

    database = sqlite3.connect(run.checkpoint, check_same_thread=False)
    with closing(context.telemetry), closing(database) as connection:
        graph = build_graph(SqliteSaver(connection))
        config = {"configurable": {"thread_id": run.id}}
        if again:
            if not graph.get_state(config).values.get("scope"):
                raise RunError(f"run {run.id} has not been surveyed yet", "let it finish first")
            graph.update_state(config, {}, as_node=BEFORE_HEARING)
        before = graph.get_state(config)
        begun = start is None and before.created_at is None
        if start is not None or begun or before.next:  # a finished run gives its report again, nothing is done
            context = recording(run, context, before.values if again else None)
        final = graph.invoke({"timings": {}} if begun else start, config, context=context, durability="sync")
    report = report_of(final)
    run.save_report(report)
    if isinstance(context.journal, Recorder):
        context.journal.end(report)
    return report
