"""What is asked and what comes back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from knowledge.postmortem import Postmortem
from knowledge.retrieval.strength import Signs
from tools.faults import FaultKind


@dataclass(frozen=True, slots=True)
class Query:
    """An incident as far as it is known; only the text is needed.

    Args:
        text: symptoms in plain words.
        services: services near the incident, from its topology and evidence.
        dependencies: stores, queues and foreign services near it.
        fault_kinds: what the evidence suggests, likeliest first.
        today: UTC day from which a postmortem's age is counted; None leaves freshness aside.
        confirmed_only: leave drafts out.
        without: ids to leave out, such as the incident's own.
    """

    text: str
    services: frozenset[str] = frozenset()
    dependencies: frozenset[str] = frozenset()
    fault_kinds: tuple[FaultKind, ...] = ()
    today: dt.date | None = None
    confirmed_only: bool = False
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """A postmortem, how well it fits, and why.

    Args:
        postmortem: what was found.
        score: fused and boosted; only its order means anything.
        strength: estimated probability, 0 to 1, that this is about the same kind of incident.
        signs: what the strength was estimated from.
        section: section of the chunk that matched best.
        words: query words found in the best chunk, rarest first.
        reasons: what matched, each a short clause for people.
    """

    postmortem: Postmortem
    score: float
    strength: float
    signs: Signs = field(default_factory=Signs)
    section: str = ""
    words: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Matches, best first, parted at the threshold below which the answer is "nothing similar"."""

    matches: tuple[Match, ...] = ()
    weaker: tuple[Match, ...] = field(default=())
