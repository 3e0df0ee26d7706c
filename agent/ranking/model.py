"""The scoring model: a logit over components, with "none of them" as one more candidate.

P(component) is proportional to exp(w . features), P(none) to exp(w_none + w_felt felt) (McFadden 1974). Components are
a nest of their own: which of them it is may be surer than whether it is any (nested logit, McFadden 1978). The weights
of what speaks for a component are never negative, that of `downstream` never positive. They are fitted by
`whydown eval fit` and kept in `weights.json` with how they were made.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from agent.ranking.features import NAMES, Features
from tools.faults import FaultFamily


class Weights(BaseModel):
    """Fitted numbers. `features` and each row of `families` are in the order of `names`."""

    model_config = ConfigDict(frozen=True)

    made_by: str
    names: tuple[str, ...]
    features: tuple[float, ...]
    none: float
    felt: float
    """What is added to `none` for what users feel, see `agent.ranking.impact.felt`; never positive."""
    within: float = 1.0
    """Scale of the scores among components where all signals were read, see `Picture.complete`; else it is 1."""
    families: dict[FaultFamily, tuple[float, ...]]
    """One row a family: a weight per feature, then the intercept; a multinomial logit."""


@cache
def shipped_weights() -> Weights:
    """Return the weights that come with whydown.

    Raises:
        ValueError: the file was made for other features; run `whydown eval fit`.
    """
    weights = Weights.model_validate(json.loads((files("agent.ranking") / "weights.json").read_text(encoding="utf-8")))
    if weights.names != NAMES:
        raise ValueError("weights.json does not fit the features of this version: run `whydown eval fit`")
    return weights


def score(features: Features, weights: Weights) -> float:
    """Return the log-odds, up to a constant shared by all candidates, that a component is the cause."""
    return sum(w * x for w, x in zip(weights.features, features.vector(), strict=True))


def probabilities(scores: dict[str, float], none: float, at_most: float = 1.0, within: float = 1.0) -> dict[str, float]:
    """Return the probability of each component; what is missing to 1 is that of none of them.

    Args:
        scores: log-odds per component.
        none: log-odds of "none of them".
        at_most: what "none of them" is given at the most, when something else tells that there is a fault.
        within: scale of the scores among components; 1 is the plain logit.
    """
    if not scores:
        return {}
    top = max([none, *scores.values()])
    masses = {component: math.exp(within * (value - top)) for component, value in scores.items()}
    total = sum(masses.values())
    some, nothing = total ** (1.0 / within), math.exp(none - top)
    if at_most < 1.0:
        nothing = min(nothing, some * at_most / (1.0 - at_most))
    share = some / (some + nothing)
    return {component: share * mass / total for component, mass in masses.items()}


def family_scores(features: Features, weights: Weights) -> dict[FaultFamily, float]:
    """Return the probability of each fitted fault family for a component."""
    logits = {
        family: sum(w * x for w, x in zip(row[:-1], features.vector(), strict=True)) + row[-1]
        for family, row in weights.families.items()
    }
    top = max(logits.values())
    masses = {family: math.exp(value - top) for family, value in logits.items()}
    return {family: mass / sum(masses.values()) for family, mass in masses.items()}
