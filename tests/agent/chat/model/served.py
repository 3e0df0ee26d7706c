"""An investigated incident, and what a model on a real server says about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent.chat import Session, Turn
from agent.investigation import Watch
from agent.model.endpoint.abilities import Memory
from tests.agent.incidents import slow_pay
from tests.agent.model.endpoint.scripted import Reply, scripted
from tools.config import ModelSettings, Settings
from tools.evidence import Evidence, EvidenceKind, facts_of


def investigated(root: Path) -> tuple[Settings, str]:
    """Return settings without a model and the id of a finished run."""
    settings = Settings(runs=root / "runs")
    return settings, Session.open(str(slow_pay(root / "shop")), settings).investigate(Watch()).run_id


@contextmanager
def served(settings: Settings, *replies: Reply, **model: Any) -> Iterator[tuple[Settings, list[dict[str, Any]]]]:
    """Serve a model that gives one reply after the other; yields settings that name it, and what it is asked."""
    with scripted(*replies) as (url, asked):
        chosen = ModelSettings(
            **{"url": url, "model": "scripted", "abilities": settings.runs / "abilities.json", "retries": 0, **model}
        )
        Memory(chosen.abilities, url, chosen.model).learn(tools=True, json_schema=True)
        yield settings.model_copy(update={"model": chosen}), asked


def slow_finding(session: Session) -> Evidence:
    """Return the finding that says that pay is slow."""
    items = session.answered().evidence
    return next(e for e in items if e.kind is EvidenceKind.LATENCY_SELF and e.subject.service == "pay")


def true_claim(item: Evidence) -> dict[str, Any]:
    """Return a claim that the first fact of a finding bears out."""
    fact = facts_of(item)[0]
    return {
        "service": fact.subject.service,
        "operation": fact.subject.operation,
        "predicate": fact.quantity.value,
        "direction": "rose",
        "before": {"number": fact.baseline, "unit": fact.unit},
        "after": {"number": fact.incident, "unit": fact.unit},
        "evidence": [item.id],
    }


def false_claim(item: Evidence) -> dict[str, Any]:
    """Return a claim with a number that the finding does not hold."""
    return {**true_claim(item), "after": {"number": 987654, "unit": "ms"}}


def reply(claims: Sequence[dict[str, Any]], explanation: str = "") -> str:
    """Return the JSON of an answer."""
    return json.dumps({"claims": list(claims), "explanation": explanation})


def ask(session: Session, text: str, *, stopped: Any = lambda: False) -> tuple[Turn, Turn | None, list[Turn]]:
    """Ask as a front door does; returns the answer, a notice, and the answer as it grew."""
    grown: list[Turn] = []
    session.say(Turn(who="person", text=text))
    turn, notice = session.ask_model(text, grown.append, stopped)
    return turn, notice, grown
