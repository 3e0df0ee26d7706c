"""Recall: past incidents like this one, after first evidence exists so that memory cannot anchor the search.

A past incident is a prior and a suggestion, never evidence. What it may do is stated here and bounded:

- `recall` finds at most `SHOWN` confirmed postmortems above the threshold.
- `weigh` adds at most `MOST` to the confidence of a hypothesis about a component and a fault family that a
  recalled postmortem names, both; no evidence is added, and where several postmortems agree the strongest
  counts alone. The order stays that of the evidence: on 46 recorded incidents memory that could change it
  never helped, and misleading neighbours cost one first place. Together confidences stay at one at most.

Without a knowledge folder neither does anything, and Chroma is not imported.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from agent.investigation.state import Context, State, dump, evidence_of, hypotheses_of, scope_of, similar_of
from agent.schema import Hypothesis, Similar
from tools.errors import KnowledgeError
from tools.evidence import Evidence
from tools.faults import FaultKind
from tools.window import to_datetime

if TYPE_CHECKING:
    from knowledge.retrieval import Match, Searcher

SHOWN = 3
MOST = 0.05
"""Confidence that a proven postmortem (strength 1, often useful) may add."""
_FINDINGS = 6
"""Strongest findings that are searched with: more would drown the symptom."""


def recall(state: State, context: Context) -> State:
    """Look for confirmed postmortems like this incident."""
    settings = context.settings.knowledge
    if settings.folder is None or context.watch.stopped:
        return {}
    from knowledge.base import open_knowledge

    day = to_datetime(scope_of(state).incident.start_ns).date()
    try:
        with open_knowledge(settings) as base:
            similar = recalled(base.searcher, state.get("symptom", ""), evidence_of(state), day)
    except KnowledgeError as error:
        return {"failures": [*state.get("failures", []), f"recall: {error}"]}
    return {"similar": [item.model_dump_json() for item in similar]}


def recalled(
    searcher: Searcher,
    symptom: str,
    evidence: list[Evidence],
    day: dt.date,
    without: frozenset[str] = frozenset(),
) -> list[Similar]:
    """Return confirmed postmortems above the threshold, most alike first.

    What was seen and what was found are searched with apart: a person's words are like the symptoms that
    people wrote down, findings are like those of postmortems drafted from earlier runs; together each would
    drown the other.

    Args:
        searcher: an open knowledge base.
        symptom: what was seen.
        evidence: what was found.
        day: UTC day of the incident.
        without: ids to leave out.
    """
    from knowledge.retrieval import Query

    strongest = sorted(evidence, key=lambda item: -abs(item.effect))[:_FINDINGS]
    best: dict[str, Match] = {}
    for text in (symptom, ". ".join(item.statement for item in strongest)):
        query = Query(
            text=text,
            services=frozenset(item.subject.service for item in strongest if item.subject.service),
            dependencies=frozenset(item.subject.peer for item in strongest if item.subject.peer),
            today=day,
            confirmed_only=True,
            without=without,
        )
        for match in searcher.search(query, SHOWN).matches if text.strip() else ():
            known = best.get(match.postmortem.id)
            if known is None or match.strength > known.strength:
                best[match.postmortem.id] = match
    ordered = sorted(best.values(), key=lambda match: (-match.strength, match.postmortem.id))
    return [as_similar(match) for match in ordered[:SHOWN]]


def as_similar(match: Match) -> Similar:
    """Return a match as the report shows it."""
    return Similar(
        id=match.postmortem.id,
        title=match.postmortem.title,
        status=match.postmortem.status.value,
        useful=match.postmortem.usefulness,
        strength=match.strength,
        services=match.postmortem.services,
        fault_kind=match.postmortem.fault_kind,
        resolution=match.postmortem.resolution,
        reasons=match.reasons,
    )


def weigh(state: State, context: Context) -> State:
    """Let what was recalled move the confidence of the ranked hypotheses by a little.

    Where evidence says that probably nothing is at fault, memory does not speak.
    """
    similar, hypotheses = similar_of(state), hypotheses_of(state)
    if not similar or not hypotheses or state.get("nothing", 0.0) > hypotheses[0].confidence:
        return {}
    weighed, told = weigh_hypotheses(hypotheses, similar)
    return {"hypotheses": dump(weighed), "similar": [item.model_dump_json() for item in told]}


def weigh_hypotheses(hypotheses: list[Hypothesis], similar: list[Similar]) -> tuple[list[Hypothesis], list[Similar]]:
    """Return hypotheses, best first as they came, with new confidences, and what each memory has moved."""
    moved: dict[str, dict[str, float]] = {item.id: {} for item in similar}
    raised: list[Hypothesis] = []
    above = 1.0
    for hypothesis in hypotheses:
        best = max(similar, key=lambda item: prior(item, hypothesis))
        above = min(above, hypothesis.confidence + prior(best, hypothesis))
        if above > hypothesis.confidence:
            moved[best.id][hypothesis.component] = above - hypothesis.confidence
        raised.append(hypothesis.model_copy(update={"confidence": above}))
    before = sum(hypothesis.confidence for hypothesis in hypotheses)
    scale = min(1.0, max(1.0, before) / max(1.0, sum(item.confidence for item in raised)))
    weighed = [item.model_copy(update={"confidence": item.confidence * scale}) for item in raised]
    return weighed, [item.model_copy(update={"moved": moved[item.id]}) for item in similar]


def prior(similar: Similar, hypothesis: Hypothesis) -> float:
    """Return what a memory adds to a hypothesis: 0 to `MOST`.

    Half of it is earned by being alike, the other half by having been useful: trust is (1 + u) / (2 + u)
    for u confirmed uses, so one half for a postmortem that nobody has yet relied on.
    """
    named = hypothesis.component in similar.services and not hypothesis.rejected
    if not named or not _same_family(similar.fault_kind, hypothesis.fault_kind):
        return 0.0
    return MOST * similar.strength * (1 + similar.useful) / (2 + similar.useful)


def _same_family(first: FaultKind, second: FaultKind) -> bool:
    return first.family is not None and first.family is second.family
