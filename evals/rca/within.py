"""Fit how sure the ranking is of one component among others, on cases of systems that the weights have not seen.

A weight that is pulled towards a prior, and that must serve where signals are missing too, understates what a complete
picture tells. One scale for those is fitted by likelihood (temperature scaling, Guo et al. 2017, within a nest).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from scipy.optimize import minimize_scalar

from agent.ranking.model import Weights, probabilities
from evals.rca.features import Example
from evals.rca.fit import fit_weights, scores_of

MOST = 2.0
"""Where every example is right, as they nearly are, the likelihood grows without end: no more than twice as sure."""
_LEAST = 1e-12


def fit_within(examples: Sequence[Example]) -> float:
    """Return the scale, 1 where examples of one system only are complete.

    Args:
        examples: of all systems, complete or not; each is judged by weights that were fitted without its system.
    """
    held_out = list(_held_out(examples))
    if not held_out:
        return 1.0
    found = minimize_scalar(lambda within: _loss(within, held_out), bounds=(1.0, MOST), method="bounded")
    return round(float(found.x), 2)


def _held_out(examples: Sequence[Example]) -> Iterator[tuple[Example, Weights]]:
    for system in sorted({example.system for example in examples if example.complete}):
        train = [example for example in examples if example.system != system]
        if not train:
            continue
        weights = fit_weights(train, "")
        yield from ((e, weights) for e in examples if e.system == system and e.complete and e.features)


def _loss(within: float, held_out: Sequence[tuple[Example, Weights]]) -> float:
    """Return the negative log-likelihood of the right answers."""
    loss = 0.0
    for example, weights in held_out:
        none = weights.none + weights.felt * example.felt
        chances = probabilities(scores_of(weights, example), none, within=within)
        right = sum(chances.get(name, 0.0) for name in example.truth) if example.truth else 1.0 - sum(chances.values())
        loss -= math.log(max(right, _LEAST))
    return loss
