"""Numbers of both windows as facts, and facts as lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

from agent.claims.words import fact_words
from agent.toolbox.tool import Line
from tools.evidence import Fact, Quantity, Sample, Subject
from tools.sources.rows import Two


def fact(quantity: Quantity, subject: Subject, values: Two[float], unit: str, statistic: str = "") -> Fact:
    """Return a fact; what is not finite becomes None."""
    return Fact(
        quantity=quantity,
        subject=subject,
        statistic=statistic,
        baseline=values.baseline if math.isfinite(values.baseline) else None,
        incident=values.incident if math.isfinite(values.incident) else None,
        unit=unit,
    )


def facts_line(facts: Sequence[Fact], samples: tuple[Sample, ...] = ()) -> Line:
    """Return a line that states facts; what is nothing in both windows is not spelt out where there is more to say."""
    told = [item for item in facts if item.baseline is not None or item.incident is not None]
    worth = [item for item in told if item.baseline or item.incident] or told
    return Line(text="; ".join(fact_words(item) for item in worth), facts=tuple(told), samples=samples)


def share(part: Two[int], whole: Two[int]) -> Two[float]:
    """Return percentages; NaN where there is nothing to take a share of."""
    return Two(_percent(part.baseline, whole.baseline), _percent(part.incident, whole.incident))


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else float("nan")
