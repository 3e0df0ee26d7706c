"""Put a failed run to the language model, check what it says, and let the report say what holds.

The report without a model is made first and stays as it is where the model fails, lies or says nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

from agent.argument import Draft, hold_argument
from agent.argument.conversation import Conversation
from agent.argument.prose import shown_prose
from agent.ci.argument.answer import RUN, attributed, component_of
from agent.ci.argument.case import RunCase, case_of
from agent.ci.argument.weigh import Weighed, weigh_causes
from agent.ci.inputs import FailedRun
from agent.claims import Known, check_claims
from agent.investigation.argue import RESULTS, as_written
from agent.investigation.record import CI_CASE as CASE
from agent.journal import NAME, JournalFile, Player, Recorder, ReplayModel
from agent.model import Budget, ChatModel, Limits, model_from
from agent.runs import RunFolder, create_run
from agent.schema import Argument, FailureClass, Incident, Report, SourceStatus, Usage
from agent.toolbox import RunBench, Toolbox
from tools.config import ModelSettings, Settings
from tools.errors import WhydownError
from tools.evidence import Evidence, EvidenceKind
from tools.repository import Repository, open_repository
from tools.sources import Telemetry

Progress = Callable[[str], None]
"""Told of every query of the model."""
NODE = "argue"
"""Name of the step in the journal."""


class Told(TypedDict):
    """What a conversation gave, as JSON texts: evidence of its queries, and the draft."""

    evidence: list[str]
    draft: str


def argue_run(
    report: Report,
    run: FailedRun,
    settings: Settings,
    model: ChatModel | None = None,
    progress: Progress = lambda step: None,
) -> Report:
    """Return the report after what a language model adds to it; as it is where none is set up or nothing was found.

    Args:
        report: what was found without a model.
        run: the failed run.
        settings: the configuration.
        model: a language model in place of the one that the settings name.
        progress: told of every query.
    """
    if not report.evidence or not (model or settings.model.model):
        return report
    try:
        chosen = model or model_from(settings.model)
        return _recorded(report, run, settings, chosen, progress) if chosen else report
    except WhydownError as error:  # neither a missing key nor a full disk may silence what the logs say
        return report.model_copy(update={"sources": (*report.sources, _unread("model", str(error)))})


def _recorded(report: Report, run: FailedRun, settings: Settings, model: ChatModel, progress: Progress) -> Report:
    folder = create_run(settings.runs, Incident(folder=Path(run.name or "ci"), symptom=report.symptom))
    bench, unread = _bench(run, settings, folder)
    report = report.model_copy(update={"run_id": folder.id, "sources": (*report.sources, *unread)})
    box = Toolbox(bench, len(report.evidence) + 1)
    case = case_of(report, run, box)
    journal = Recorder(JournalFile(folder.path / NAME))
    journal.begin(settings, Telemetry(), model.name, 0, {CASE: case.model_dump_json()})
    argued = argue_case(case, settings.model, journal, model, box, progress)
    folder.save_report(argued)
    journal.end(argued)
    return argued


def _bench(run: FailedRun, settings: Settings, folder: RunFolder) -> tuple[RunBench, list[SourceStatus]]:
    repository: Repository | None = None
    unread = []
    if settings.repository is not None:
        try:
            repository = open_repository(settings.repository)
        except WhydownError as error:
            unread.append(_unread("repository", str(error)))
    bench = RunBench(run.jobs, run.tests, run.diff, repository, run.sha or "HEAD", folder.path / RESULTS)
    return bench, unread


def _unread(signal: str, why: str) -> SourceStatus:
    return SourceStatus(signal=signal, available=False, notes=(why,))


def argue_case(
    case: RunCase,
    settings: ModelSettings,
    journal: Recorder | Player,
    model: ChatModel,
    box: Toolbox,
    progress: Progress = lambda step: None,
) -> Report:
    """Hold the conversation about a case and return its report; a journal that plays gives the recorded one again."""
    budget = Budget(Limits.of(settings), settings.prompt_price, settings.completion_price)
    if isinstance(journal, Recorder):
        journal.price = budget.price
    began = time.perf_counter()

    def hold() -> Told:
        talk = Conversation(journal.model(model), budget, settings)
        draft, found = hold_argument(talk, journal.box(box), case.first_message, progress=progress, task=RUN)
        return {"evidence": [item.model_dump_json() for item in found], "draft": draft.model_dump_json()}

    told = journal.node(NODE, {}, hold)
    draft = Draft.model_validate_json(told["draft"])
    found = [Evidence.model_validate_json(text) for text in told["evidence"]]
    spent = Usage(
        model=draft.model,
        prompt_tokens=budget.usage.prompt_tokens,
        completion_tokens=budget.usage.completion_tokens,
        calls=budget.calls,
        cost=budget.money,
    )
    timings = {**case.report.timings, NODE: round(time.perf_counter() - began, 3)}
    return judged(case, draft, found).model_copy(update={"usage": spent, "timings": timings})


def replay_case(player: Player, settings: Settings) -> Report:
    """Conclude a recorded case again from its journal alone."""
    case = RunCase.model_validate_json(str(player.state[CASE]))
    return argue_case(case, settings.model, player, ReplayModel(player), Toolbox(RunBench(), 1))


def judged(case: RunCase, draft: Draft, found: Sequence[Evidence]) -> Report:
    """Check what the model said, and return the report with what of it holds and what that moves."""
    report = case.report
    evidence = (*report.evidence, *found)
    known = {item.id: item for item in evidence}
    # How earlier runs ended is told in our own words: nobody wrote those.
    components = {component_of(item) for item in evidence if item.kind is not EvidenceKind.CI_HISTORY}
    answer = attributed(as_written(draft.answer), known)
    checked = check_claims(answer.claims, Known(evidence=known, services=components))
    kind = report.classification.kind if report.classification else FailureClass.NOT_ENOUGH_EVIDENCE
    hypotheses, suggested = weigh_causes(answer, checked, Weighed(known, report.hypotheses, kind, case.for_new))
    prose, withheld = shown_prose(answer.explanation, evidence)
    argument = Argument(
        model=draft.model,
        prompts=draft.prompts,
        asked=draft.asked,
        claims=tuple(checked),
        suggested=tuple(suggested),
        prose=prose,
        withheld=withheld,
        ended=draft.ended,
    )
    return report.model_copy(
        update={
            "evidence": evidence,
            "hypotheses": tuple(hypotheses),
            "summary": hypotheses[0].cause if hypotheses else report.summary,
            "argument": argument,
        }
    )
