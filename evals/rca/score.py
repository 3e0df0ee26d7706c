"""Put answers beside the truth and measure them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from evals.measures.bootstrap import mean_interval
from evals.measures.ranking import avg_k, mrr, top_k
from evals.rca.methods import judges
from evals.rca.rows import Answer, Row
from evals.rca.truth import Truth

Numbers = dict[str, float | int | None]
MISSING = "the ground truth knows this case and the data does not"
NO_TRUTH = "no ground truth for this case; not scored"


def score_answers(answers: Sequence[Answer], truths: Mapping[str, Mapping[str, Truth]], *, absent: bool) -> list[Row]:
    """Return rows for all answers, and for cases that have a truth and no answer.

    A fault case without ground truth gets a row with an error and no truth: it is named, not scored.

    Args:
        answers: what the methods said.
        truths: by set and case.
        absent: whether a truth without a case is a miss; False when only some cases were asked for.
    """
    rows = [score(answer, truths.get(answer.set, {}).get(answer.id)) for answer in answers]
    answered = {row.key for row in rows}
    for method in dict.fromkeys(a.method for a in answers):
        for name, known in truths.items():
            for case in known:
                if absent and (method, name, case) not in answered:
                    gone = Answer(method=method, set=name, id=case, system="", error=MISSING)
                    rows.append(score(gone, known[case]))
    return rows


def score(answer: Answer, truth: Truth | None) -> Row:
    """Put one answer beside the truth; a case in which nothing was wrong counts as a healthy window."""
    said = answer.model_dump()
    if truth is None:
        lacks = answer.window == "fault" and not answer.error
        return Row(**{**said, "error": NO_TRUTH if lacks else answer.error})
    if not truth.component:
        return Row(**{**said, "window": "healthy"})
    cause = truth.about(answer.first)
    place = truth.rank(answer.ranked)
    return Row(
        **said,
        truth=cause.component,
        truth_kind=cause.kind.value if cause.kind else cause.fault_type,
        truth_family=cause.family,
        listed=place,
        rank=place if answer.accuses else None,
    )


def measure(rows: Sequence[Row]) -> Numbers:
    """Return the measures of fault cases; None where no row tells. Intervals end in `_low` and `_high`."""
    ranks = [row.rank for row in rows]
    judged = [row for row in rows if judges(row.method)]
    named = [row for row in judged if row.truth_family]
    families = [row.accuses and row.family == row.truth_family for row in named]
    return {
        "n": len(rows),
        "top1": top_k(ranks, 1),
        "top3": top_k(ranks, 3),
        "top5": top_k(ranks, 5),
        "mrr": mrr(ranks),
        "avg5": avg_k(ranks),
        "family": _mean(families),
        "kind": _mean([row.accuses and row.kind == row.truth_kind for row in named]),
        "inconclusive": _mean([row.verdict == "inconclusive" for row in judged]),
        "healthy": _mean([row.verdict == "healthy" for row in judged]),
        "errors": sum(bool(row.error) for row in rows),
        **_interval("top1", [rank == 1 for rank in ranks]),
        **_interval("top3", [rank is not None and rank <= 3 for rank in ranks]),
        **_interval("mrr", [1 / rank if rank else 0.0 for rank in ranks]),
        **_interval("family", families),
        **_cost(rows),
    }


def measure_healthy(rows: Sequence[Row]) -> Numbers:
    """Return how healthy windows were judged: shares of healthy, inconclusive, false alarms and errors."""
    return {
        "n": len(rows),
        "healthy": _mean([row.verdict == "healthy" for row in rows]),
        "inconclusive": _mean([row.verdict == "inconclusive" for row in rows]),
        "false_alarm": _mean([row.accuses for row in rows]),
        "errors": sum(bool(row.error) for row in rows),
    }


def chance(rows: Sequence[Row]) -> Numbers:
    """Return what a random order of all candidates would get on average over the same cases."""
    counts = [row.candidates for row in rows if row.candidates]
    shares = {f"top{k}": _mean([min(k / n, 1.0) for n in counts]) for k in (1, 3, 5)}
    harmonic = [sum(1 / rank for rank in range(1, n + 1)) / n for n in counts]
    average = [fmean(min(k / n, 1.0) for k in range(1, 6)) for n in counts]
    return {"n": len(counts), **shares, "mrr": _mean(harmonic), "avg5": _mean(average)}


def group_by(rows: Sequence[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Return rows by a key, in order of appearance."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(groups)


def _cost(rows: Sequence[Row]) -> Numbers:
    cpu = [row.cpu_s for row in rows if row.cpu_s is not None]
    return {
        "seconds": _mean([row.seconds for row in rows if row.seconds is not None]),
        "cpu_s": _mean(cpu),
        "cpu_s_max": max(cpu, default=None),
        "peak_mb": max((row.peak_mb for row in rows if row.peak_mb is not None), default=None),
    }


def _interval(name: str, values: Sequence[float]) -> Numbers:
    low, high = mean_interval(values) or (None, None)
    return {f"{name}_low": low, f"{name}_high": high}


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
