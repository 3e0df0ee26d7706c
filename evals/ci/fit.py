"""Fit the models behind `tools.ci.decisive`.

The segment model learns from line scores of models that have not seen the repository, as it will have to
work with such scores. Only numbers leave this module: features, thresholds, values.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from evals.ci.prepare import Prepared
from evals.ci.score import overlap
from evals.ci.trees import fit_odds, fit_value
from tools.ci.decisive import DecisiveModel, score_lines
from tools.ci.forest import Forest
from tools.ci.segments import LineScores, candidates, segment_features
from tools.ci.view import Bools

Progress = Callable[[str], None]
Lines = tuple[Forest, Forest, Forest]


def fit_lines(logs: Sequence[Prepared], seed: int = 0) -> Lines:
    """Fit the three line models: inside, start, end."""
    rows = np.concatenate([log.features[log.chosen] for log in logs])
    discounts = _discounts(logs)
    forests = []
    for target in (_inside, _start, _end):
        hits = [target(log)[log.chosen] for log in logs]
        weights = [_weights(hit, discount) for hit, discount in zip(hits, discounts, strict=True)]
        forests.append(fit_odds(rows, np.concatenate(hits), np.concatenate(weights), seed))
    return forests[0], forests[1], forests[2]


def _inside(log: Prepared) -> Bools:
    return log.marked


def _start(log: Prepared) -> Bools:
    first: Bools = log.marked & (np.cumsum(log.marked) == 1)
    return first


def _end(log: Prepared) -> Bools:
    last: Bools = log.marked & (np.cumsum(log.marked[::-1])[::-1] == 1)
    return last


def _weights(hit: Bools, discount: float) -> NDArray[np.float64]:
    """Every log counts alike, however long: marked lines one part, others two."""
    marked, others = max(int(hit.sum()), 1), max(int((~hit).sum()), 1)
    return discount * np.where(hit, 10.0 / marked, 20.0 / others)


def _discounts(logs: Sequence[Prepared]) -> list[float]:
    """Return the weight of each log: alike failures of one repository are nearly one observation."""
    keys = [(log.log.repo, log.log.last - log.log.first) for log in logs]
    counts = Counter(keys)
    return [1 / math.sqrt(counts[key]) for key in keys]


def fit_segments(logs: Sequence[Prepared], scores: Sequence[LineScores], seed: int = 0) -> Forest:
    """Fit the segment model to the F1 of each candidate against the marked lines."""
    rows, values, weights = [], [], []
    for log, scored, discount in zip(logs, scores, _discounts(logs), strict=True):
        found = candidates(scored, log.view)
        rows.append(segment_features(found, scored, log.view, log.names, log.features))
        ranges = log.view.at[found] + 1
        values.append([overlap([(int(a), int(b))], log.log).f1 for a, b in ranges])
        weights.append(np.full(len(found), discount / len(found)))
    weight = np.concatenate(weights)
    return fit_value(np.concatenate(rows), np.concatenate(values), weight * weight.size / weight.sum(), seed)


def scored_by(lines: Lines, log: Prepared) -> LineScores:
    """Return a log's line scores under line models."""
    return score_lines(log.view, log.features, lines)


def repo_mark(repo: str) -> str:
    """Return a short fingerprint of a repository's name, by which a model knows what it was fitted on."""
    return hashlib.sha256(repo.encode()).hexdigest()[:12]


def assemble(lines: Lines, segment: Forest, logs: Sequence[Prepared], made_by: str) -> DecisiveModel:
    """Put the fitted models together."""
    return DecisiveModel(
        made_by=made_by,
        repositories=tuple(sorted({repo_mark(log.log.repo) for log in logs})),
        logs=len(logs),
        features=tuple(logs[0].names),
        inside=lines[0],
        start=lines[1],
        end=lines[2],
        segment=segment,
    )
