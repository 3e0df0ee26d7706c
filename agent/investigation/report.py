"""Report: put what was found into the one object that every front door renders."""

from __future__ import annotations

from dataclasses import dataclass

from agent.investigation.state import Context, State, evidence_of, hypotheses_of, similar_of, windows_of
from agent.ranking import worth_showing
from agent.schema import HALVES, Argument, Hypothesis, Report, SourceStatus, Usage, Verdict
from tools.config import RankingSettings
from tools.sources import LiveSource

HEALTHY_FROM = 0.5
"""Probability from which "nothing is at fault" is more likely than everything else together."""


@dataclass(frozen=True, slots=True)
class Calm:
    """What speaks for there being no fault; see `State` for the fields."""

    nothing: float
    unaffected: bool = False
    surge: str = ""


def report(state: State, context: Context) -> State:
    """Build the report from the final state."""
    hypotheses = worth_showing(hypotheses_of(state), context.settings.ranking.hypotheses, context.incident.steering)
    standing = [item for item in hypotheses if not item.rejected]
    best = standing[0].confidence if standing else 0.0
    calm = Calm(state.get("nothing", 1.0), state.get("unaffected", False), state.get("surge", ""))
    verdict = judge(best, calm, context.settings.ranking)
    windows = windows_of(state)
    unread = context.watch.stopped or state.get("failures") or context.telemetry.unanswered
    unsure = unread or windows.chosen_by == HALVES or len(standing) < len(hypotheses)
    if verdict is Verdict.HEALTHY and unsure:
        # Healthy is neither what was not looked at, nor what a person ruled out, nor trouble in both windows.
        verdict = Verdict.INCONCLUSIVE
    finished = Report(
        run_id=context.run_id,
        symptom=state.get("symptom", ""),
        verdict=verdict,
        summary=summarise(verdict, standing, calm, halves=windows.chosen_by == HALVES),
        hypotheses=tuple(hypotheses),
        evidence=tuple(evidence_of(state)),
        windows=windows,
        similar=tuple(similar_of(state)),
        sources=tuple(source_status(context, state.get("failures", []))),
        argument=Argument.model_validate_json(state["argument"]) if state.get("argument") else None,
        usage=Usage.model_validate_json(state["usage"]) if state.get("usage") else Usage(),
        timings=state.get("timings", {}),
    )
    return {"report": finished.model_dump_json()}


def summarise(verdict: Verdict, hypotheses: list[Hypothesis], calm: Calm, *, halves: bool = False) -> str:
    """Return the verdict in one sentence.

    Args:
        verdict: what is to be said.
        hypotheses: those that no person ruled out, likeliest first.
        calm: what speaks for there being no fault.
        halves: no time is known to be normal, so the data's halves were compared.
    """
    if halves and verdict is Verdict.INCONCLUSIVE and (calm.nothing >= HEALTHY_FROM or calm.unaffected):
        return "both halves of the data are alike, and no time is known to be normal: give one with --baseline FROM..TO"
    if verdict is Verdict.HEALTHY or (not hypotheses and verdict is not Verdict.INCONCLUSIVE):
        if calm.unaffected and calm.surge:
            return f"{calm.surge}, and they are served as before"
        if calm.unaffected and hypotheses:
            return "requests are served as before, and no component stands out"
        return "nothing deviates more than it does in the baseline itself"
    if not hypotheses:
        return "nothing stood out in what could be read"
    if verdict is Verdict.INCONCLUSIVE:
        return f"no cause stands out; {hypotheses[0].component} leads"
    return hypotheses[0].cause


def judge(best: float, calm: Calm, settings: RankingSettings) -> Verdict:
    """Return the verdict.

    A component is named when something is probably at fault and it is likelier than all else together, or when
    something is surely at fault and it is the likeliest: a responder then looks there first, and reads how likely it
    is. Where none is named and requests fare as before, all is well: what moved, nobody feels.

    Args:
        best: confidence of the first hypothesis, 0 when there is none.
        calm: what speaks for there being no fault.
        settings: what a cause needs to be named.
    """
    something = 1.0 - calm.nothing
    clear = something >= settings.likely and best >= settings.min_confidence
    if clear or (something >= settings.sure and best >= settings.min_lead):
        return Verdict.ROOT_CAUSE
    return Verdict.HEALTHY if calm.nothing >= HEALTHY_FROM or calm.unaffected else Verdict.INCONCLUSIVE


def source_status(context: Context, failures: list[str]) -> list[SourceStatus]:
    """Return what each signal contributed, and what is missing."""
    statuses = []
    for signal, available in context.telemetry.available().items():
        source = getattr(context.telemetry, signal)
        notes = tuple(source.degradations()) if source else ("missing",)
        statuses.append(
            SourceStatus(
                signal=signal,
                available=available,
                name=source.name if source else "",
                notes=(*notes, *(item.reason for item in context.telemetry.unanswered if item.signal == signal)),
                fetched=source.fetched() if isinstance(source, LiveSource) else None,
            )
        )
    return statuses + [SourceStatus(signal="survey", available=False, notes=(text,)) for text in failures]
