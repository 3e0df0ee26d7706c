"""Record a run in its journal, and play one again from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agent.investigation.state import Context, report_of
from agent.journal import NAME, JournalFile, Player, Recorder, lines_of, read_journal
from agent.journal.entries import Visited
from agent.runs import RunFolder, find_run
from agent.schema import Incident, Report
from tools.config import Settings, recorded_settings
from tools.errors import RunError
from tools.incident import IncidentFile, IncidentFolder
from tools.redact import redact_model
from tools.sources import Telemetry

TALK = "talk"
"""Stands in a journal where a node's name does: what was asked in conversation, which no replay visits."""

CI_CASE = "run"
"""Name of what the argument about a failed CI run begins with, which visits no node of the graph."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A report that was concluded again, and whether it is the recorded one, byte for byte in its JSON."""

    report: Report
    same: bool
    difference: str = ""
    """The first field that differs."""


def recording(run: RunFolder, context: Context, state: Mapping[str, Any] | None) -> Context:
    """Return a context that writes the run's journal.

    Args:
        run: where the journal is; an earlier one is continued.
        context: what nodes use.
        state: what was known, where an earlier answer is revised.

    Raises:
        RunError: the journal cannot be written.
    """
    path = run.path / NAME
    recorder, visits = _continued(path, context), _visits(path)
    model = context.model
    recorder.begin(context.settings, context.telemetry, model.name if model else "", visits, state)
    return replace(context, journal=recorder, model=recorder.model(model) if model else None)


def recording_talk(run: RunFolder, context: Context) -> Context:
    """Return a context whose model and tools write into the journal of a finished run what a person's question led to.

    Raises:
        RunError: the journal cannot be written.
    """
    path = run.path / NAME
    recorder = _continued(path, context)
    recorder.visit = _visits(path) + 1
    recorder.file.append(Visited(visit=recorder.visit, node=TALK))
    return replace(context, journal=recorder, model=recorder.model(context.model) if context.model else None)


def _continued(path: Path, context: Context) -> Recorder:
    recorder = Recorder(JournalFile(path))
    if context.budget is not None:
        recorder.price = context.budget.price
    return recorder


def _visits(path: Path) -> int:
    return max((entry.visit for entry in lines_of(path, Visited)), default=0)


def replay(run_id: str, runs: Path) -> Replayed:
    """Conclude a recorded run again: what was read, recalled, asked and answered comes from its journal.

    Telemetry, knowledge base, model and network are not needed. Times are those of the recording.

    Raises:
        RunError: there is no such run, it has not ended, or this version asks something that was not recorded.
        ConfigError: this version knows other settings.
    """
    run = find_run(runs, run_id)
    player = Player(run.id, read_journal(run.path / NAME))
    settings = recorded_settings({**player.begun.settings, "repository": None})
    if CI_CASE in player.state:
        from agent.ci.argument.argue import replay_case

        report = replay_case(player, settings)
    else:
        report = _concluded(player, run.incident(), settings)
    report = redact_model(report.model_copy(update={"timings": player.ended.timings}))
    before = run.report()
    same = report.model_dump_json(indent=1) == before.model_dump_json(indent=1)
    return Replayed(report, same, "" if same else _difference(before, report))


def refuse_difference(replayed: Replayed) -> None:
    """Tell that a replay did not give the recorded report.

    Raises:
        RunError: it did not.
    """
    if not replayed.same:
        raise RunError(
            f"the replay of run {replayed.report.run_id} differs from its report in {replayed.difference!r}",
            "another version concludes otherwise; the recorded one: whydown report",
        )


def _concluded(player: Player, incident: Incident, settings: Settings) -> Report:
    from agent.investigation.graph import build_graph

    context = Context(incident, _folder(incident.folder), Telemetry(), settings, player.run_id, journal=player)
    if player.begun.model:
        from agent.journal import ReplayModel
        from agent.model import Budget, Limits

        chosen = settings.model
        budget = Budget(Limits.of(chosen), chosen.prompt_price, chosen.completion_price)
        context = replace(context, model=ReplayModel(player), budget=budget)
    return report_of(build_graph(None).invoke({"timings": {}, **player.state}, context=context))


def _folder(path: Path) -> IncidentFolder:
    """Return the incident folder by name: nothing in it is read."""
    nothing: dict[str, list[Path]] = {}
    return IncidentFolder(path, IncidentFile(), nothing, nothing, None, None, None)


def _difference(before: Report, after: Report) -> str:
    for name in type(before).model_fields:
        if getattr(before, name) != getattr(after, name):
            return name
    raise RunError("the reports are equal and yet are written differently", "")
