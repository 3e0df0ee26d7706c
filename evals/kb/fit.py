"""Fit the numbers of `knowledge.retrieval.strength` from answered queries.

Positive: the first place of the fused search is right. Negative: it is wrong, or everything right was
hidden, or the query is novel by itself. Every measure counts alike, however many queries it has, since wording
overlaps much in one and little in another, and a threshold fitted on one alone fails on the others. The
threshold then is the lowest at which, over the measures alike, at most `ALLOWED` of the hidden ones recall something.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np

from evals.kb.evaluate import Measure
from evals.kb.score import ALLOWED


@dataclass(frozen=True, slots=True)
class Fitted:
    """Numbers to put into `knowledge.retrieval.strength`."""

    bias: float
    weights: tuple[float, ...]
    min_strength: float


def fit(measures: list[Measure]) -> Fitted:
    """Return the logistic regression and threshold of all measures together."""
    from sklearn.linear_model import LogisticRegression

    rows, labels, shares, hidden, hidden_shares = [], [], [], [], []
    for measure in measures:
        answers = measure.answers["fused"]
        known = [answer for ask, answer in zip(measure.asks, answers, strict=True) if ask.right]
        pairs = [(answer.best, answer.rank == 1) for answer in answers]
        pairs += [(answer.hidden, False) for answer in known]
        rows += [astuple(found) for found, _ in pairs]
        labels += [label for _, label in pairs]
        shares += [1000 / len(pairs)] * len(pairs)
        hidden += [astuple(answer.hidden) for answer in known]
        hidden_shares += [1 / len(known) / len(measures)] * len(known)
    model = LogisticRegression(C=10.0, max_iter=1000).fit(np.array(rows), np.array(labels), sample_weight=shares)
    likely = model.predict_proba(np.array(hidden))[:, 1]
    order = np.argsort(-likely)
    first_over = int(np.searchsorted(np.cumsum(np.array(hidden_shares)[order]), ALLOWED, side="right"))
    threshold = likely[order][min(first_over, len(order) - 1)]
    weights = tuple(float(value) for value in model.coef_[0])
    return Fitted(float(model.intercept_[0]), weights, float(np.nextafter(threshold, 1)))
