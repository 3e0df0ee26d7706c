"""Fit the weights of `agent.ranking.model` by penalised maximum likelihood.

Components: a conditional logit with "none" as one more candidate. Families: a multinomial logit on the
features of the true component. Both are pulled by a ridge towards a weak prior: evidence counts a
little, and what stands below or beside the path counts against. What no example shows keeps the prior.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from agent.ranking.features import NAMES
from agent.ranking.model import Weights
from evals.rca.features import Example
from tools.faults import FaultFamily

Vector = NDArray[np.float64]
AGAINST = frozenset({"downstream", "off_path"})
"""Features that speak against a component: their weights are never positive, all others' never negative."""
TIED = ("own_time", "wire_in")
"""One weight for both: time lost in a component and time lost on the way to it weigh the same, whichever
kind of fault happens to be frequent in the examples."""
PRIOR = 0.5
"""Weight of a feature that no example shows: a sure finding (about 5) then counts for a factor of 12."""
RIDGE = 1.0
"""Penalty on the squared distance from the prior, in units of log-likelihood."""
FAMILY_RIDGE = 0.3


def fit_weights(examples: Sequence[Example], made_by: str) -> Weights:
    """Fit both models.

    Args:
        examples: features and right answers.
        made_by: how the examples were made, noted in the result.
    """
    components = fit_components(examples)
    return Weights(
        made_by=made_by,
        names=NAMES,
        features=tuple(round(float(w), 4) for w in components[:-2]),
        felt=round(float(components[-2]), 4),
        none=round(float(components[-1]), 4),
        families=fit_families(examples),
    )


def fit_components(examples: Sequence[Example]) -> Vector:
    """Return the weights of the features, then of what is felt, which speaks against "none", then that of "none".

    A case whose cause no evidence mentions teaches nothing and is left out.
    """
    data = [_design(e) for e in examples if e.features and (not e.truth or set(e.truth) & set(e.features))]
    prior = np.array([*(-PRIOR if name in AGAINST else PRIOR for name in NAMES), 0.0])
    bounds = [*((None, 0.0) if name in AGAINST else (0.0, None) for name in NAMES), (None, 0.0)]
    found = minimize(
        _loss, np.append(prior, 0.0), args=(data, prior), jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B"
    )
    return np.asarray(found.x, dtype=np.float64)


def _design(example: Example) -> tuple[Vector, NDArray[np.int64]]:
    """Return candidates x (features, felt, none) and the rows of the right candidates; the last row is "none"."""
    names = sorted(example.features)
    rows = np.zeros((len(names) + 1, len(NAMES) + 2))
    rows[:-1, :-2] = [example.features[name] for name in names]
    rows[-1, -2:] = example.felt, 1.0
    right = [names.index(name) for name in example.truth if name in example.features]
    return rows, np.array(right or [len(names)], dtype=np.int64)


def _loss(weights: Vector, data: list[tuple[Vector, NDArray[np.int64]]], prior: Vector) -> tuple[float, Vector]:
    """Return negative penalised log-likelihood and its gradient."""
    away = weights[:-1] - prior
    loss, gradient = RIDGE * float(away @ away), np.append(2 * RIDGE * away, 0.0)
    for rows, right in data:
        chances = _softmax(rows @ weights)
        mass = chances[right].sum() + 1e-12
        loss -= float(np.log(mass))
        gradient -= (chances[right] / mass) @ rows[right] - chances @ rows
    first, second = (NAMES.index(name) for name in TIED)
    gradient[[first, second]] = gradient[[first, second]].mean()
    return loss, gradient


def _softmax(scores: Vector) -> Vector:
    masses = np.exp(scores - scores.max())
    return np.asarray(masses / masses.sum(), dtype=np.float64)


def fit_families(examples: Sequence[Example]) -> dict[FaultFamily, tuple[float, ...]]:
    """Return per family one weight a feature and an intercept, from the true components' features."""
    seen = [(e.features[name], e.family) for e in examples for name in e.truth[:1] if name in e.features and e.family]
    families = sorted({family for _, family in seen})
    x = np.array([[*features, 1.0] for features, _ in seen]).reshape(-1, len(NAMES) + 1)
    y = np.array([families.index(family) for _, family in seen], dtype=np.int64)
    shape = (len(families), len(NAMES) + 1)
    found = minimize(_family_loss, np.zeros(shape).ravel(), args=(x, y, shape), jac=True, method="L-BFGS-B")
    rows = np.asarray(found.x).reshape(shape).round(4)
    return {FaultFamily(family): tuple(map(float, row)) for family, row in zip(families, rows, strict=True)}


def _family_loss(flat: Vector, x: Vector, y: NDArray[np.int64], shape: tuple[int, int]) -> tuple[float, Vector]:
    weights = flat.reshape(shape)
    chances = np.apply_along_axis(_softmax, 1, x @ weights.T)
    truth = np.eye(shape[0])[y]
    penalised = weights.copy()
    penalised[:, -1] = 0.0
    loss = -float(np.log(chances[np.arange(y.size), y] + 1e-12).sum()) + FAMILY_RIDGE * float((penalised**2).sum())
    return loss, ((chances - truth).T @ x + 2 * FAMILY_RIDGE * penalised).ravel()


def score_components(weights: Weights, example: Example) -> list[str]:
    """Return the components of an example, best first."""
    scores = scores_of(weights, example)
    return sorted(scores, key=lambda name: (-scores[name], name))


def scores_of(weights: Weights, example: Example) -> dict[str, float]:
    """Return the log-odds of the components of an example."""
    w = np.array(weights.features)
    return {name: float(w @ np.array(values)) for name, values in example.features.items()}
