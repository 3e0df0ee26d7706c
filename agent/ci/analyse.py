"""The one function behind every way to start the PR bot: a failed run gives a Report."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.ci.classify import classify
from agent.ci.facts import Facts, look, unreliable_tests
from agent.ci.hypotheses import run_hypotheses
from agent.ci.inputs import FailedRun
from agent.ci.memory import remember
from agent.ci.telemetry import LEAST, investigate_telemetry
from agent.ci.weigh import Reason, change_reasons, history_reasons, junit_reasons, sign_reasons
from agent.schema import FailureClass, Hypothesis, Report, SourceStatus, Verdict, Windows
from tools.clock import now
from tools.config import Settings

if TYPE_CHECKING:
    from agent.model import ChatModel


def analyse(
    run: FailedRun,
    settings: Settings,
    model: ChatModel | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Report:
    """Find out why a run failed.

    With an incident folder the full investigation is made first; its hypotheses and evidence come with
    those of logs, tests and change. Telemetry that cannot be used is named in the report's sources.
    A language model argues about the telemetry where there is some, else about logs, tests and change.

    Args:
        run: the failed run.
        settings: the configuration.
        model: a language model in place of the one that the settings name.
        progress: told of every query of the model.
    """
    report, investigated = _without_model(run, settings)
    if investigated or not (model or settings.model.model):
        return report
    from agent.ci.argument import argue_run

    return argue_run(report, run, settings, model, progress)


def _without_model(run: FailedRun, settings: Settings) -> tuple[Report, bool]:
    """Return the report, and whether telemetry was investigated for it: a model has argued about that then."""
    began = time.perf_counter()
    telemetry, trouble = investigate_telemetry(run, settings)
    facts = look(run, first=len(telemetry.evidence) + 1 if telemetry else 1)
    classification = classify(_reasons(run, facts))
    own = run_hypotheses(run, facts, classification)
    if telemetry and not facts.suspects and any(one.confidence >= LEAST for one in telemetry.hypotheses):
        own = []  # it would only repeat that the run failed, where telemetry says why
    hypotheses = _ranked([*own, *(telemetry.hypotheses if telemetry else ())], settings.ranking.hypotheses)
    told = classification.kind is not FailureClass.NOT_ENOUGH_EVIDENCE
    window = telemetry.windows.incident if telemetry else run.window(now())
    similar, unread = remember(facts, telemetry.similar if telemetry else (), window[1].date(), settings.knowledge)
    report = Report(
        run_id=telemetry.run_id if telemetry else "",
        symptom=f"CI run {run.name} failed".replace("  ", " "),
        verdict=Verdict.ROOT_CAUSE if told else Verdict.INCONCLUSIVE,
        summary=hypotheses[0].cause if hypotheses else "the run failed, and nothing tells why",
        hypotheses=tuple(hypotheses),
        evidence=(*(telemetry.evidence if telemetry else ()), *facts.evidence),
        windows=telemetry.windows if telemetry else Windows(incident=window, baseline=(), chosen_by="run"),
        sources=(*_sources(run, trouble), *unread, *(telemetry.sources if telemetry else ())),
        similar=similar,
        argument=telemetry.argument if telemetry else None,
        classification=classification,
        usage=telemetry.usage if telemetry else Report.model_fields["usage"].default,
    )
    seconds = {**(telemetry.timings if telemetry else {}), "ci": round(time.perf_counter() - began, 3)}
    return report.model_copy(update={"timings": seconds}), telemetry is not None


def _reasons(run: FailedRun, facts: Facts) -> list[Reason]:
    named = {item.subject.name: item.id for item in facts.evidence}
    failed = sum(case.broken for case in run.tests)
    return [
        *sign_reasons(facts.signs),
        *junit_reasons(facts.evidence, failed, len(unreliable_tests(run))),
        *history_reasons(named.get("same-commit", ""), named.get("others-fail", "")),
        *change_reasons(facts.suspects, facts.refs, run.diff),
    ]


def _ranked(hypotheses: list[Hypothesis], most: int) -> list[Hypothesis]:
    ordered = sorted(hypotheses, key=lambda one: -one.confidence)[:most]
    return [one.model_copy(update={"rank": rank}) for rank, one in enumerate(ordered, 1)]


def _sources(run: FailedRun, trouble: str) -> list[SourceStatus]:
    given = {
        "job logs": len(run.jobs),
        "earlier logs": len(run.earlier),
        "test results": len(run.tests),
        "change": len(run.diff),
        "earlier runs": len(run.history),
    }
    found = [
        SourceStatus(signal=name, available=n > 0, notes=(f"{n} read",) if n else ("missing",))
        for name, n in given.items()
    ]
    if run.refused:
        found.append(SourceStatus(signal="artifact", available=False, notes=(run.refused,)))
    if trouble:
        found.append(SourceStatus(signal="telemetry", available=False, notes=(trouble,)))
    return found
