"""What the model is told with a question: the case, what was said before, what is on the screen. All of it fenced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.argument.digest import LEADING, CaseView, digest
from agent.argument.fence import fence
from agent.chat.transcript import Turn
from agent.schema import Hypothesis, Report
from agent.toolbox import Bench
from tools.evidence import Evidence, EvidenceKind
from tools.redact import redact

BEFORE = 6
"""Turns of the conversation that the model is told of."""
ABOUT = 6
"""Findings told because the question names them, or whom they are about."""
TURN = 300
"""Characters of a turn."""
CITATION = re.compile(r"\[([EQ]\d+)\]")
_MENTION = re.compile(r"\b([EQ]\d+)\b", re.IGNORECASE)
_RANK = re.compile(r"\bH(\d+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, what was said before, and what they look at meanwhile."""

    text: str
    before: Sequence[Turn] = ()
    hypothesis: Hypothesis | None = None
    item: Evidence | None = None


def first_message(question: Question, report: Report, looked: Sequence[Evidence], bench: Bench) -> str:
    """Return the message that asks a question.

    Args:
        question: what is asked.
        report: what is known of the incident.
        looked: what earlier questions have found.
        bench: windows, call graph and names.
    """
    evidence = (*report.evidence, *looked)
    about = asked_about(question, report, evidence)
    leading = report.hypotheses[:LEADING]
    told = {ref for item in leading for ref in (*item.supports, *item.contradicts)} | set(about)
    case = CaseView(
        symptom=report.symptom,
        question="",
        scope=bench.scope,
        hypotheses=report.hypotheses,
        evidence=[item for item in evidence if item.id in told or item.kind is EvidenceKind.CHANGE],
        graph=bench.graph,
        services=bench.services(),
        about=about,
    )
    more = [
        ("Ruled out by the engineer", "\n".join(f"{h.component}: {h.rejected}" for h in leading if h.rejected)),
        ("Said before", "\n".join(map(_said, [t for t in question.before if t.who in {"person", "model"}][-BEFORE:]))),
        ("On the screen of the engineer", _on_screen(question)),
        ("Question of the engineer", question.text),
    ]
    sections = [f"{head}:\n{fence(redact(text).text)}" for head, text in more if text]
    return "\n".join([digest(case), *sections])


def asked_about(question: Question, report: Report, evidence: Sequence[Evidence]) -> list[str]:
    """Return ids of findings that a question names, then of those about whom it names, then of what is looked at."""
    named = [ref.upper() for ref in _MENTION.findall(question.text)]
    ranks = {int(rank) for rank in _RANK.findall(question.text)}
    for item in report.hypotheses:
        named += [*item.supports[:3], *item.contradicts[:2]] if item.rank in ranks else []
    words = set(re.findall(r"[\w.-]+", question.text.casefold()))
    loud = sorted(evidence, key=lambda item: -abs(item.effect))
    named += [item.id for item in loud if item.subject.service.casefold() in words]
    named += [question.item.id] if question.item else []
    known = {item.id for item in evidence}
    return list(dict.fromkeys(ref for ref in named if ref in known))[:ABOUT]


def _said(turn: Turn) -> str:
    """Return a turn in one line; ids in it may mean something else by now."""
    who = "engineer" if turn.who == "person" else "answer"
    return f"{who}: {' '.join(CITATION.sub('', turn.text).split())[:TURN]}"


def _on_screen(question: Question) -> str:
    parts = [f"hypothesis {question.hypothesis.rank}, {question.hypothesis.component}"] if question.hypothesis else []
    parts += [f"finding {question.item.id}"] if question.item else []
    return ", ".join(parts)
