"""Numbers from answers: hits, reciprocal rank, and false recall at a threshold fitted on other incidents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from evals.kb.ask import Answer
from evals.kb.queries import Ask

FOLDS = 5
ALLOWED = 0.10
"""Share of novel incidents for which something may be recalled."""


@dataclass(frozen=True, slots=True)
class Score:
    """One method's numbers.

    Args:
        n: queries with a right answer.
        hit1: share of them with a right answer in first place.
        hit5: in the first five places.
        mrr: mean of one over the place.
        false_recall: share of novel queries for which something is above the fitted threshold.
        answered: share of queries with a right answer whose first place is above the fitted threshold.
        shipped_false_recall: as `false_recall`, at the threshold that users get; None where it does not apply.
        shipped_answered: as `answered`, at that threshold.
        ms: mean time of a search in milliseconds, the query's embedding included.
    """

    n: int
    hit1: float
    hit5: float
    mrr: float
    false_recall: float | None
    answered: float | None
    shipped_false_recall: float | None
    shipped_answered: float | None
    ms: float


def score(asks: list[Ask], answers: list[Answer], *, shipped: bool) -> Score:
    """Return the numbers of one method.

    The threshold is fitted on queries whose every right answer is hidden: where some queries are novel by
    themselves, on all the others, and they are what is judged; else across folds, see `crossed`.

    Args:
        asks: the queries.
        answers: what the method said to each.
        shipped: whether users get this method with the shipped threshold.
    """
    known = [answer for ask, answer in zip(asks, answers, strict=True) if ask.right]
    novel = [answer for ask, answer in zip(asks, answers, strict=True) if not ask.right]
    ranks = np.array([answer.rank or np.inf for answer in known])
    if novel and known:
        threshold = fit_threshold(np.array([answer.hidden_sure for answer in known]))
        false_recall = _share([answer.sure >= threshold for answer in novel])
        answered = _share([answer.sure >= threshold for answer in known])
    else:
        false_recall, answered = crossed(asks, answers)
    wrongly = [answer.shown for answer in novel] or [answer.hidden_shown for answer in known]
    return Score(
        n=len(known),
        hit1=_share(ranks <= 1) or 0.0,
        hit5=_share(ranks <= 5) or 0.0,
        mrr=float(np.mean(1 / ranks)) if len(ranks) else 0.0,
        false_recall=false_recall,
        answered=answered,
        shipped_false_recall=_share(wrongly) if shipped else None,
        shipped_answered=_share([answer.shown for answer in known]) if shipped else None,
        ms=1000 * float(np.mean([answer.seconds for answer in answers])) if answers else 0.0,
    )


def crossed(asks: list[Ask], answers: list[Answer]) -> tuple[float | None, float | None]:
    """Return false recall and answered share, every incident judged by a threshold fitted without it.

    Incidents are dealt into `FOLDS` folds by a digest of their ids, equal reports together. For each fold the
    threshold is the lowest that keeps false recall on the *other* folds at `ALLOWED`, where a novel incident
    is a query whose every right answer is hidden.
    """
    folds = np.array([fold_of(ask) for ask in asks])
    sure = np.array([answer.sure for answer in answers])
    novel = np.array([answer.hidden_sure for answer in answers])
    wrongly, rightly = [], []
    for fold in range(FOLDS):
        train, test = folds != fold, folds == fold
        if not train.any() or not test.any():
            continue
        threshold = fit_threshold(novel[train])
        wrongly += list(novel[test] >= threshold)
        rightly += list(sure[test] >= threshold)
    return _share(wrongly), _share(rightly)


def fit_threshold(novel: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Return the lowest threshold at which at most `ALLOWED` of the novel incidents recall something."""
    ordered = np.sort(novel)[::-1]
    allowed = int(ALLOWED * len(ordered))
    return float(np.nextafter(ordered[allowed], np.inf)) if allowed < len(ordered) else 0.0


def fold_of(ask: Ask) -> int:
    """Return the fold of an incident."""
    key = ",".join(sorted(ask.right)) or ask.text
    return int(hashlib.sha256(key.encode("utf-8", "replace")).hexdigest(), 16) % FOLDS


def _share(flags: object) -> float | None:
    values = np.asarray(flags, dtype=float)
    return float(values.mean()) if values.size else None
