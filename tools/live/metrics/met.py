"""Since when the condition of an alert is met: its expression, evaluated backwards from the alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tools.live.http import Ask
from tools.live.metrics import api
from tools.live.metrics.rules import Rule
from tools.window import NS

STEP_SECONDS = 15
LOOKED_BACK_SECONDS = 7200
"""How long before an alert its condition is looked at."""


def condition_ask(rule: Rule, at_ns: int) -> Ask:
    """Return the request for a rule's expression up to a moment; the last step is that moment."""
    end = at_ns / NS
    return api.over(rule.expression, end - LOOKED_BACK_SECONDS, end, STEP_SECONDS)


def met_since(results: Iterable[Mapping[str, Any]], labels: Mapping[str, str], at_ns: int) -> int | None:
    """Return since when a condition was met without a break until a moment, Unix ns; None where it was not met then.

    A restarted server dates its alerts from the restart; the condition itself tells what was before.

    Args:
        results: series of the expression, which have points where it is met.
        labels: of the alert; series with other values of the same labels are another alert's.
        at_ns: the moment, which is the last step that was asked for.
    """
    found = [
        start
        for result in results
        if all(labels.get(name, value) == value for name, value in result["metric"].items())
        if (start := _unbroken([float(moment) for moment, _ in result["values"]], at_ns / NS)) is not None
    ]
    return round(min(found) * NS) if found else None


def _unbroken(moments: list[float], at: float) -> float | None:
    """Return the first of the moments that reach back from the last one without a gap, in Unix seconds."""
    since: float | None = None
    expected = at
    for moment in reversed(moments):
        if expected - moment > STEP_SECONDS / 2:
            break
        since, expected = moment, moment - STEP_SECONDS
    return since
