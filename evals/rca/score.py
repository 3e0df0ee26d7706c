"""Scores: answers beside the truth, and their measures per method, system and fault family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import fmean

from evals.measures.ranking import avg_k, mrr, top_k
from evals.rca.rows import Answer, Row
from evals.rca.truth import Truth

ACCUSES = ("", "root_cause")
"""Verdicts that name a cause; any other on a fault case is a miss whatever the list says."""


def score(answer: Answer, truth: Truth) -> Row:
    """Put an answer beside the truth."""
    named = answer.verdict in ACCUSES and truth.component in answer.ranked
    return Row(
        **answer.model_dump(),
        truth=truth.component,
        truth_kind=truth.kind.value if truth.kind else truth.fault_type,
        truth_family=truth.family,
        rank=answer.ranked.index(truth.component) + 1 if named else None,
    )


def measure(rows: Sequence[Row]) -> dict[str, float | int | None]:
    """Return the measures of some rows; None where no row tells."""
    ranks = [row.rank for row in rows]
    return {
        "n": len(rows),
        "top1": top_k(ranks, 1),
        "top3": top_k(ranks, 3),
        "top5": top_k(ranks, 5),
        "mrr": mrr(ranks),
        "avg5": avg_k(ranks),
        "family": _mean([_right(r, r.fault_family, r.truth_family) for r in rows if r.truth_family]),
        "kind": _mean([_right(r, r.fault_kind, r.truth_kind) for r in rows if r.truth_family]),
        "inconclusive": _mean([row.verdict not in ACCUSES for row in rows]),
        "errors": sum(bool(row.error) for row in rows),
        "seconds": _mean([row.seconds for row in rows if row.seconds is not None]),
        "cpu_s": _mean([row.cpu_s for row in rows if row.cpu_s is not None]),
        "peak_mb": max((row.peak_mb for row in rows if row.peak_mb is not None), default=None),
    }


def _right(row: Row, said: str, truth: str) -> bool:
    return row.verdict in ACCUSES and said == truth


def _mean(values: Sequence[float | bool]) -> float | None:
    return fmean(values) if values else None


def group_by(rows: Sequence[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Return rows by a key, keys sorted."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(sorted(groups.items()))
